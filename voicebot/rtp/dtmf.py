"""Telephone keys as RTP events (RFC 4733).

::

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    |     event     |E|R| volume    |          duration             |
    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from voicebot.errors import RtpError

KEYS = "0123456789*#ABCD"
"""Key by event code (RFC 4733 section 3.2, table 3)."""

_PAYLOAD = Struct("!BBH")
_LONGEST_DURATION = 0xFFFF
_DEFAULT_VOLUME = (
    10  # dBm0 below zero: the level of keys on a Korean line, well above the −55 dBm0 to be ignored
)
_END_REPETITIONS = 3  # RFC 4733 section 2.5.1.4: the final packet is sent three times against loss


@dataclass(slots=True)
class KeyEvent:
    """One RFC 4733 payload: a key that is down, or has just been released."""

    key: str
    end: bool
    """Whether the key has been released."""
    duration_samples: int
    """Since the key went down, in units of the RTP timestamp."""
    volume: int = _DEFAULT_VOLUME
    """Power below 0 dBm0, 0 to 63."""


def parse_key_event(payload: bytes) -> KeyEvent:
    """Read one event payload (RFC 4733 section 2.3).

    Raises:
        RtpError: The payload is too short or its event is not a telephone key.
    """
    if len(payload) < _PAYLOAD.size:
        raise RtpError(f"telephone event of {len(payload)} bytes: RFC 4733 has {_PAYLOAD.size}")
    code, flags, duration = _PAYLOAD.unpack_from(payload)
    if code >= len(KEYS):
        raise RtpError(f"telephone event {code}: only the keys 0 to {len(KEYS) - 1} are understood")
    return KeyEvent(KEYS[code], bool(flags & 0x80), duration, flags & 0x3F)


def serialise_key_event(event: KeyEvent) -> bytes:
    """Write one event payload.

    Raises:
        RtpError: The key, the duration or the volume cannot be expressed.
    """
    code = KEYS.find(event.key)
    if len(event.key) != 1 or code < 0:
        raise RtpError(f"telephone key {event.key!r}: must be one of {KEYS}")
    if not 0 <= event.duration_samples <= _LONGEST_DURATION or not 0 <= event.volume <= 0x3F:
        raise RtpError(
            f"telephone event of {event.duration_samples} samples, volume {event.volume}: at most "
            f"{_LONGEST_DURATION} samples and 63"
        )
    return _PAYLOAD.pack(code, event.volume | (0x80 if event.end else 0), event.duration_samples)


def key_press(key: str, *, frames: int, frame_samples: int) -> list[bytes]:
    """The payloads of one key press, one for each frame and the end three times (RFC 4733 section 2.5.1).

    All of them carry the RTP timestamp of the first; the first carries the marker bit.

    Raises:
        RtpError: The key is unknown or the press too long.
    """
    payloads = [
        serialise_key_event(KeyEvent(key, end=False, duration_samples=(index + 1) * frame_samples))
        for index in range(frames)
    ]
    end = serialise_key_event(KeyEvent(key, end=True, duration_samples=frames * frame_samples))
    return payloads + [end] * _END_REPETITIONS


class KeyReceiver:
    """Turns event packets into key presses, each reported once however often it is repeated."""

    __slots__ = ("_last_timestamp",)

    def __init__(self) -> None:
        self._last_timestamp = -1

    def receive(self, payload: bytes, timestamp: int) -> str | None:
        """The key if this packet is the first seen of its press, else ``None``.

        Raises:
            RtpError: The payload is not a telephone key.
        """
        event = parse_key_event(payload)
        if timestamp == self._last_timestamp:  # all packets of one press share it (RFC 4733 section 2.1)
            return None
        self._last_timestamp = timestamp
        return event.key
