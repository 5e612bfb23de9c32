"""The decodes of one call: turn taking asks, the recogniser answers, and the timeline sees both."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Protocol

from voicebot.dialogue.actions import Expectation
from voicebot.engine.recording import CitizenAudio
from voicebot.errors import RecognitionError
from voicebot.ports import Recogniser, Recognition, TimelineSink, Utterance
from voicebot.speech.actions import RequestDecode
from voicebot.speech.events import Completeness, DecodeDropped, HypothesisHeard

_KEPT = 8
"""Recognitions kept for a commit that names them: a turn is committed on one of its last decodes."""

_NOTHING = Recognition(text="", confidence=0.0)


class Judge(Protocol):
    """Language understanding's view of whether an answer is complete."""

    def __call__(self, text: str, expectation: Expectation) -> Completeness:
        """Judge what was heard so far."""
        ...


class CallDecoder:
    """Runs the decodes that turn taking asks for, and remembers what they gave.

    Args:
        recogniser: Shared by all calls.
        audio: What this citizen said.
        spoken_forms: Closed question → answer value → the words to score it by.
        spawn: Starts a coroutine in the call's task group and returns how to cancel it.
        heard: Called with each answer (never from within ``request``).
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        recogniser: Recogniser,
        audio: CitizenAudio,
        sample_rate_hz: int,
        judge: Judge,
        spoken_forms: Callable[[Expectation], dict[str, tuple[str, ...]]],
        spawn: Callable[[Coroutine[object, object, None]], Callable[[], object]],
        heard: Callable[[HypothesisHeard | DecodeDropped], None],
        timeline: TimelineSink,
        clock: Callable[[], float],
    ) -> None:
        self._recogniser = recogniser
        self._audio = audio
        self._sample_rate_hz = sample_rate_hz
        self._judge = judge
        self._spoken_forms = spoken_forms
        self._spawn = spawn
        self._heard = heard
        self._timeline = timeline
        self._clock = clock
        self._under_way: dict[int, Callable[[], object]] = {}
        self._recognitions: OrderedDict[int, Recognition] = OrderedDict()

    def request(self, request: RequestDecode, expectation: Expectation) -> None:
        """Begin a decode; its answer comes through ``heard``."""
        self._under_way[request.decode_id] = self._spawn(self._decode(request, expectation))

    def discard(self, decode_id: int) -> None:
        """Nobody waits for this decode any more."""
        cancel = self._under_way.pop(decode_id, None)
        if cancel is not None:
            cancel()
            self._timeline.record("engine", "decode", self._clock(), decode_id=decode_id, outcome="discarded")

    def recognition(self, decode_id: int) -> Recognition:
        """What a recent decode gave; nothing if it is not remembered."""
        return self._recognitions.get(decode_id, _NOTHING)

    async def _decode(self, request: RequestDecode, expectation: Expectation) -> None:
        asked_at = self._clock()
        utterance = Utterance(
            samples=self._audio.between(request.start_sample, request.end_sample),
            sample_rate_hz=self._sample_rate_hz,
            kind=request.kind,
            voiced_ms=request.voiced_ms,
            choices=self._spoken_forms(expectation) if expectation.closed else {},
        )
        lost = {"outcome": "dropped"}
        try:
            recognition = await self._recogniser.recognise(utterance)
        except RecognitionError as error:
            recognition, lost = None, {"outcome": "failed", "reason": str(error)}
        if self._under_way.pop(request.decode_id, None) is None:
            return  # discarded while the answer was on its way
        if recognition is None:
            # Turn taking asks once more; empty words would pass for a cough.
            self._record(request, asked_at, **lost)
            self._heard(DecodeDropped(decode_id=request.decode_id))
            return
        self._remember(request.decode_id, recognition)
        completeness = self._judge(f"{request.earlier_text} {recognition.text}".strip(), expectation)
        self._record(
            request,
            asked_at,
            outcome="used",
            text=recognition.text,
            confidence=round(recognition.confidence, 3),
            completeness=completeness.value,
            rejected=recognition.rejected,
        )
        self._heard(
            HypothesisHeard(
                decode_id=request.decode_id,
                text=recognition.text,
                completeness=completeness,
                confidence=recognition.confidence,
            )
        )

    def _remember(self, decode_id: int, recognition: Recognition) -> None:
        self._recognitions[decode_id] = recognition
        while len(self._recognitions) > _KEPT:
            self._recognitions.popitem(last=False)

    def _record(self, request: RequestDecode, asked_at: float, **details: object) -> None:
        now = self._clock()
        self._timeline.record(
            "engine",
            "decode",
            now,
            kind=request.kind.value,
            decode_id=request.decode_id,
            asked_at=asked_at,
            audio_ms=round((request.end_sample - request.start_sample) * 1000 / self._sample_rate_hz),
            ms=round((now - asked_at) * 1000, 1),
            **details,
        )
