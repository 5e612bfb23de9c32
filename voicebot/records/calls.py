"""A call as it is kept: when, by whom, what was said and understood, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from voicebot.outcome import CallOutcome


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call that begins."""

    call_id: str
    """Asterisk's id of the citizen's channel; of a campaign's call the id of its attempt."""
    direction: Direction
    service: str
    phone: str = ""
    """The citizen's number as it was signalled; kept where it is one that can be called."""
    person_id: int | None = None
    attempt_id: str | None = None
    """Of an outbound call; the person and the number are the attempt's where they are not given."""
    engine: str = ""
    """Which engine has the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange: what the bot said, and what was understood of the answer."""

    number: int
    at_ms: int
    """From the beginning of the call to the beginning of the prompt."""
    prompt: str
    heard: str
    status: str
    """``said``, ``keys`` (pressed, in ``heard``), or ``silent`` where nothing was answered."""
    gap_ms: int | None = None
    """From the last voiced sample to the first audible one of the answer; ``None``: not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A call as it was kept."""

    call_id: str
    direction: Direction
    service: str
    phone: str
    """E.164, or empty."""
    person_id: int | None
    attempt_id: str | None
    began_at: datetime
    ended_at: datetime | None
    outcome: CallOutcome | None
    turns: tuple[Turn, ...] = ()
    slots: dict[str, str] = field(default_factory=dict)


PLAIN_SLOTS = frozenset(
    {"benefits", "department", "kind", "level", "line", "route", "status", "type", "variant", "work"}
)
"""Slots that are kept readable, so that reports can count by them: codes of ours that tell nothing of health.
Every other slot is encrypted, since a flow of the operator's own may ask for anything."""


def is_plain(slot: str) -> bool:
    """Whether a slot's value may lie in the database unencrypted."""
    return slot in PLAIN_SLOTS
