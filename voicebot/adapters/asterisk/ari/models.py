"""What ARI tells about channels, bridges and playbacks; fields that we do not use are not read.

Source of the shapes: ``rest-api/channels.json``, ``bridges.json`` and ``playbacks.json`` of Asterisk 22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.adapters.asterisk.ari import fields
from voicebot.errors import TelephonyError


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanPosition:
    """Where in the dialplan a channel is, and what it runs there."""

    context: str
    extension: str
    priority: int
    application_name: str
    """``Stasis`` while an ARI application has the channel."""
    application_data: str
    """Its arguments: for ``Stasis`` the ARI application's name, then a comma and more arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One leg of a call."""

    id: str
    name: str
    state: str
    """``Down``, ``Ring`` (it rings us), ``Ringing`` (we ring it), ``Up`` …"""
    caller_number: str
    connected_number: str
    dialplan: DialplanPosition
    variables: Mapping[str, str]
    """Only in the answer to ``externalMedia`` and where ari.conf's ``channelvars`` names some."""

    def is_in(self, application: str) -> bool:
        """Whether the channel sits in ``Stasis()`` of this ARI application."""
        position = self.dialplan
        return (
            position.application_name == "Stasis"
            and position.application_data.partition(",")[0].strip() == application
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Channels joined so that they hear each other."""

    id: str
    name: str
    technology: str
    channel_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """A sound that Asterisk plays to a channel."""

    id: str
    media_uri: str
    target_uri: str
    state: str
    """``queued``, ``playing``, ``continuing``, ``done`` or ``failed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalMedia:
    """The leg that carries audio to us, with the address on which Asterisk sends and receives it."""

    channel: Channel
    host: str
    port: int


def read_channel(value: object) -> Channel:
    """Read one channel.

    Raises:
        TelephonyError: A field is missing or has the wrong type; the message names it.
    """
    where = "ARI channel"
    data = fields.as_object(value, where)
    position = fields.as_object(data.get("dialplan"), f"{where}, field 'dialplan'")
    caller = fields.as_object(data.get("caller"), f"{where}, field 'caller'")
    connected = fields.as_object(data.get("connected"), f"{where}, field 'connected'")
    return Channel(
        id=fields.text(data, "id", where),
        name=fields.text(data, "name", where),
        state=fields.text(data, "state", where),
        caller_number=fields.text(caller, "number", f"{where}, caller"),
        connected_number=fields.text(connected, "number", f"{where}, connected"),
        dialplan=DialplanPosition(
            context=fields.text(position, "context", f"{where}, dialplan"),
            extension=fields.text(position, "exten", f"{where}, dialplan"),
            priority=fields.number(position, "priority", f"{where}, dialplan"),
            # Absent in a channel that runs nothing.
            application_name=fields.text(position, "app_name", f"{where}, dialplan", default=""),
            application_data=fields.text(position, "app_data", f"{where}, dialplan", default=""),
        ),
        variables=fields.text_map(data, "channelvars", where),
    )


def read_bridge(value: object) -> Bridge:
    """Read one bridge.

    Raises:
        TelephonyError: A field is missing or has the wrong type; the message names it.
    """
    where = "ARI bridge"
    data = fields.as_object(value, where)
    return Bridge(
        id=fields.text(data, "id", where),
        name=fields.text(data, "name", where),
        technology=fields.text(data, "technology", where),
        channel_ids=fields.texts(data, "channels", where),
    )


def read_playback(value: object) -> Playback:
    """Read one playback.

    Raises:
        TelephonyError: A field is missing or has the wrong type; the message names it.
    """
    where = "ARI playback"
    data = fields.as_object(value, where)
    return Playback(
        id=fields.text(data, "id", where),
        media_uri=fields.text(data, "media_uri", where),
        target_uri=fields.text(data, "target_uri", where),
        state=fields.text(data, "state", where),
    )


def read_external_media(value: object) -> ExternalMedia:
    """Read the answer to ``externalMedia``: its variables say where Asterisk's RTP socket is.

    Raises:
        TelephonyError: A field is missing, or the port is not one.
    """
    channel = read_channel(value)
    where = "ARI external media channel, channelvars"
    host = fields.text(channel.variables, "UNICASTRTP_LOCAL_ADDRESS", where)
    port = fields.text(channel.variables, "UNICASTRTP_LOCAL_PORT", where)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise TelephonyError(f"{where}: UNICASTRTP_LOCAL_PORT is {port[:20]!r}, not a port; load chan_rtp.so")
    return ExternalMedia(channel=channel, host=host, port=int(port))
