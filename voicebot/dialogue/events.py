"""What can happen to a conversation, in the past tense: the whole input of the dialogue machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """Media flows both ways; the flow may speak."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """What is known before the first word, e.g. ``caller_id`` (digits only), ``today`` (ISO date)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenSaid:
    """One turn of the citizen, as recognised (NFC text)."""

    text: str
    confidence: float
    """0..1, from the recogniser."""
    choice_scores: Mapping[str, float] = field(default_factory=dict)
    """For a closed question: probability of each answer that was scored, keyed by the answer's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenSilent:
    """The citizen was given the floor and did not take it."""

    silent_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPressed:
    """A complete key entry: as many digits as were expected, or those before ``#`` or the pause."""

    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFinished:
    """A prompt ended: played to its end, or stopped by the citizen."""

    prompt_id: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFinished:
    """The answer to a ``Do`` action."""

    name: str
    succeeded: bool
    result: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFailed:
    """Nobody could be reached at the target; the citizen is back with the bot."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenHungUp:
    """The line was cut from the citizen's side."""


Event = (
    CallStarted
    | CitizenSaid
    | CitizenSilent
    | KeysPressed
    | PromptFinished
    | WorkFinished
    | TransferFailed
    | CitizenHungUp
)
