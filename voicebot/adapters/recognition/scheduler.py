"""Which utterances are decoded next: a bounded queue, pure, with time passed in.

Finals go before speculative decodes before partials, oldest first within a kind. A batch holds what a
caller waits for (finals and speculative decodes) or partials, never both: partials would only make the
others' batch longer. Under load partials are what gives: the oldest is dropped when the queue is full, and
one that waited for longer than its successor takes to come is not decoded at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from voicebot.errors import RecognitionError
from voicebot.speech.events import DecodeKind

T = TypeVar("T")

# The next partial of the same utterance is asked for after about 300 ms; one that is half as old tells
# nothing new.
PARTIAL_PATIENCE_S = 0.15

# Padding wastes the encoder on what is not there: windows of one batch differ by at most half of the
# shorter one and half a second, within which a second batch would cost more than the padding.
_LENGTH_RATIO = 1.5
_LENGTH_SLACK_FRAMES = 50


@dataclass(slots=True)
class _Waiting(Generic[T]):
    ticket: int
    kind: DecodeKind
    frames: int
    since: float
    item: T


@dataclass(frozen=True, slots=True)
class Admitted(Generic[T]):
    """An utterance was queued."""

    ticket: int
    dropped: tuple[T, ...]
    """What gave way to it: partials; the new one itself where only it could."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What to decode now."""

    items: tuple[T, ...]
    dropped: tuple[T, ...]
    """Partials that waited too long."""


class BatchScheduler(Generic[T]):
    """The queue.

    Args:
        max_queue: Utterances that may wait.
        max_batch: Utterances decoded together at most.
    """

    def __init__(self, *, max_queue: int, max_batch: int) -> None:
        self._max_queue = max_queue
        self._max_batch = max_batch
        self._next_ticket = 0
        self._waiting: dict[DecodeKind, dict[int, _Waiting[T]]] = {
            DecodeKind.FINAL: {},
            DecodeKind.SPECULATIVE: {},
            DecodeKind.PARTIAL: {},
        }

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def push(self, item: T, *, kind: DecodeKind, frames: int, now: float) -> Admitted[T]:
        """Queue an utterance whose window has ``frames``.

        Raises:
            RecognitionError: The queue is full of what callers wait for.
        """
        ticket = self._next_ticket
        self._next_ticket += 1
        dropped: tuple[T, ...] = ()
        if len(self) >= self._max_queue:
            partials = self._waiting[DecodeKind.PARTIAL]
            if partials:
                dropped = (partials.pop(next(iter(partials))).item,)
            elif kind is DecodeKind.PARTIAL:
                return Admitted(ticket, (item,))
            else:
                raise RecognitionError(
                    f"the recogniser's queue is full ({self._max_queue} utterances wait); "
                    "raise stt.workers or take fewer calls"
                )
        self._waiting[kind][ticket] = _Waiting(ticket, kind, frames, now, item)
        return Admitted(ticket, dropped)

    def cancel(self, ticket: int) -> bool:
        """Take an utterance out; false when it is no longer waiting."""
        return any(queue.pop(ticket, None) is not None for queue in self._waiting.values())

    def next_batch(self, now: float) -> Batch[T]:
        """The most urgent utterance and those that go well with it; empty when nothing waits."""
        dropped = tuple(self._drop_stale(now))
        urgent = [*self._waiting[DecodeKind.FINAL].values(), *self._waiting[DecodeKind.SPECULATIVE].values()]
        pool = urgent or list(self._waiting[DecodeKind.PARTIAL].values())
        chosen: list[_Waiting[T]] = []
        for waiting in pool:
            if len(chosen) == self._max_batch:
                break
            if not chosen or _alike(chosen[0].frames, waiting.frames):
                chosen.append(waiting)
        for waiting in chosen:
            del self._waiting[waiting.kind][waiting.ticket]
        return Batch(tuple(waiting.item for waiting in chosen), dropped)

    def _drop_stale(self, now: float) -> list[T]:
        partials = self._waiting[DecodeKind.PARTIAL]
        stale = [waiting for waiting in partials.values() if now - waiting.since > PARTIAL_PATIENCE_S]
        for waiting in stale:
            del partials[waiting.ticket]
        return [waiting.item for waiting in stale]


def _alike(first_frames: int, second_frames: int) -> bool:
    shorter, longer = sorted((first_frames, second_frames))
    return longer <= shorter * _LENGTH_RATIO + _LENGTH_SLACK_FRAMES
