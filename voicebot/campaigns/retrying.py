"""What follows an attempt: when to try again, never again, or the next slot.

Rules
-----
* A number that does not exist, has changed or cannot be dialled is never tried again.
* What never rang (our trunk, the network) counts for no cap of the person, and is tried again in minutes.
* A citizen who named an hour is called at it.
* Nobody is rung more often than ``most_a_day`` on a day and ``most_in_all`` in a slot, whatever for.
* What may have rung but is unknown is not tried again in its slot.
* A campaign that repeats goes on with the next slot, whatever became of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from voicebot.campaigns.causes import NOT_RUNG
from voicebot.campaigns.clock import at_minute, local
from voicebot.campaigns.hours import ASKED_FOR, next_due, next_slot, within_slot
from voicebot.campaigns.plan import CampaignPlan, Waits
from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition, Priority

_D, _R = Disposition, CallResult

NEVER = frozenset({_D.INVALID_NUMBER, _D.BAD_FORMAT, _D.NUMBER_CHANGED})
"""The number itself is wrong."""

_SETTLED = frozenset({_R.COMPLETED, _R.HANDED_OVER, _R.REFUSED, _R.ENDED_BY_POLICY})
"""Nothing is left to be asked."""

_MOST_NETWORK = 10
"""Tries in a slot that never rang: then the fault lies with this number, not with the trunk."""


_APART = timedelta(hours=3)
"""Between a conversation at an hour of the citizen's own and the next ordinary one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an attempt ended."""

    disposition: Disposition
    result: CallResult | None = None
    """Of a conversation; ``None``: there was none, or it is not known."""
    asked_for: datetime | None = None
    """The hour that the citizen named."""
    number_gone: bool = False
    """The carrier's voice says that there is no such number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Attempts to reach this person in this campaign, the one that has just ended included."""

    in_slot: tuple[Disposition, ...]
    today: int
    """On this day in Korea, of those that may have rung."""

    @property
    def rung(self) -> int:
        """In the slot, of those that may have rung."""
        return sum(disposition not in NOT_RUNG for disposition in self.in_slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What becomes of the person in this campaign."""

    retry_at: datetime | None = None
    """``None``: done, or excluded."""
    priority: Priority | None = None
    """A new one."""
    exclude: bool = False
    given_up: bool = False
    """The slot is over and the person was not reached."""


def after(plan: CampaignPlan, slot: str, ended: Ended, history: History, now: datetime) -> Next:
    """What follows an attempt.

    Args:
        plan: The campaign.
        slot: What the attempt counted for.
        ended: How it ended.
        history: With this attempt.
        now: Its end.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if ended.disposition in NEVER or ended.number_gone:
        return Next(exclude=True, given_up=True)
    if ended.disposition is _D.CANCELLED:
        return _again(plan, slot, history, now, now, given_up=True)
    if ended.disposition in NOT_RUNG:
        wait = _wait(plan.retry.network, history.in_slot.count(ended.disposition))
        if wait is None or len(history.in_slot) - history.rung >= _MOST_NETWORK:
            return _next_slot(plan, slot, history, now, given_up=True)
        return _again(plan, slot, history, now + wait, now, given_up=True)
    if ended.disposition is _D.ANSWERED and ended.result is not None and ended.result in _SETTLED:
        return _asked_for(plan, slot, ended, history, now) or _next_slot(plan, slot, history, now)
    if ended.asked_for is not None and (asked := _asked_for(plan, slot, ended, history, now)):
        return asked
    reached = ended.disposition is _D.ANSWERED
    wait = _wait_for(plan, ended.disposition, history)
    if wait is None or history.rung >= plan.retry.most_in_all:
        return _next_slot(plan, slot, history, now, given_up=not reached)
    moment = _not_today_if_full(plan, history, now + wait, now)
    return _again(plan, slot, history, moment, now, given_up=not reached)


def _asked_for(plan: CampaignPlan, slot: str, ended: Ended, history: History, now: datetime) -> Next | None:
    if ended.asked_for is None or history.rung >= plan.retry.most_in_all:
        return None
    moment = _not_today_if_full(plan, history, max(ended.asked_for, now), now)
    retry_at = next_due(plan, moment, asked_for=True)
    return None if retry_at is None else Next(retry_at=retry_at, priority=Priority.HIGH)


def _again(
    plan: CampaignPlan, slot: str, history: History, moment: datetime, now: datetime, *, given_up: bool
) -> Next:
    retry_at = within_slot(plan, slot, moment)
    if retry_at is not None:
        return Next(retry_at=retry_at)
    return _next_slot(plan, slot, history, now, given_up=given_up)


def _next_slot(
    plan: CampaignPlan, slot: str, history: History, now: datetime, *, given_up: bool = False
) -> Next:
    moment = now
    if slot.endswith(ASKED_FOR) and not given_up:
        moment = now + _APART
    retry_at = next_slot(plan, slot, _not_today_if_full(plan, history, moment, now))
    # Whoever was called at an hour of their own waits for the ordinary hours again.
    return Next(retry_at=retry_at, priority=Priority.NORMAL if retry_at else None, given_up=given_up)


def _wait_for(plan: CampaignPlan, disposition: Disposition, history: History) -> timedelta | None:
    retry = plan.retry
    times = history.in_slot.count(disposition)
    match disposition:
        case _D.BUSY:
            return _wait(retry.busy, times)
        case _D.NO_ANSWER:
            return _wait(retry.no_answer, times)
        case _D.UNREACHABLE:
            return _wait(retry.unreachable, times)
        case _D.VOICEMAIL:
            return _wait(retry.voicemail, times)
        case _D.ANNOUNCEMENT:
            return _wait(retry.announcement, times)
        case _D.ANSWERED:  # and not finished
            return _wait(retry.unfinished, times) if times <= retry.most_unfinished else None
        case _:  # declined is respected; what is unknown may have rung
            return None


def _wait(waits: Waits, times: int) -> timedelta | None:
    if not waits:
        return None
    return timedelta(minutes=waits[min(max(times, 1), len(waits)) - 1])


def _not_today_if_full(plan: CampaignPlan, history: History, moment: datetime, now: datetime) -> datetime:
    today = local(now).date()
    if history.today < plan.retry.most_a_day or local(moment).date() > today:
        return moment
    return at_minute(today + timedelta(days=1), 0)
