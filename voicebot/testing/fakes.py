"""Fakes of the ports and of the clock, for fast tests of whatever stands on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from voicebot.errors import RecognitionError, SynthesisError, VoicebotError
from voicebot.outcome import CallOutcome
from voicebot.ports import Recognition, Samples, Speech, Utterance, VoiceStream
from voicebot.records.calls import NewCall, Turn


class ManualClock:
    """A monotonic clock that moves only when told."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """The current time, in seconds."""
        return self.now

    def advance(self, seconds: float) -> float:
        """Let time pass; gives the new time.

        Raises:
            ValueError: Time would go back.
        """
        if seconds < 0:
            raise ValueError(f"a monotonic clock cannot go back by {-seconds} s")
        self.now += seconds
        return self.now


class FakeRecogniser:
    """Gives prepared recognitions, in the order in which decodes are asked for.

    Args:
        answers: A text (confidence 0.9), a whole ``Recognition``, ``None`` (dropped under load), or a
            ``RecognitionError`` to raise. After the last one every decode gives empty text.
        gate: When given, each decode waits until it is set: what a slow model looks like.
    """

    def __init__(
        self,
        answers: Iterable[str | Recognition | RecognitionError | None] = (),
        *,
        gate: asyncio.Event | None = None,
    ) -> None:
        self.asked: list[Utterance] = []
        self.cancelled = 0
        self.closed = False
        self._answers = list(answers)
        self._gate = gate

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        """See ``ports.Recogniser``."""
        self.asked.append(utterance)
        # Taken before waiting: answers follow the order of the questions.
        answer = self._answers.pop(0) if self._answers else ""
        try:
            if self._gate is not None:
                await self._gate.wait()
            else:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(answer, RecognitionError):
            raise answer
        if isinstance(answer, str):
            return Recognition(text=answer, confidence=0.9 if answer else 0.0)
        return answer

    async def close(self) -> None:
        """See ``ports.Recogniser``."""
        self.closed = True


class FakeVoiceActivity:
    """A frame is voice when its loudest sample reaches a threshold.

    Args:
        threshold: Of the absolute sample value.
    """

    def __init__(self, threshold: int = 1000) -> None:
        self._threshold = threshold

    def open(self) -> VoiceStream:
        """See ``ports.VoiceActivity``."""
        return object()

    def judge(self, streams: Sequence[VoiceStream], frames: Sequence[Samples]) -> list[float]:
        """See ``ports.VoiceActivity``."""
        return [float(len(frame) and int(np.abs(frame).max()) >= self._threshold) for frame in frames]


class FakeSynthesiser:
    """Speaks a 440 Hz tone of ``ms_per_character`` for each character, spaces included.

    Args:
        fails_on: Texts that cannot be spoken.
    """

    identity = "fake 1"
    local = True

    def __init__(
        self, *, ms_per_character: int = 20, sample_rate_hz: int = 8000, fails_on: Iterable[str] = ()
    ) -> None:
        self.spoken: list[str] = []
        self._ms_per_character = ms_per_character
        self._sample_rate_hz = sample_rate_hz
        self._fails_on = frozenset(fails_on)

    async def synthesise(self, text: str, *, rate: float = 1.0) -> Speech:
        """See ``ports.Synthesiser``."""
        await asyncio.sleep(0)
        if text in self._fails_on:
            raise SynthesisError(f"fake: {len(text)} characters cannot be spoken")
        self.spoken.append(text)
        count = round(len(text) * self._ms_per_character * self._sample_rate_hz / 1000 / rate)
        tone = 8192 * np.sin(2 * np.pi * 440 * np.arange(count) / self._sample_rate_hz)
        return Speech(samples=tone.astype(np.int16), sample_rate_hz=self._sample_rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work that was asked of the case desk."""

    call_id: str
    name: str
    arguments: Mapping[str, str]


class FakeCaseDesk:
    """Notes the work and gives prepared results, by the work's name.

    Args:
        results: Work → its result; a callable is given the arguments; a ``VoicebotError`` is raised. Work
            that is not here is done with an empty result.
    """

    def __init__(
        self,
        results: Mapping[
            str, Mapping[str, str] | VoicebotError | Callable[[Mapping[str, str]], Mapping[str, str]]
        ]
        | None = None,
    ) -> None:
        self.done: list[Work] = []
        self._results = dict(results or {})

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """See ``ports.CaseDesk``."""
        await asyncio.sleep(0)
        result = self._results.get(name, {})
        if isinstance(result, VoicebotError):
            raise result
        self.done.append(Work(call_id=call_id, name=name, arguments=dict(arguments)))
        return result(arguments) if callable(result) else result


class FakeCallBook:
    """Keeps calls in memory, in the order in which they were told."""

    def __init__(self) -> None:
        self.begun: list[NewCall] = []
        self.turns: dict[str, list[Turn]] = {}
        self.ended: dict[str, tuple[CallOutcome, Mapping[str, str]]] = {}
        """Call → its outcome and slots."""

    def begin(self, call: NewCall) -> None:
        """See ``ports.CallBook``."""
        self.begun.append(call)

    def add_turn(self, call_id: str, turn: Turn) -> None:
        """See ``ports.CallBook``."""
        self.turns.setdefault(call_id, []).append(turn)

    def end(self, call_id: str, outcome: CallOutcome, slots: Mapping[str, str]) -> None:
        """See ``ports.CallBook``."""
        self.ended.setdefault(call_id, (outcome, dict(slots)))


class FakeAcquaintances:
    """Knows who it was told.

    Args:
        known: Attempt → what is known of the person.
        opted_out: Numbers.
    """

    def __init__(
        self, known: Mapping[str, Mapping[str, str]] | None = None, opted_out: Iterable[str] = ()
    ) -> None:
        self.asked: list[str] = []
        """Numbers of whom it was asked whether they opted out."""
        self._known = dict(known or {})
        self._opted_out = frozenset(opted_out)

    async def known_of(self, attempt_id: str) -> Mapping[str, str]:
        """See ``ports.Acquaintances``."""
        await asyncio.sleep(0)
        return self._known.get(attempt_id, {})

    async def opted_out(self, phone: str) -> bool:
        """See ``ports.Acquaintances``."""
        await asyncio.sleep(0)
        self.asked.append(phone)
        return phone in self._opted_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a timeline."""

    track: str
    event: str
    at: float
    details: Mapping[str, object] = field(default_factory=dict)


class MemoryTimeline:
    """Keeps what was recorded."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.closed = False

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """See ``ports.TimelineSink``."""
        self.entries.append(Entry(track=track, event=event, at=at, details=details))

    def close(self) -> None:
        """See ``ports.TimelineSink``."""
        self.closed = True

    def of(self, event: str) -> list[Entry]:
        """The entries of one event, in the order of their recording."""
        return [entry for entry in self.entries if entry.event == event]
