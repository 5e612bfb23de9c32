"""What turn taking hears about, in the past tense.

Times are ``now: float`` arguments of ``TurnTaker.receive`` (monotonic seconds); positions in the call's audio
are counted in samples since the call's media began (``*_sample``), at the call's sampling rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerShape(StrEnum):
    """What turn taking must know of the expected answer."""

    CLOSED = "closed"
    """Yes/no or a choice: complete as soon as its words are."""
    NUMBER = "number"
    """Digits, a date, a temperature: spoken in groups with pauses between them."""
    PHRASE = "phrase"
    """A place or a name: one phrase, over when it is whole, however short."""
    OPEN = "open"
    """A story: pauses to think are part of it."""


class Completeness(StrEnum):
    """What the words heard so far say about the end of the turn (judged by language understanding)."""

    EMPTY = "empty"
    """No words."""
    COMPLETE = "complete"
    """A whole answer to what was asked."""
    POSSIBLE = "possible"
    """Could end here, could go on."""
    UNFINISHED = "unfinished"
    """Ends in a filler or a connective ("그게 어…", "-는데"), or lacks digits: more is to come."""
    BACK_CHANNEL = "back_channel"
    """Only "네", "응", "아": an answer when one was asked for, a nod during a prompt."""


class DecodeKind(StrEnum):
    """Why a decode is asked for; also its priority, from the last to the first."""

    PARTIAL = "partial"
    SPECULATIVE = "speculative"
    FINAL = "final"


# Per-frame event: slots without frozen, since one is made for every 20 ms of every call.
@dataclass(slots=True)
class FrameHeard:
    """One frame of the citizen's audio, judged by voice activity."""

    end_sample: int
    """Position just after the frame."""
    duration_ms: float
    probability: float
    """Voice probability 0..1 (Silero where it ran, the gate's 0 or 1 where not)."""
    level_dbfs: float
    """RMS level of the frame; −100 for digital silence."""
    echo: float
    """0..1: how well the frame is explained as the echo of our own prompt (0 when nothing is playing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStarted:
    """The bot became audible."""

    prompt_id: int
    interruptible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStopped:
    """The bot fell silent: the prompt was played to its end, or was stopped."""

    prompt_id: int
    interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorGiven:
    """The dialogue listens: an answer of this shape is expected.

    Comes while an interruptible prompt is still playing, or after the prompt.
    """

    shape: AnswerShape
    silence_s: float
    """Seconds of silence after the prompt's end that are reported as ``ReportSilence``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorTaken:
    """The dialogue does not listen any more (work, transfer, end)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisHeard:
    """A decode asked for by ``RequestDecode`` came back."""

    decode_id: int
    text: str
    completeness: Completeness
    confidence: float
    """0..1; 0 with empty text where the recogniser rejected noise or a phantom phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeDropped:
    """A decode asked for was dropped under load (partials only)."""

    decode_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHeard:
    """A telephone key was pressed: whatever is being said, by whomever, no longer matters."""

    key: str


Event = (
    FrameHeard
    | PromptStarted
    | PromptStopped
    | FloorGiven
    | FloorTaken
    | HypothesisHeard
    | DecodeDropped
    | KeyHeard
)
