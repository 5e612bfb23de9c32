"""The recogniser port on faster-whisper and CTranslate2: an asyncio shell over the batching workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

import numpy as np

from voicebot.adapters.recognition import rejection
from voicebot.adapters.recognition.cutting import cut
from voicebot.adapters.recognition.features import (
    FRAMES_PER_SECOND,
    MODEL_RATE_HZ,
    RATES_HZ,
    TELEPHONE_RATE_HZ,
)
from voicebot.adapters.recognition.model import SpeechModel, load_model
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.adapters.recognition.scheduler import BatchScheduler
from voicebot.adapters.recognition.worker import BatchRecogniser, DecodeWorkers, Job, Outcome
from voicebot.config import RecogniserSettings
from voicebot.errors import ModelError, RecognitionError
from voicebot.ports import Recognition, Samples, Utterance

_Future = asyncio.Future[Recognition | None]

DEMO_WARNING = "embedded demo recogniser: not for real callers"


class WhisperRecogniser:
    """Speech to text for all calls of a process; implements ``ports.Recogniser``.

    Args:
        model: A loaded model.
        pipeline: Makes what each worker thread runs; tests give their own.
    """

    def __init__(
        self,
        model: SpeechModel,
        settings: RecogniserSettings,
        *,
        pipeline: Callable[[], BatchRecogniser] | None = None,
    ) -> None:
        self._model = model
        make = pipeline or (lambda: Pipeline(model, settings.max_batch))
        self._workers = DecodeWorkers[_Future](
            BatchScheduler(max_queue=settings.max_queue, max_batch=settings.max_batch),
            [make() for _ in range(settings.workers)],
            _deliver,
        )
        self._workers.start()

    @classmethod
    def load(cls, settings: RecogniserSettings) -> Self:
        """Load the model that the settings name and warm it up (blocks for about a second; more for large
        models).

        Raises:
            ModelError: The model cannot be used; the message names the file and the remedy.
        """
        model = load_model(settings)
        try:
            Pipeline(model, settings.max_batch).warm_up()
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"{model.folder}: loads but cannot decode ({error}); copy the model again"
            ) from error
        return cls(model, settings)

    @property
    def warning(self) -> str:
        """What an operator must be told before real callers are served, else empty."""
        return DEMO_WARNING if self._model.embedded else ""

    @property
    def description(self) -> str:
        """Model, device and arithmetic, for ``doctor`` and logs."""
        whisper = self._model.whisper
        return f"{self._model.name} on {whisper.device}, {whisper.compute_type}"

    @property
    def queued(self) -> int:
        """Utterances that wait to be decoded."""
        return self._workers.queued

    @property
    def native_rate_hz(self) -> int:
        """The sampling rate to bring recordings to: the embedded model knows the telephone band only."""
        return TELEPHONE_RATE_HZ if self._model.embedded else MODEL_RATE_HZ

    def pieces(self, samples: Samples, sample_rate_hz: int) -> list[slice]:
        """Where a recording longer than the model's window is cut, so that progress can be shown."""
        return cut(samples, sample_rate_hz, self._model.window)

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        """Recognise one utterance; ``None`` when a partial was dropped under load.

        Cancelling the call takes a waiting utterance out of the queue.

        Raises:
            RecognitionError: This utterance is not what can be recognised, could not be decoded, or too many
                wait.
        """
        rate_hz, samples = utterance.sample_rate_hz, utterance.samples
        if samples.ndim != 1 or samples.dtype != np.int16:
            raise RecognitionError(
                f"audio of shape {samples.shape} and type {samples.dtype} cannot be recognised; "
                "give one channel of 16-bit integers"
            )
        if rate_hz not in RATES_HZ:
            raise RecognitionError(f"audio at {rate_hz} Hz cannot be recognised; give 8000 or 16000 Hz")
        duration_ms = samples.shape[0] * 1000.0 / rate_hz
        reason = rejection.reason_before_decoding(utterance.voiced_ms, duration_ms)
        if reason:
            return Recognition(text="", confidence=0.0, rejected=reason)
        future: _Future = asyncio.get_running_loop().create_future()
        frames = self._model.window.frames_for(round(duration_ms * FRAMES_PER_SECOND / 1000.0))
        ticket = self._workers.submit(Job(utterance, future), kind=utterance.kind, frames=frames)
        try:
            return await future
        finally:
            self._workers.cancel(ticket)

    async def close(self) -> None:
        """Decode what waits, stop the threads and release the model."""
        self._workers.stop()
        await asyncio.to_thread(self._workers.join)
        self._model.whisper.unload_model()


def _deliver(outcomes: list[tuple[Job[_Future], Outcome]]) -> None:
    """Hand outcomes to the loops that wait for them, from whichever thread."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Future, Outcome]]] = {}
    for job, outcome in outcomes:
        by_loop.setdefault(job.receiver.get_loop(), []).append((job.receiver, outcome))
    for loop, settled in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, settled)
        except RuntimeError:
            continue  # the loop is closed: nobody waits any more


def _settle(settled: list[tuple[_Future, Outcome]]) -> None:
    for future, outcome in settled:
        if future.done():
            continue  # cancelled while it was being decoded
        if isinstance(outcome, RecognitionError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
