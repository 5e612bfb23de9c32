"""What a conversation asks of the engine, in the imperative: the whole output of the dialogue machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voicebot.outcome import CallOutcome


class SegmentKind(StrEnum):
    """How a piece of a prompt comes to sound: what is fixed is cached, what is free is synthesised."""

    FIXED = "fixed"
    """A carrier phrase of the flow file: rendered at deploy."""
    DIGITS = "digits"
    """A number read digit by digit: every digit is in the cache; a space is a breath (``010 1234 5678``)."""
    FREE = "free"
    """A slot's text: synthesised while the beginning of the prompt is already playing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a prompt, spoken without a seam to its neighbours."""

    text: str
    kind: SegmentKind = SegmentKind.FIXED


class AnswerKind(StrEnum):
    """What a question expects."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    PHONE = "phone"
    TEMPERATURE = "temperature"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of the citizen now: turn taking, recognition and understanding all read it."""

    kind: AnswerKind
    question: str = ""
    """The question's text, from which polarity is inferred when ``polarity`` is empty."""
    polarity: str = ""
    """``fact``, ``symptom``, ``offer`` or ``consent``: what 괜찮아요 or a bare 네 means here."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For ``CHOICE``: value → the words that say it."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Telephone key → value; what is not here may still be a number entry."""
    max_keys: int = 1
    """Digits after which a key entry is complete without ``#``."""
    silence_s: float = 6.0
    """Seconds of silence, counted from the end of the prompt, after which ``CitizenSilent`` is due."""

    @property
    def closed(self) -> bool:
        """Whether a complete answer can be told from its words alone."""
        return self.kind in (AnswerKind.YES_NO, AnswerKind.CHOICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Speak, after what is being said; answered by ``PromptFinished`` with the same id."""

    prompt_id: int
    segments: tuple[Segment, ...]
    interruptible: bool = True
    rate: float = 1.0
    """1.0 is the configured rate; "slower" asks for less."""

    @property
    def text(self) -> str:
        """The whole prompt as one line, for timelines and tests."""
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Give the citizen the floor; answered by ``CitizenSaid``, ``CitizenSilent`` or ``KeysPressed``.

    Given together with a ``Say`` it takes effect at once where the prompt is interruptible (barge-in), and at
    the prompt's end where it is not.
    """

    expectation: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """Work outside the conversation (open a case, look one up); answered by ``WorkFinished``.

    Never performed before the turn that caused it is confirmed, so that an answer which the citizen takes
    back has no effect outside.
    """

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Bring the citizen to a person once everything said has been played.

    The call leaves the bot unless ``TransferFailed`` comes back.
    """

    target: str
    """A name that the dialplan knows, e.g. ``duty``; never a number from speech."""
    reason: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the call once everything said has been played."""

    outcome: CallOutcome


Action = Say | Listen | Do | Transfer | HangUp
