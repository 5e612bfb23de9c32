"""What AMI tells when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.adapters.asterisk.ami.fields import (
    DeviceState,
    Fields,
    flag,
    known,
    member_state,
    number,
    text,
)
from voicebot.errors import TelephonyError


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMember:
    """A person, or rather a telephone, that a queue rings."""

    name: str
    interface: str
    state: DeviceState
    paused: bool
    penalty: int = 0
    """Lower is asked first."""
    last_call_s: int = 0
    """When the last call of the queue ended, in seconds since 1970; 0: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCaller:
    """A citizen who waits in a queue."""

    channel_name: str
    channel_id: str
    position: int
    waited_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """One queue now."""

    queue: str
    members: tuple[QueueMember, ...]
    callers: tuple[QueueCaller, ...]

    @property
    def free_members(self) -> tuple[QueueMember, ...]:
        """Those who could take a call now."""
        return tuple(
            member
            for member in self.members
            if not member.paused and member.state in (DeviceState.NOT_IN_USE, DeviceState.UNKNOWN)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreStatus:
    """The Asterisk that answers."""

    version: str
    current_calls: int
    processed_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Our registration with a carrier."""

    name: str
    server_uri: str
    status: str
    """``Registered``, ``Unregistered``, ``Rejected`` …"""


def read_queue_status(queue: str, messages: Sequence[Fields]) -> QueueStatus:
    """Read the answer to ``QueueStatus``.

    Raises:
        TelephonyError: There is no such queue, or a header is missing or has the wrong form.
    """
    of_queue = [fields for fields in messages if fields.get("queue") == queue]
    if not any(_is(fields, "queueparams") for fields in of_queue):
        raise TelephonyError(f"queue {queue!r}: Asterisk has none of this name; add it to queues.conf")
    members = [_member(fields) for fields in of_queue if _is(fields, "queuemember")]
    callers = [_caller(fields) for fields in of_queue if _is(fields, "queueentry")]
    return QueueStatus(queue=queue, members=tuple(members), callers=tuple(callers))


def read_core_status(settings: Fields, status: Fields) -> CoreStatus:
    """Read the answers to ``CoreSettings`` and ``CoreStatus``.

    Raises:
        TelephonyError: A header is missing or has the wrong form.
    """
    return CoreStatus(
        version=text(settings, "asteriskversion"),
        current_calls=number(status, "corecurrentcalls"),
        processed_calls=number(status, "coreprocessedcalls"),
    )


def read_registrations(messages: Sequence[Fields]) -> tuple[Registration, ...]:
    """Read the answer to ``PJSIPShowRegistrationsOutbound``.

    Raises:
        TelephonyError: A header is missing.
    """
    return tuple(
        Registration(
            name=text(fields, "objectname"),
            server_uri=known(fields, "serveruri"),
            status=text(fields, "status"),
        )
        for fields in messages
        if _is(fields, "outboundregistrationdetail")
    )


def _is(fields: Fields, event: str) -> bool:
    return fields.get("event", "").lower() == event


def _member(fields: Fields) -> QueueMember:
    return QueueMember(
        name=text(fields, "name"),
        interface=text(fields, "location"),
        state=member_state(fields),
        paused=flag(fields, "paused"),
        penalty=number(fields, "penalty") if "penalty" in fields else 0,
        last_call_s=number(fields, "lastcall") if "lastcall" in fields else 0,
    )


def _caller(fields: Fields) -> QueueCaller:
    return QueueCaller(
        channel_name=text(fields, "channel"),
        channel_id=text(fields, "uniqueid"),
        position=number(fields, "position"),
        waited_s=number(fields, "wait"),
    )
