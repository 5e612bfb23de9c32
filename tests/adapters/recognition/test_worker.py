from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from tests.adapters.recognition.speech import utterance
from voicebot.adapters.recognition.scheduler import BatchScheduler
from voicebot.adapters.recognition.worker import DecodeWorkers, Job, Outcome
from voicebot.errors import RecognitionError
from voicebot.ports import Recognition, Utterance
from voicebot.speech.events import DecodeKind

PATIENCE_S = 5.0  # only reached when a test fails


class FakePipeline:
    """Recognises the length of an utterance; length 13 is poison. Holds its first batch until released."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.entered = threading.Event()
        self.released = threading.Event()

    def recognise(self, utterances: Sequence[Utterance]) -> list[Recognition]:
        self.batches.append(len(utterances))
        self.entered.set()
        assert self.released.wait(PATIENCE_S)
        lengths = [one.samples.shape[0] for one in utterances]
        if 13 in lengths:
            raise RuntimeError("poison")
        return [Recognition(text=str(length), confidence=1.0) for length in lengths]


class Harness:
    def __init__(self, *, max_queue: int = 8) -> None:
        self.pipeline = FakePipeline()
        self.outcomes: dict[str, Outcome] = {}
        self.workers: DecodeWorkers[str] = DecodeWorkers(
            BatchScheduler(max_queue=max_queue, max_batch=4), [self.pipeline], self._deliver
        )
        self.workers.start()

    def _deliver(self, outcomes: list[tuple[Job[str], Outcome]]) -> None:
        self.outcomes.update({job.receiver: outcome for job, outcome in outcomes})

    def submit(self, name: str, length: int, kind: DecodeKind = DecodeKind.FINAL) -> int:
        samples = np.zeros(length, dtype=np.int16)
        return self.workers.submit(Job(utterance(samples, kind=kind), name), kind=kind, frames=100)

    def hold(self) -> None:
        """Occupy the thread, so that what follows waits in the queue."""
        self.submit("first", 1)
        assert self.pipeline.entered.wait(PATIENCE_S)

    def finish(self) -> None:
        self.pipeline.released.set()
        self.workers.stop()
        self.workers.join()


def test_what_waited_is_decoded_together_and_close_drains() -> None:
    harness = Harness()
    harness.hold()
    for name, length in (("a", 10), ("b", 20), ("c", 30)):
        harness.submit(name, length)
    harness.finish()
    assert harness.pipeline.batches == [1, 3]
    texts = {
        name: outcome.text for name, outcome in harness.outcomes.items() if isinstance(outcome, Recognition)
    }
    assert texts == {
        "first": "1",
        "a": "10",
        "b": "20",
        "c": "30",
    }


def test_a_poisoned_utterance_spoils_no_other(caplog: pytest.LogCaptureFixture) -> None:
    harness = Harness()
    harness.hold()
    harness.submit("good", 10)
    harness.submit("bad", 13)
    harness.submit("also good", 20)
    with caplog.at_level(logging.ERROR):
        harness.finish()
    assert isinstance(harness.outcomes["bad"], RecognitionError)
    assert "13 samples" in str(harness.outcomes["bad"])
    assert isinstance(harness.outcomes["good"], Recognition)
    assert isinstance(harness.outcomes["also good"], Recognition)
    assert [record.message for record in caplog.records] == ["an utterance could not be recognised"]


def test_a_cancelled_utterance_is_not_decoded() -> None:
    harness = Harness()
    harness.hold()
    ticket = harness.submit("gone", 10)
    assert harness.workers.cancel(ticket)
    harness.finish()
    assert harness.pipeline.batches == [1]
    assert "gone" not in harness.outcomes


def test_partials_dropped_under_load_are_told_so() -> None:
    harness = Harness(max_queue=1)
    harness.hold()
    harness.submit("partial", 10, DecodeKind.PARTIAL)
    harness.submit("final", 20)
    assert harness.outcomes["partial"] is None
    harness.finish()
    assert isinstance(harness.outcomes["final"], Recognition)


def test_a_closed_queue_refuses() -> None:
    harness = Harness()
    harness.finish()
    with pytest.raises(RecognitionError, match="the recogniser is closed"):
        harness.submit("late", 10)
