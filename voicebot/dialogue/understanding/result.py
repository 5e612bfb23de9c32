"""What understanding makes of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What an utterance was, beside or instead of an answer."""

    FILLED = "filled"
    """It answers the question; ``value`` holds the answer."""
    UNSURE = "unsure"
    """The citizen does not know."""
    REPEAT = "repeat"
    LATER = "later"
    HUMAN = "human"
    WHO = "who"
    STOP = "stop"
    WAIT = "wait"
    SLOWER = "slower"
    NO_MATCH = "no_match"
    """Nothing that answers the question; ``value`` may hold the part that was understood (some digits)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What was meant, and how sure that is."""

    status: Status
    value: str = ""
    """The canonical answer: ``yes``/``no``, a choice's value, digits, an ISO date, or cleaned text."""
    confidence: float = 0.0
    """0..1, from the words alone; the machine weighs it against the recogniser's."""


NO_MATCH = Interpretation(status=Status.NO_MATCH)

# How often such answers are right: measured by bin in benchmarks/understanding.py.

CERTAIN = 0.97
"""The whole utterance is one known form."""
CLEAR = 0.93
"""A known form with other words around it."""
INFERRED = 0.78
"""Told from grammar (negation, the question's own verb taken up)."""
AMBIGUOUS = 0.45
"""Two readings; below the machine's threshold, so it is confirmed and never guessed."""


def filled(value: str, confidence: float) -> Interpretation:
    """An answer."""
    return Interpretation(status=Status.FILLED, value=value, confidence=confidence)


def unsure(confidence: float = CLEAR) -> Interpretation:
    """The citizen does not know."""
    return Interpretation(status=Status.UNSURE, confidence=confidence)
