"""How long what is kept, and what is due to be deleted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_DAYS = 1
MOST_DAYS = 1095
"""Three years: the longest that city halls keep such records by their notices on call recording."""


class Kept(StrEnum):
    """What has a period of its own."""

    CONVERSATIONS = "conversations"
    """Turns and slots of a call: what was said and understood."""
    CALLS = "calls"
    """That there was a call, when and how it ended."""
    ATTEMPTS = "attempts"
    """Calls that a campaign placed, answered or not, and (from its end) whom it was to call."""
    CASES = "cases"
    """Counted from completion; an open case is kept."""
    ALERTS = "alerts"
    """Counted from when somebody saw to it; one that nobody saw to is kept."""
    NOTES = "notes"
    MEMORY = "memory"
    """Facts from care calls, counted from the day they were told."""
    OUTBOX = "outbox"
    """Messages, counted from delivery; one that was not delivered is kept."""
    AUDIT = "audit"
    PEOPLE = "people"
    """A person about whom nothing else is kept, counted from the last change, or from
    what they last said to a kind of consent. Opt-outs outlive the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPeriods:
    """Days for which each kind is kept; the defaults keep the least that the services need.

    Raises:
        ValueError: A period is not between ``LEAST_DAYS`` and ``MOST_DAYS``.
    """

    conversations: int = 60
    """The shortest that city halls announce: an officer must still be able to look back from a complaint."""
    calls: int = 365
    """A year of reports, compared month by month."""
    attempts: int = 365
    cases: int = 1095
    """Complaints are looked up again for years."""
    alerts: int = 365
    notes: int = 365
    memory: int = 365
    """What a person told a year ago is no news in a care call."""
    outbox: int = 14
    """Long enough to send everything again to a system that was restored from last week's backup."""
    audit: int = 1095
    people: int = 365

    def __post_init__(self) -> None:
        for field in fields(self):
            days = getattr(self, field.name)
            if not LEAST_DAYS <= days <= MOST_DAYS:
                raise ValueError(
                    f"retention of {field.name}: {days} days; choose {LEAST_DAYS} to {MOST_DAYS}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Everything of one kind that is older may be deleted now."""

    kind: Kept
    before: datetime


ORDER = tuple(Kept)
"""What hangs on others goes first: a person is deleted only once nothing refers to them."""


def due(periods: RetentionPeriods, now: datetime) -> tuple[Due, ...]:
    """What is due at an hour, in the order in which it must be deleted.

    Args:
        periods: How long each kind is kept.
        now: With a time zone.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    return tuple(Due(kind=kind, before=now - timedelta(days=getattr(periods, kind))) for kind in ORDER)
