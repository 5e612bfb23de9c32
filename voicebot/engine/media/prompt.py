"""What is played to a caller: 20 ms payloads that may still be arriving while the first ones are heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol


class PayloadSource(Protocol):
    """A prompt, as the media leg sees it."""

    @property
    def finished(self) -> bool:
        """Whether the last payload has been handed out and no more will come."""
        ...

    def next_payload(self) -> bytes | None:
        """The next 20 ms; ``None`` when they are not ready yet, or no more will come."""
        ...


class GrowingPrompt:
    """A prompt made of pieces: cached ones at once, synthesised ones when they are ready.

    Pieces are lists of payloads shared with the cache and with other calls; they are never changed or copied.
    """

    __slots__ = ("_complete", "_next", "_pieces")

    def __init__(self) -> None:
        self._pieces: deque[Sequence[bytes]] = deque()
        self._next = 0  # index in the first piece
        self._complete = False

    @property
    def finished(self) -> bool:
        """Whether the last payload has been handed out and no more will come."""
        return self._complete and not self._pieces

    def append(self, payloads: Sequence[bytes]) -> None:
        """Add a piece at the end."""
        if payloads:
            self._pieces.append(payloads)

    def complete(self) -> None:
        """Say that no more pieces will come."""
        self._complete = True

    def next_payload(self) -> bytes | None:
        """The next 20 ms; ``None`` when they are not ready yet, or no more will come."""
        if not self._pieces:
            return None
        piece = self._pieces[0]
        payload = piece[self._next]
        self._next += 1
        if self._next == len(piece):
            self._pieces.popleft()
            self._next = 0
        return payload
