"""Telephone keys gathered into entries: pure, with time passed in."""

from __future__ import annotations

from math import inf

_BETWEEN_KEYS_S = 3.0
"""Pause after which an entry is taken as finished. Old people look from the phone to the ear and back between
keys, so this is longer than the 1.5–2 s of office telephone systems."""

_TERMINATOR, _AGAIN = "#", "*"


class KeyEntry:
    """Collects keys until an entry is complete.

    An entry ends when as many keys as expected have come, at ``#`` (which is left out), or when no key
    follows within three seconds. ``*`` is an entry by itself (say it again) and voids the keys before it.
    """

    __slots__ = ("_deadline", "_ended_at", "_keys", "_max_keys")

    def __init__(self) -> None:
        self._keys = ""
        self._max_keys = 1
        self._deadline: float | None = None
        self._ended_at = -inf

    def expect(self, max_keys: int) -> None:
        """Begin anew: the next entry is complete with this many keys."""
        self._keys = ""
        self._max_keys = max_keys
        self._deadline = None

    def press(self, key: str, now: float) -> str | None:
        """Add a key; returns the entry if this key completes it."""
        if key == _AGAIN:
            self._keys = ""
        if key != _TERMINATOR:
            self._keys += key
        if key in (_TERMINATOR, _AGAIN) or len(self._keys) >= self._max_keys:
            return self._take(now)
        self._deadline = now + _BETWEEN_KEYS_S
        return None

    def handle_timer(self, now: float) -> str | None:
        """Returns the entry if the pause after its last key has been long enough."""
        if self._deadline is None or now < self._deadline:
            return None
        return self._take(now)

    def is_afterthought(self, key: str, now: float) -> bool:
        """Whether the key is a ``#`` behind an entry that was complete without it: it says nothing new."""
        return key == _TERMINATOR and not self._keys and now - self._ended_at <= _BETWEEN_KEYS_S

    def next_deadline(self) -> float | None:
        """When ``handle_timer`` is due, in monotonic seconds."""
        return self._deadline

    def _take(self, now: float) -> str | None:
        keys, self._keys = self._keys, ""
        self._deadline = None
        if keys:
            self._ended_at = now
        return keys or None
