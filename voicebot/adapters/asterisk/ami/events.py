"""AMI's events as typed values; names that we do not use are left out (``manager show event`` lists all)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.adapters.asterisk.ami.fields import (
    DeviceState,
    Fields,
    flag,
    known,
    member_state,
    named_state,
    number,
    text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiConnected:
    """Logged in; what happened before was not told, so ask for the present state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiLost:
    """No events come until the next ``AmiConnected``."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerJoined:
    """A citizen began to wait in a queue."""

    queue: str
    channel_name: str
    channel_id: str
    position: int
    waiting: int
    """Callers in the queue now."""
    caller_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerLeft:
    """A citizen waits no more: answered, given up, or timed out."""

    queue: str
    channel_name: str
    channel_id: str
    position: int
    waiting: int
    """Callers in the queue now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerAbandoned:
    """A citizen hung up while waiting."""

    queue: str
    channel_id: str
    position: int
    waited_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnected:
    """A person took a citizen out of a queue."""

    queue: str
    channel_id: str
    member_name: str
    waited_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMemberStatusChanged:
    """A person of a queue became free, busy, unreachable, or took a pause."""

    queue: str
    member_name: str
    interface: str
    state: DeviceState
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStateChanged:
    """A telephone or a trunk changed its state."""

    device: str
    """E.g. ``PJSIP/trunk``."""
    state: DeviceState


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactStatusChanged:
    """A telephone or a trunk can be reached, or cannot any more (``qualify_frequency``)."""

    endpoint: str
    address_of_record: str
    uri: str
    status: str
    """``Reachable``, ``Unreachable``, ``NonQualified``, ``Removed`` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationChanged:
    """Our registration with the carrier succeeded or failed."""

    user: str
    domain: str
    status: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialplanReported:
    """The dialplan told something by ``UserEvent()``."""

    name: str
    """E.g. ``VoicebotRescue``."""
    channel_id: str
    fields: Mapping[str, str]
    """All headers, names in lower case."""


AmiEvent = (
    AmiConnected
    | AmiLost
    | QueueCallerJoined
    | QueueCallerLeft
    | QueueCallerAbandoned
    | AgentConnected
    | QueueMemberStatusChanged
    | DeviceStateChanged
    | ContactStatusChanged
    | RegistrationChanged
    | DialplanReported
)


def read_event(fields: Fields) -> AmiEvent | None:
    """Read one event; ``None`` for a name that we do not use.

    Args:
        fields: Its headers, names in lower case.

    Raises:
        TelephonyError: A header is missing or has the wrong form.
    """
    reader = _READERS.get(fields.get("event", "").lower())
    return None if reader is None else reader(fields)


def _joined(fields: Fields) -> QueueCallerJoined:
    return QueueCallerJoined(
        queue=text(fields, "queue"),
        channel_name=text(fields, "channel"),
        channel_id=text(fields, "uniqueid"),
        position=number(fields, "position"),
        waiting=number(fields, "count"),
        caller_number=known(fields, "calleridnum"),
    )


def _left(fields: Fields) -> QueueCallerLeft:
    return QueueCallerLeft(
        queue=text(fields, "queue"),
        channel_name=text(fields, "channel"),
        channel_id=text(fields, "uniqueid"),
        position=number(fields, "position"),
        waiting=number(fields, "count"),
    )


def _abandoned(fields: Fields) -> QueueCallerAbandoned:
    return QueueCallerAbandoned(
        queue=text(fields, "queue"),
        channel_id=text(fields, "uniqueid"),
        position=number(fields, "position"),
        waited_s=number(fields, "holdtime"),
    )


def _agent_connected(fields: Fields) -> AgentConnected:
    return AgentConnected(
        queue=text(fields, "queue"),
        channel_id=text(fields, "uniqueid"),
        member_name=text(fields, "membername"),
        waited_s=number(fields, "holdtime"),
    )


def _member_changed(fields: Fields) -> QueueMemberStatusChanged:
    return QueueMemberStatusChanged(
        queue=text(fields, "queue"),
        member_name=text(fields, "membername"),
        interface=text(fields, "interface"),
        state=member_state(fields),
        paused=flag(fields, "paused"),
    )


def _device_changed(fields: Fields) -> DeviceStateChanged:
    return DeviceStateChanged(device=text(fields, "device"), state=named_state(fields))


def _contact_changed(fields: Fields) -> ContactStatusChanged:
    return ContactStatusChanged(
        endpoint=known(fields, "endpointname"),
        address_of_record=known(fields, "aor"),
        uri=known(fields, "uri"),
        status=text(fields, "contactstatus"),
    )


def _registration_changed(fields: Fields) -> RegistrationChanged:
    return RegistrationChanged(
        user=known(fields, "username"),
        domain=known(fields, "domain"),
        status=text(fields, "status"),
        cause=known(fields, "cause"),
    )


def _reported(fields: Fields) -> DialplanReported:
    return DialplanReported(
        name=text(fields, "userevent"), channel_id=known(fields, "uniqueid"), fields=dict(fields)
    )


_READERS: Mapping[str, Callable[[Fields], AmiEvent]] = {
    "queuecallerjoin": _joined,
    "queuecallerleave": _left,
    "queuecallerabandon": _abandoned,
    "agentconnect": _agent_connected,
    "queuememberstatus": _member_changed,
    "queuememberpause": _member_changed,
    "devicestatechange": _device_changed,
    "contactstatus": _contact_changed,
    "registry": _registration_changed,
    "userevent": _reported,
}

WANTED = frozenset(_READERS)
"""The names that we read, in lower case."""
