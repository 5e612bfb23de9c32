"""One spoken answer through voice activity, recognition and turn taking, in simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.turn_corpus import SAMPLE_RATE_HZ, Spoken
from voicebot.audio.level import levels_dbfs
from voicebot.errors import RecognitionError
from voicebot.ports import Recogniser, Recognition, Utterance, VoiceActivity
from voicebot.speech.actions import (
    Action,
    CommitTurn,
    ConfirmTurn,
    DiscardDecode,
    ReportSilence,
    RequestDecode,
    RetractTurn,
    StopPrompt,
)
from voicebot.speech.events import (
    AnswerShape,
    Completeness,
    Event,
    FloorGiven,
    FrameHeard,
    HypothesisHeard,
    PromptStarted,
    PromptStopped,
)
from voicebot.speech.turn_taker import TurnSettings, TurnTaker

Judge = Callable[[str], Completeness]
"""Whether the words are a whole answer to what was asked."""

FRAME = SAMPLE_RATE_HZ // 50
TRANSPORT_MS = 60.0
"""From the caller's socket to the engine's tick and back to the caller's ear: 25 ms in (packet, Asterisk,
half a tick) and 35 ms out (tick, Asterisk, packet). The real path is measured by
``benchmarks.response_gap``."""
_ANSWER_STARTS_S = 0.01
"""Commit to first packet of a prompt from the cache: half a tick."""
_ANSWER_LASTS_S = 2.5


@dataclass(slots=True)
class Heard:
    """A spoken answer with everything that does not depend on settings."""

    spoken: Spoken
    judge: Judge
    shape: AnswerShape
    probabilities: list[float]
    levels_dbfs: list[float]
    recognitions: dict[tuple[int, int], Recognition] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of an answer."""

    gap_ms: float | None = None
    """From the last audible sample to the first sample of the answer at the caller; ``None``: no answer."""
    cut_off: bool = False
    """The bot was audible while the citizen still had something to say."""
    commits: int = 0
    decodes: int = 0
    text: str = ""
    stopped_ms: float | None = None
    """Over a prompt: from the citizen's onset to the bot's silence at the caller."""


class Ears:
    """Voice activity and recognition for the simulation, with answers remembered.

    Args:
        voice_activity: At 8 kHz.
        recogniser: ``None``: a faultless one, that hears what was said so far.
    """

    def __init__(self, voice_activity: VoiceActivity, recogniser: Recogniser | None) -> None:
        self._voice_activity = voice_activity
        self._recogniser = recogniser
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """Release the recogniser."""
        if self._recogniser is not None:
            self._loop.run_until_complete(self._recogniser.close())
        self._loop.close()

    def hear(self, spoken: Spoken, shape: AnswerShape, judge: Judge) -> Heard:
        """Run voice activity over an answer."""
        count = len(spoken.samples) // FRAME
        frames = spoken.samples[: count * FRAME].reshape(count, FRAME)
        stream = self._voice_activity.open()
        probabilities = [self._voice_activity.judge([stream], [frame])[0] for frame in frames]
        levels = [float(level) for level in levels_dbfs(frames)]
        return Heard(spoken=spoken, judge=judge, shape=shape, probabilities=probabilities, levels_dbfs=levels)

    def recognise(self, heard: Heard, request: RequestDecode) -> Recognition:
        """Recognise a piece of an answer."""
        piece = (request.start_sample, request.end_sample)
        known = heard.recognitions.get(piece)
        if known is None:
            known = heard.recognitions[piece] = self._recognise(heard.spoken, request)
        return known

    def _recognise(self, spoken: Spoken, request: RequestDecode) -> Recognition:
        if self._recogniser is None:
            text = spoken.text_between(request.start_sample, request.end_sample)
            return Recognition(text=text, confidence=0.9)
        utterance = Utterance(
            samples=spoken.samples[request.start_sample : request.end_sample],
            sample_rate_hz=SAMPLE_RATE_HZ,
            kind=request.kind,
            voiced_ms=request.voiced_ms,
        )
        try:
            recognition = self._loop.run_until_complete(self._recogniser.recognise(utterance))
        except RecognitionError:
            recognition = None
        return recognition or Recognition(text="", confidence=0.0)


class Simulation:
    """One citizen's answer, played to a fresh ``TurnTaker``.

    Args:
        decode_ms: From asking to answer.
        prompt: Whether a long interruptible prompt is playing all the time.
    """

    def __init__(
        self, ears: Ears, heard: Heard, settings: TurnSettings, *, decode_ms: float, prompt: bool = False
    ) -> None:
        self._ears = ears
        self._heard = heard
        self._decode_s = decode_ms / 1000
        self._taker = TurnTaker(settings, SAMPLE_RATE_HZ)
        self._pending: list[tuple[float, Event]] = []
        self._prompt = prompt
        self._open_since: float | None = None
        self._last_commit_at: float | None = None
        # A word that dies away while the answer is already on its way to the caller is not cut off.
        self._said_all_s = heard.spoken.end_s - TRANSPORT_MS / 1000
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Play all of it."""
        heard = self._heard
        if self._prompt:
            self._tell(PromptStarted(prompt_id=1, interruptible=True), 0.0)
        self._tell(FloorGiven(shape=heard.shape, silence_s=60.0), 0.0)
        for index, (probability, level) in enumerate(
            zip(heard.probabilities, heard.levels_dbfs, strict=True)
        ):
            now = (index + 1) * 0.02
            while self._pending and self._pending[0][0] <= now:
                at, event = self._pending.pop(0)
                self._tell(event, at)
            frame = FrameHeard(
                end_sample=(index + 1) * FRAME,
                duration_ms=20.0,
                probability=probability,
                level_dbfs=level,
                echo=0.0,
            )
            self._tell(frame, now)
            deadline = self._taker.next_deadline()
            if deadline is not None and deadline <= now:
                self._perform(self._taker.handle_timer(now), now)
        self._settle_gap()
        return self.outcome

    def _tell(self, event: Event, now: float) -> None:
        self._perform(self._taker.receive(event, now), now)

    def _perform(self, actions: list[Action], now: float) -> None:
        for action in actions:
            match action:
                case RequestDecode():
                    self.outcome.decodes += 1
                    self._expect(now + self._decode_s, self._answer(action))
                case DiscardDecode(decode_id=decode_id):
                    self._pending = [
                        (at, event)
                        for at, event in self._pending
                        if not (isinstance(event, HypothesisHeard) and event.decode_id == decode_id)
                    ]
                case CommitTurn():
                    self.outcome.commits += 1
                    self.outcome.text = action.text
                    self._open_since = self._last_commit_at = now
                    if not action.early and now < self._said_all_s:
                        self.outcome.cut_off = True
                    self._expect(now + _ANSWER_STARTS_S, PromptStarted(prompt_id=9, interruptible=True))
                    self._expect(now + _ANSWER_LASTS_S, PromptStopped(prompt_id=9, interrupted=False))
                case RetractTurn():
                    assert self._open_since is not None
                    # One packet of the answer may be on its way before the retraction takes hold.
                    if now - self._open_since > 0.02 + _ANSWER_STARTS_S:
                        self.outcome.cut_off = True
                    self._open_since = self._last_commit_at = None
                    self._pending = [
                        (at, event)
                        for at, event in self._pending
                        if not isinstance(event, PromptStarted | PromptStopped)
                    ]
                case ConfirmTurn():
                    if self._open_since is not None and self._open_since < self._said_all_s:
                        self.outcome.cut_off = True
                    self._open_since = None
                case StopPrompt():
                    onset_s = self._heard.spoken.spans[0][0] / SAMPLE_RATE_HZ
                    self.outcome.stopped_ms = (now - onset_s) * 1000 + TRANSPORT_MS
                    self._expect(now + 0.02, PromptStopped(prompt_id=1, interrupted=True))
                case ReportSilence():
                    raise AssertionError("the scene is shorter than the silence that is reported")

    def _expect(self, at: float, event: Event) -> None:
        self._pending.append((at, event))
        self._pending.sort(key=lambda entry: entry[0])

    def _answer(self, request: RequestDecode) -> HypothesisHeard:
        recognition = self._ears.recognise(self._heard, request)
        return HypothesisHeard(
            decode_id=request.decode_id,
            text=recognition.text,
            completeness=self._heard.judge(f"{request.earlier_text} {recognition.text}".strip()),
            confidence=recognition.confidence,
        )

    def _settle_gap(self) -> None:
        if self._last_commit_at is not None:
            gap_s = self._last_commit_at - self._heard.spoken.end_s
            self.outcome.gap_ms = gap_s * 1000 + TRANSPORT_MS


def percentile(values: list[float], share: float) -> float:
    """A percentile; not a number for nothing."""
    return float(np.percentile(values, share)) if values else float("nan")
