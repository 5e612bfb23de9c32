"""One clip decoded again and again while it grows, as partial decodes hear it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.recognition.clips import RATE_HZ, Clip
from benchmarks.recognition.measuring import recognise
from benchmarks.recognition.scoring import letters
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.audio.level import audible_span
from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Completeness, interpret, judge_completeness
from voicebot.speech.events import DecodeKind
from voicebot.speech.settings import TurnSettings

STEP_MS = 300.0
"""Turn taking asks for a partial this often (``TurnSettings.partial_every_ms``)."""
CUTS_PERCENT = (20, 40, 60, 80)
_TODAY = date(2026, 11, 23)  # any day: dates without a year are read on it
_WHOLE = (Completeness.COMPLETE, Completeness.BACK_CHANNEL)
_SURE = TurnSettings().sure_confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """A decode of the beginning of a clip."""

    before_end_ms: float
    """How much of the voice was still to come."""
    text: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """All partials of a clip, the earliest first, and the text of the whole."""

    partials: tuple[Partial, ...]
    final: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A partial that turn taking would take for a whole answer, and whether its meaning held to the end."""

    held: bool
    sure: bool
    """Its confidence suffices for an early commit."""


def grow(pipeline: Pipeline, clip: Clip) -> Growth:
    """Decode the clip at every 300 ms of its voice, and whole."""
    span = _voice(clip)
    step = round(STEP_MS * RATE_HZ / 1000)
    partials = []
    for end in range(span[0] + step, span[1], step):
        heard = recognise(pipeline, clip.samples[:end], DecodeKind.PARTIAL)
        partials.append(
            Partial(
                before_end_ms=(span[1] - end) * 1000 / RATE_HZ, text=heard.text, confidence=heard.confidence
            )
        )
    return Growth(partials=tuple(partials), final=recognise(pipeline, clip.samples).text)


def settled_ms(growth: Growth) -> float | None:
    """How long before the end the partials had the final text and kept it; ``None``: not before the end."""
    earliest = None
    for partial in reversed(growth.partials):
        if letters(partial.text) != letters(growth.final) or not growth.final:
            break
        earliest = partial.before_end_ms
    return earliest


def risk(growth: Growth, kind: AnswerKind, *, twice: bool = False) -> Risk | None:
    """The first partial that is a whole answer to a question of this kind, and what became of it.

    Args:
        growth: Partials and the text of the whole.
        kind: What was asked.
        twice: Believe a partial only where the one before it read the same.
    """
    expectation = Expectation(kind=kind)
    before = None
    for partial in growth.partials:
        agrees = before is not None and letters(before) == letters(partial.text)
        if judge_completeness(partial.text, expectation) in _WHOLE and (agrees or not twice):
            held = _meaning(partial.text, expectation) == _meaning(growth.final, expectation)
            return Risk(held=held, sure=partial.confidence >= _SURE)
        before = partial.text
    return None


def _meaning(text: str, expectation: Expectation) -> tuple[str, str]:
    read = interpret(text, expectation, _TODAY)
    return read.status.value, read.value


def cut_word(pipeline: Pipeline, clip: Clip, percent: int) -> str:
    """What is heard of a single word of which so much of its voice has been spoken.

    Returns:
        ``nothing``, ``beginning`` (a true beginning of the word), ``whole``, or ``other`` (invented).
    """
    span = _voice(clip)
    end = span[0] + (span[1] - span[0]) * percent // 100
    heard = letters(recognise(pipeline, clip.samples[:end], DecodeKind.PARTIAL).text)
    said = letters(clip.sentence.text)
    if not heard:
        return "nothing"
    if heard == said:
        return "whole"
    return "beginning" if said.startswith(heard) else "other"


def shares(found: Sequence[str]) -> dict[str, float]:
    """Percent of each outcome of a cut word."""
    names = ("nothing", "beginning", "whole", "other")
    return {name: round(100 * found.count(name) / max(len(found), 1), 1) for name in names}


def _voice(clip: Clip) -> tuple[int, int]:
    """First sample of the voice and the one after its last."""
    span = audible_span(clip.samples, RATE_HZ)
    return span if span is not None else (0, len(clip.samples))
