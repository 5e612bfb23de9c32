"""The ids that we give to what we create in Asterisk: the one place that makes and reads them.

An id tells whose it is after a restart, when nothing else is left of a call: ``vb-media-<call id>`` is the
leg that carries the call's audio to us, ``vb-desk-<call id>`` the leg to the person who takes over,
``vb-bridge-<call id>`` the bridge that joins them to the citizen.

An officer who is rung has audio and a bridge as well; for these the id of the leg, ``officer-<n>-<call id>``,
stands in the call id's place.
"""

from __future__ import annotations

from voicebot.errors import TelephonyError

_MEDIA_PREFIX = "vb-media-"
_DESK_PREFIX = "vb-desk-"
_BRIDGE_PREFIX = "vb-bridge-"

# AST_MAX_PUBLIC_UNIQUEID of include/asterisk/channel.h is 149 characters, from which the longest prefix and
# the ";2" of a Local channel's far half are taken.
_LONGEST_CALL_ID = 149 - len(_BRIDGE_PREFIX) - 2


def media_channel_id(call_id: str) -> str:
    """The id of the leg that carries a call's audio to the engine."""
    return _MEDIA_PREFIX + checked_call_id(call_id)


def desk_channel_id(call_id: str) -> str:
    """The id of the leg to the person who takes the call over."""
    return _DESK_PREFIX + checked_call_id(call_id)


def officer_leg_id(call_id: str, number: int) -> str:
    """The id of a call's leg to its first, second … officer; it stands where a call id is asked for.

    Raises:
        TelephonyError: Likewise with the call id; or it is too long for a number before it.
    """
    return checked_call_id(f"officer-{number}-{call_id}")


def bridge_id(call_id: str) -> str:
    """The id of the bridge that joins a call's legs."""
    return _BRIDGE_PREFIX + checked_call_id(call_id)


def call_of_media_channel(channel_id: str) -> str | None:
    """The call whose audio a leg carries, or ``None`` for any other channel."""
    return _after(_MEDIA_PREFIX, channel_id)


def call_of_desk_channel(channel_id: str) -> str | None:
    """The call that a leg to a person belongs to, or ``None`` for any other channel."""
    return _after(_DESK_PREFIX, channel_id)


def call_of_bridge(identifier: str) -> str | None:
    """The call that a bridge belongs to, or ``None`` for any other bridge."""
    return _after(_BRIDGE_PREFIX, identifier)


def checked_call_id(call_id: str) -> str:
    """The call id itself, if Asterisk takes it as part of a channel id.

    Raises:
        TelephonyError: It is empty, too long, or has a space or a control character in it.
    """
    if not call_id or len(call_id) > _LONGEST_CALL_ID or not call_id.isprintable() or " " in call_id:
        raise TelephonyError(
            f"call id {call_id[:40]!r}: cannot be part of a channel id; "
            f"use 1 to {_LONGEST_CALL_ID} printable characters without spaces"
        )
    return call_id


def _after(prefix: str, identifier: str) -> str | None:
    return identifier[len(prefix) :] or None if identifier.startswith(prefix) else None
