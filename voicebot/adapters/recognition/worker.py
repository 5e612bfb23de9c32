"""Threads that decode batches, so that no inference runs on the event loop.

CTranslate2 releases the interpreter lock while it computes, and so does NumPy for its transforms and
products.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from voicebot.adapters.recognition.scheduler import BatchScheduler
from voicebot.errors import RecognitionError
from voicebot.ports import Recognition, Utterance
from voicebot.speech.events import DecodeKind

logger = logging.getLogger(__name__)

T = TypeVar("T")
Outcome = Recognition | RecognitionError | None
"""A recognition, the failure of this utterance alone, or ``None`` for a partial dropped under load."""


class BatchRecogniser(Protocol):
    """What a worker thread runs."""

    def recognise(self, utterances: Sequence[Utterance]) -> list[Recognition]:
        """Recognise utterances together."""
        ...


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """An utterance and whoever waits for it."""

    utterance: Utterance
    receiver: T


class DecodeWorkers(Generic[T]):
    """A queue and the threads that empty it.

    Args:
        pipelines: One for each thread.
        deliver: Called on a worker thread, or in ``submit`` for what gave way, with jobs and their outcomes.
    """

    def __init__(
        self,
        scheduler: BatchScheduler[Job[T]],
        pipelines: Sequence[BatchRecogniser],
        deliver: Callable[[list[tuple[Job[T], Outcome]]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheduler = scheduler
        self._deliver = deliver
        self._clock = clock
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [
            # Daemons: a process that ends without close() is not held by a queue.
            threading.Thread(target=self._run, args=(pipeline,), name=f"recogniser-{number}", daemon=True)
            for number, pipeline in enumerate(pipelines)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job[T], *, kind: DecodeKind, frames: int) -> int:
        """Queue a job and return its ticket.

        Raises:
            RecognitionError: The queue is full or closed.
        """
        with self._changed:
            if self._closing:
                raise RecognitionError("the recogniser is closed; the engine is shutting down")
            admitted = self._scheduler.push(job, kind=kind, frames=frames, now=self._clock())
            self._changed.notify()
        if admitted.dropped:
            self._deliver([(dropped, None) for dropped in admitted.dropped])
        return admitted.ticket

    @property
    def queued(self) -> int:
        """Jobs that wait."""
        return len(self._scheduler)

    def cancel(self, ticket: int) -> bool:
        """Take a job out of the queue; false when it is under way or done."""
        with self._changed:
            return self._scheduler.cancel(ticket)

    def stop(self) -> None:
        """Take no more jobs; the threads end once the queue is empty."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def join(self) -> None:
        """Wait until the threads have ended (blocks; not for the event loop)."""
        for thread in self._threads:
            thread.join()

    def _run(self, pipeline: BatchRecogniser) -> None:
        while True:
            with self._changed:
                while not len(self._scheduler) and not self._closing:
                    self._changed.wait()
                batch = self._scheduler.next_batch(self._clock())
                if not batch.items and not batch.dropped and self._closing:
                    return
            outcomes: list[tuple[Job[T], Outcome]] = [(job, None) for job in batch.dropped]
            outcomes += _recognise(pipeline, batch.items)
            self._deliver(outcomes)


def _recognise(pipeline: BatchRecogniser, jobs: Sequence[Job[T]]) -> list[tuple[Job[T], Outcome]]:
    """Recognise a batch; when it fails, each utterance by itself, so that a poisoned one spoils no other."""
    if not jobs:
        return []
    try:
        recognitions = pipeline.recognise([job.utterance for job in jobs])
    except Exception as error:  # noqa: BLE001 - the edge of the model: the thread must live on
        if len(jobs) > 1:
            return [outcome for job in jobs for outcome in _recognise(pipeline, [job])]
        logger.error(
            "an utterance could not be recognised",
            extra={"action": "recognise", "call_id": "", "error": f"{type(error).__name__}: {error}"},
        )
        failure = RecognitionError(
            f"an utterance of {jobs[0].utterance.samples.shape[0]} samples could not be recognised: {error}"
        )
        return [(jobs[0], failure)]
    return list(zip(jobs, recognitions, strict=True))
