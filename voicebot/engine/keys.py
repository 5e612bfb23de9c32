"""Telephone keys gathered into entries: pure, with time passed in."""

from __future__ import annotations

_BETWEEN_KEYS_S = 3.0
"""Pause after which an entry is taken as finished. Old people look from the phone to the ear and back between
keys, so this is longer than the 1.5–2 s of office telephone systems."""

_TERMINATOR = "#"


class KeyEntry:
    """Collects keys until an entry is complete.

    An entry ends when as many keys as expected have come, at ``#`` (which is left out), or when no key
    follows within three seconds.
    """

    __slots__ = ("_deadline", "_keys", "_max_keys")

    def __init__(self) -> None:
        self._keys = ""
        self._max_keys = 1
        self._deadline: float | None = None

    def expect(self, max_keys: int) -> None:
        """Begin anew: the next entry is complete with this many keys."""
        self._keys = ""
        self._max_keys = max_keys
        self._deadline = None

    def press(self, key: str, now: float) -> str | None:
        """Add a key; returns the entry if this key completes it."""
        if key == _TERMINATOR:
            return self._take()
        self._keys += key
        if len(self._keys) >= self._max_keys:
            return self._take()
        self._deadline = now + _BETWEEN_KEYS_S
        return None

    def handle_timer(self, now: float) -> str | None:
        """Returns the entry if the pause after its last key has been long enough."""
        if self._deadline is None or now < self._deadline:
            return None
        return self._take()

    def next_deadline(self) -> float | None:
        """When ``handle_timer`` is due, in monotonic seconds."""
        return self._deadline

    def _take(self) -> str | None:
        keys, self._keys = self._keys, ""
        self._deadline = None
        return keys or None
