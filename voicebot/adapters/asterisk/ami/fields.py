"""Reads single headers out of AMI messages; whatever has the wrong form is one clear error."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from voicebot.errors import TelephonyError

Fields = Mapping[str, str]
"""A message's headers, names in lower case."""

# What Asterisk writes for a number or a name that it does not have.
_NOT_KNOWN = frozenset(("", "unknown", "<unknown>", "<null>"))


class DeviceState(StrEnum):
    """The state of a telephone or a trunk (``include/asterisk/devicestate.h``)."""

    UNKNOWN = "unknown"
    NOT_IN_USE = "not_in_use"
    IN_USE = "in_use"
    BUSY = "busy"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    RINGING = "ringing"
    RINGING_IN_USE = "ringing_in_use"
    ON_HOLD = "on_hold"


# Their numbers in QueueMember and QueueMemberStatus: the order of enum ast_device_state.
_BY_NUMBER = tuple(DeviceState)
# Their names in DeviceStateChange: ast_devstate_str().
_BY_NAME: Mapping[str, DeviceState] = {
    "UNKNOWN": DeviceState.UNKNOWN,
    "NOT_INUSE": DeviceState.NOT_IN_USE,
    "INUSE": DeviceState.IN_USE,
    "BUSY": DeviceState.BUSY,
    "INVALID": DeviceState.INVALID,
    "UNAVAILABLE": DeviceState.UNAVAILABLE,
    "RINGING": DeviceState.RINGING,
    "RINGINUSE": DeviceState.RINGING_IN_USE,
    "ONHOLD": DeviceState.ON_HOLD,
}


def text(fields: Fields, name: str) -> str:
    """A header that must be there.

    Raises:
        TelephonyError: It is missing.
    """
    value = fields.get(name)
    if value is None:
        raise _wrong(fields, name, "is missing")
    return value


def known(fields: Fields, name: str) -> str:
    """A header that may be missing or unknown: empty then."""
    value = fields.get(name, "")
    return "" if value in _NOT_KNOWN else value


def number(fields: Fields, name: str) -> int:
    """A header that is a whole number.

    Raises:
        TelephonyError: It is missing or something else.
    """
    value = text(fields, name)
    # 18 digits fit every counter of Asterisk's; int() itself would take minutes over a megabyte of digits.
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise _wrong(fields, name, f"is {value[:20]!r}, not a number")
    return int(value)


def flag(fields: Fields, name: str) -> bool:
    """A header that is 0 or 1.

    Raises:
        TelephonyError: It is missing or something else.
    """
    return number(fields, name) != 0


def member_state(fields: Fields) -> DeviceState:
    """The state of a queue's member, which comes as a number.

    Raises:
        TelephonyError: It is missing or not a number.
    """
    index = number(fields, "status") if "status" in fields else 0
    return _BY_NUMBER[index] if index < len(_BY_NUMBER) else DeviceState.UNKNOWN


def named_state(fields: Fields) -> DeviceState:
    """The state of a device, which comes as a word.

    Raises:
        TelephonyError: It is missing.
    """
    return _BY_NAME.get(text(fields, "state").upper(), DeviceState.UNKNOWN)


def _wrong(fields: Fields, name: str, what: str) -> TelephonyError:
    message = fields.get("event") or fields.get("response") or "message"
    return TelephonyError(
        f"AMI {message[:40]}: header '{name}' {what}; this needs Asterisk 20.18, 22.8 or later"
    )
