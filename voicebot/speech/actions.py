"""What turn taking decides, in the imperative."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.speech.events import DecodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDecode:
    """Recognise the utterance as far as it has been heard.

    At most one decode of an utterance is under way (single-flight); a later request replaces an earlier one.
    """

    decode_id: int
    kind: DecodeKind
    start_sample: int
    """First sample, pre-roll included."""
    end_sample: int
    voiced_ms: float
    """Voiced audio in the range: what gates phantom phrases."""
    earlier_text: str = ""
    """The turn's words before the range, recognised already: completeness is judged on these and the new ones
    together. ``HypothesisHeard`` brings the new ones alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDecode:
    """Speech went on: the answer to this decode will not be used."""

    decode_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPrompt:
    """The citizen takes the floor (barge-in): fall silent now."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTurn:
    """The citizen's turn is over: answer it."""

    turn_id: int
    text: str
    confidence: float
    decode_id: int
    """The decode whose answer this is: its closed-answer scores are the engine's to look up."""
    early: bool
    """Committed before the usual silence: may still be taken back by ``RetractTurn``."""
    reason: str
    """For the timeline, e.g. ``complete closed answer, 100 ms of silence``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractTurn:
    """The citizen went on after an early commit: undo it; the whole utterance comes as a new turn."""

    turn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTurn:
    """The grace time of the commit has passed: its effects outside the conversation may happen."""

    turn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSilence:
    """The citizen did not take the floor for the given time."""

    silent_s: float


Action = RequestDecode | DiscardDecode | StopPrompt | CommitTurn | RetractTurn | ConfirmTurn | ReportSilence
