"""ARI's events as typed values; the kinds that we do not use are left out (``rest-api/events.json``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.adapters.asterisk.ari import fields
from voicebot.adapters.asterisk.ari.models import (
    Bridge,
    Channel,
    Playback,
    read_bridge,
    read_channel,
    read_playback,
)
from voicebot.errors import TelephonyError


@dataclass(frozen=True, slots=True, kw_only=True)
class StasisStart:
    """A channel was given to our application by the dialplan (or is a leg that we made)."""

    channel: Channel
    arguments: tuple[str, ...]
    """What the dialplan passed after the application's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StasisEnd:
    """A channel left our application: hung up, sent on, or taken by its dead man's switch."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDtmfReceived:
    """A telephone key was pressed (and released)."""

    channel: Channel
    digit: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDestroyed:
    """A channel ended."""

    channel: Channel
    cause: int
    """Q.850 cause code; the same for several SIP answers, so look at ``technical_cause`` too."""
    cause_text: str
    technical_cause: int | None
    """The SIP status where the channel driver told one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStateChange:
    """A channel began to ring, was answered …"""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHangupRequest:
    """Somebody asked for the end of a channel; ``StasisEnd`` follows."""

    channel: Channel
    cause: int | None
    technical_cause: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLeftBridge:
    """A channel was taken out of a bridge, or left it by ending."""

    channel: Channel
    bridge: Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFinished:
    """A sound ended: its state is ``done``, or ``failed`` when it could not be played."""

    playback: Playback


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """An outgoing leg made progress."""

    peer: Channel
    status: str
    """Empty at its start, then ``RINGING``, ``PROGRESS``, ``ANSWER``, ``BUSY``, ``NOANSWER`` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationReplaced:
    """Another connection registered our application's name: this one receives nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUserevent:
    """Somebody's own event, ours among them (``roll_call.py``)."""

    name: str


AriEvent = (
    StasisStart
    | StasisEnd
    | ChannelDtmfReceived
    | ChannelDestroyed
    | ChannelStateChange
    | ChannelHangupRequest
    | ChannelLeftBridge
    | PlaybackFinished
    | Dial
    | ApplicationReplaced
    | ChannelUserevent
)


def read_event(message: str | bytes) -> AriEvent | None:
    """Read one websocket message; ``None`` for a kind that we do not use.

    Raises:
        TelephonyError: Not JSON, or a field of a kind that we use is missing or has the wrong type.
    """
    try:
        # RecursionError: a message of nothing but brackets, nested deeper than the parser's stack.
        value = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise TelephonyError("ARI event: not JSON; check what answers on the ARI port") from error
    data = fields.as_object(value, "ARI event")
    reader = _READERS.get(fields.text(data, "type", "ARI event"))
    return None if reader is None else reader(data)


def _stasis_start(data: Mapping[str, object]) -> StasisStart:
    return StasisStart(channel=_channel(data), arguments=fields.texts(data, "args", "ARI StasisStart"))


def _channel_dtmf_received(data: Mapping[str, object]) -> ChannelDtmfReceived:
    where = "ARI ChannelDtmfReceived"
    digit = fields.text(data, "digit", where)
    # RFC 4733 section 3.2: the sixteen keys; anything else would reach flows as an answer.
    if len(digit) != 1 or digit not in "0123456789*#ABCD":
        raise TelephonyError(f"{where}: {digit[:10]!r} is not a telephone key; the event is left out")
    return ChannelDtmfReceived(
        channel=_channel(data), digit=digit, duration_ms=fields.number(data, "duration_ms", where)
    )


def _channel_destroyed(data: Mapping[str, object]) -> ChannelDestroyed:
    where = "ARI ChannelDestroyed"
    return ChannelDestroyed(
        channel=_channel(data),
        cause=fields.number(data, "cause", where),
        cause_text=fields.text(data, "cause_txt", where),
        technical_cause=_optional_number(data, "tech_cause", where),
    )


def _channel_hangup_request(data: Mapping[str, object]) -> ChannelHangupRequest:
    where = "ARI ChannelHangupRequest"
    return ChannelHangupRequest(
        channel=_channel(data),
        cause=_optional_number(data, "cause", where),
        technical_cause=_optional_number(data, "tech_cause", where),
    )


def _channel_left_bridge(data: Mapping[str, object]) -> ChannelLeftBridge:
    return ChannelLeftBridge(channel=_channel(data), bridge=read_bridge(data.get("bridge")))


def _channel_userevent(data: Mapping[str, object]) -> ChannelUserevent:
    return ChannelUserevent(name=fields.text(data, "eventname", "ARI ChannelUserevent"))


def _dial(data: Mapping[str, object]) -> Dial:
    return Dial(peer=read_channel(data.get("peer")), status=fields.text(data, "dialstatus", "ARI Dial"))


def _channel(data: Mapping[str, object]) -> Channel:
    return read_channel(data.get("channel"))


def _optional_number(data: Mapping[str, object], name: str, where: str) -> int | None:
    return None if name not in data else fields.number(data, name, where)


_READERS: Mapping[str, Callable[[Mapping[str, object]], AriEvent]] = {
    "StasisStart": _stasis_start,
    "StasisEnd": lambda data: StasisEnd(channel=_channel(data)),
    "ChannelDtmfReceived": _channel_dtmf_received,
    "ChannelDestroyed": _channel_destroyed,
    "ChannelStateChange": lambda data: ChannelStateChange(channel=_channel(data)),
    "ChannelHangupRequest": _channel_hangup_request,
    "ChannelLeftBridge": _channel_left_bridge,
    "PlaybackFinished": lambda data: PlaybackFinished(playback=read_playback(data.get("playback"))),
    "Dial": _dial,
    "ApplicationReplaced": lambda data: ApplicationReplaced(),
    "ChannelUserevent": _channel_userevent,
}

EVENT_TYPES = tuple(_READERS)
"""The kinds that we read: the application's event filter lets through no others."""
