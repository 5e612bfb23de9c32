"""When a campaign may dial, and when it may the next time.

Rules
-----
* Openings are the calling hours of a day; with slots, what both have in common, or the slots alone where no
  calling hours are given.
* None on public holidays (unless the plan says so), on days that the plan closes, before ``from``, after
  ``until``.
* A citizen who named an hour is called at it, or at the next one at which anybody may be called: slots do not
  hold for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voicebot.campaigns.clock import Span, at_minute, local
from voicebot.campaigns.holidays import holiday
from voicebot.campaigns.plan import EARLIEST, LATEST, CampaignPlan

ONCE = "once"
"""The slot of a campaign that calls everybody once."""
ASKED_FOR = "asked-for"
"""The slot, beside its day, of a call at the hour that the citizen named."""

_LOOK_AHEAD_DAYS = 400
"""A campaign without any opening in more than a year has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A stretch of time in which people may be called."""

    starts: datetime
    ends: datetime
    """The first moment at which nobody may be called any more."""
    slot: str
    """What an attempt in it counts for."""

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is in it."""
        return self.starts <= moment < self.ends


def openings(plan: CampaignPlan, day: date, *, asked_for: bool = False) -> list[Opening]:
    """The openings of one day, in their order.

    Args:
        plan: The campaign.
        day: In Korea.
        asked_for: For a citizen who named the hour.
    """
    if day < plan.starts or (plan.until is not None and day > plan.until):
        return []
    if day in plan.closed_on or (not plan.on_holidays and holiday(day)):
        return []
    allowed = [span for hours in plan.calling_hours for span in hours.spans(day)]
    if not plan.calling_hours:
        allowed = [Span(starts=EARLIEST, ends=LATEST)]
    named = [(span, ONCE) for span in allowed]
    if asked_for and plan.repeats:
        named = [(span, f"{day} {ASKED_FOR}") for span in allowed]
    elif plan.repeats:
        named = [
            (common, f"{day} {name}")
            for name, slot in plan.slots.items()
            for span in slot.spans(day)
            for common in _common(span, allowed)
        ]
    found = [
        Opening(starts=at_minute(day, span.starts), ends=at_minute(day, span.ends), slot=slot)
        for span, slot in named
    ]
    return sorted(found, key=lambda opening: opening.starts)


def open_at(plan: CampaignPlan, now: datetime, *, asked_for: bool = False) -> Opening | None:
    """The opening that holds now; ``None``: nobody may be called.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    today = openings(plan, local(now).date())
    if asked_for:  # in a slot, even they are called for that slot, and not a second time
        today += openings(plan, local(now).date(), asked_for=True)
    return next((opening for opening in today if opening.holds(now)), None)


def may_dial_at(plan: CampaignPlan, now: datetime, *, asked_for: bool = False) -> bool:
    """Whether people may be called now.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    return open_at(plan, now, asked_for=asked_for) is not None


def next_due(plan: CampaignPlan, moment: datetime, *, asked_for: bool = False) -> datetime | None:
    """The first moment, from the given one on, at which people may be called; ``None``: there is none.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    found = next(_from(plan, moment, asked_for=asked_for), None)
    return None if found is None else max(found.starts, local(moment))


def next_slot(plan: CampaignPlan, after: str, moment: datetime) -> datetime | None:
    """When the next slot begins in which a person is called again; ``None``: the campaign does not repeat, or
    is over.

    Args:
        plan: The campaign.
        after: The slot that is done.
        moment: Now.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if not plan.repeats:
        return None
    others = (opening for opening in _from(plan, moment) if opening.slot != after)
    found = next(others, None)
    return None if found is None else max(found.starts, local(moment))


def within_slot(plan: CampaignPlan, slot: str, moment: datetime) -> datetime | None:
    """The first moment, from the given one on, at which the same slot is open; ``None``: it is over.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if slot == ONCE:
        return next_due(plan, moment)
    today = openings(plan, local(moment).date(), asked_for=slot.endswith(ASKED_FOR))
    same = (found for found in today if found.slot == slot and found.ends > moment)
    found = next(same, None)
    return None if found is None else max(found.starts, local(moment))


def _from(plan: CampaignPlan, moment: datetime, *, asked_for: bool = False) -> Iterator[Opening]:
    first = max(local(moment).date(), plan.starts)
    for days in range(_LOOK_AHEAD_DAYS):
        day = first + timedelta(days=days)
        if plan.until is not None and day > plan.until:
            return
        yield from (found for found in openings(plan, day, asked_for=asked_for) if found.ends > moment)


def _common(span: Span, others: list[Span]) -> Iterator[Span]:
    for other in others:
        starts, ends = max(span.starts, other.starts), min(span.ends, other.ends)
        if starts < ends:
            yield Span(starts=starts, ends=ends)
