"""What follows an attempt: never outside the hours, never over a cap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.plans import once, seoul, twice_a_day
from voicebot.campaigns.causes import NOT_RUNG
from voicebot.campaigns.clock import local
from voicebot.campaigns.hours import ONCE, may_dial_at, next_due, open_at
from voicebot.campaigns.plan import CampaignPlan
from voicebot.campaigns.retrying import NEVER, Ended, History, Next, after
from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition, Priority

D, R = Disposition, CallResult
TEN = seoul("2026-12-01 10:00")


def _after(
    disposition: Disposition,
    *before: Disposition,
    plan: CampaignPlan | None = None,
    slot: str = ONCE,
    now: datetime = TEN,
    today: int | None = None,
    result: CallResult | None = None,
    asked_for: datetime | None = None,
) -> Next:
    history = History(in_slot=(*before, disposition), today=today or len(before) + 1)
    ended = Ended(disposition=disposition, result=result, asked_for=asked_for)
    return after(plan or once(), slot, ended, history, now)


@pytest.mark.parametrize(
    ("disposition", "minutes"),
    [
        (D.BUSY, 5),
        (D.NO_ANSWER, 120),
        (D.UNREACHABLE, 60),
        (D.NETWORK, 2),
        (D.CONGESTION, 2),
        (D.CANCELLED, 0),
    ],
)
def test_each_way_of_ending_has_its_wait(disposition: Disposition, minutes: int) -> None:
    found = _after(disposition)
    assert found.retry_at == next_due(once(), TEN + timedelta(minutes=minutes))  # not at lunch time


def test_waits_grow_and_the_last_one_repeats() -> None:
    plan = once(retry={"busy": [5, 10, 15], "most_in_all": 20, "most_a_day": 10})
    waits = [_after(D.BUSY, *[D.BUSY] * times, plan=plan).retry_at for times in range(5)]
    assert waits == [TEN + timedelta(minutes=minutes) for minutes in (5, 10, 15, 15, 15)]


@pytest.mark.parametrize("disposition", sorted(NEVER))
def test_a_wrong_number_is_never_tried_again(disposition: Disposition) -> None:
    assert _after(disposition) == Next(exclude=True, given_up=True)
    assert _after(disposition, plan=twice_a_day(), slot="2026-12-01 morning").exclude


@pytest.mark.parametrize("disposition", [D.DECLINED, D.UNKNOWN])
def test_what_was_declined_or_may_have_rung_is_left_alone(disposition: Disposition) -> None:
    assert _after(disposition) == Next(given_up=True)
    plan = twice_a_day()
    assert _after(disposition, plan=plan, slot="2026-12-01 morning").retry_at == seoul("2026-12-01 17:00")


def test_a_day_that_is_full_goes_over_to_the_next() -> None:
    assert _after(D.BUSY, today=3).retry_at == seoul("2026-12-02 10:00")
    assert _after(D.BUSY, D.BUSY, D.BUSY, D.BUSY, D.BUSY, D.BUSY, today=1) == Next(given_up=True)


def test_a_conversation_that_broke_off_has_a_try_of_its_own() -> None:
    assert _after(D.ANSWERED, result=R.HUNG_UP).retry_at == TEN + timedelta(minutes=60)
    assert _after(D.ANSWERED, D.ANSWERED, result=R.HUNG_UP) == Next()
    assert _after(D.ANSWERED).retry_at == TEN + timedelta(minutes=60)  # how it went was lost


@pytest.mark.parametrize("result", [R.COMPLETED, R.HANDED_OVER, R.REFUSED, R.ENDED_BY_POLICY])
def test_what_is_settled_is_not_asked_again(result: CallResult) -> None:
    assert _after(D.ANSWERED, result=result) == Next()


def test_the_hour_that_was_asked_for() -> None:
    asked = seoul("2026-12-01 14:00")
    found = _after(D.ANSWERED, result=R.COMPLETED, asked_for=asked)
    assert found == Next(retry_at=asked, priority=Priority.HIGH)
    night = _after(D.ANSWERED, result=R.COMPLETED, asked_for=seoul("2026-12-01 20:00"))
    assert night.retry_at == seoul("2026-12-02 10:00")
    between = _after(D.ANSWERED, plan=twice_a_day(), slot="2026-12-01 morning", asked_for=asked)
    assert between.retry_at == asked
    gone = _after(D.NO_ANSWER, plan=twice_a_day(), slot="2026-12-01 asked-for", now=asked)
    assert gone.retry_at == asked + timedelta(minutes=120)  # still at their hour


def test_a_slot_that_is_over_gives_way_to_the_next() -> None:
    plan = twice_a_day()
    late = seoul("2026-12-01 11:00")
    found = _after(D.NO_ANSWER, plan=plan, slot="2026-12-01 morning", now=late)
    assert found == Next(retry_at=seoul("2026-12-01 17:00"), priority=Priority.NORMAL, given_up=True)
    reached = _after(D.ANSWERED, plan=plan, slot="2026-12-01 morning", result=R.COMPLETED)
    assert reached.retry_at == seoul("2026-12-01 17:00") and not reached.given_up


def test_a_call_at_their_own_hour_takes_the_place_of_the_slot_that_follows() -> None:
    plan = twice_a_day()
    early = seoul("2026-12-01 08:30")
    found = _after(D.ANSWERED, plan=plan, slot="2026-12-01 asked-for", now=early, result=R.COMPLETED)
    assert found.retry_at == seoul("2026-12-01 17:00")


def test_a_day_that_is_full_takes_the_later_slots_with_it() -> None:
    plan = twice_a_day()
    found = _after(D.DECLINED, plan=plan, slot="2026-12-01 morning", today=3)
    assert found.retry_at == seoul("2026-12-02 09:30")


def test_a_number_that_never_gets_through_is_given_up() -> None:
    assert _after(D.NETWORK, *[D.NETWORK] * 9, today=0) == Next(given_up=True)


@given(
    plan=st.sampled_from([once(), twice_a_day()]),
    start=st.datetimes(datetime(2026, 11, 20), datetime(2027, 1, 5), timezones=st.just(UTC)),
    ends=st.lists(
        st.tuples(
            st.sampled_from(Disposition),
            st.sampled_from([None, *CallResult]),
            st.none() | st.integers(0, 60 * 48),
            st.integers(0, 40),
        ),
        max_size=40,
    ),
)
def test_never_outside_the_hours_and_never_over_a_cap(
    plan: CampaignPlan,
    start: datetime,
    ends: list[tuple[Disposition, CallResult | None, int | None, int]],
) -> None:
    """One person's whole campaign: each attempt begins when the one before says, and ends somehow."""
    due = next_due(plan, start)
    asked_for = False
    begun: list[tuple[str, datetime, Disposition]] = []
    for disposition, result, asked_minutes, minutes in ends:
        if due is None:
            break
        opening = open_at(plan, due, asked_for=asked_for)
        assert opening is not None and may_dial_at(plan, due, asked_for=asked_for)
        now = due + timedelta(minutes=minutes)
        begun.append((opening.slot, now, disposition))
        rung = [entry for entry in begun if entry[2] not in NOT_RUNG]
        slot = [entry for entry in rung if entry[0] == opening.slot]
        assert len(slot) <= plan.retry.most_in_all
        found = after(
            plan,
            opening.slot,
            Ended(
                disposition=disposition,
                result=result,
                asked_for=None if asked_minutes is None else now + timedelta(minutes=asked_minutes),
            ),
            History(
                in_slot=tuple(entry[2] for entry in begun if entry[0] == opening.slot),
                today=sum(local(entry[1]).date() == local(now).date() for entry in rung),
            ),
            now,
        )
        assert not (found.exclude and found.retry_at)
        assert found.retry_at is None or found.retry_at >= now
        due = found.retry_at
        asked_for = {None: asked_for, Priority.HIGH: True}.get(found.priority, False)
    days = [local(entry[1]).date() for entry in begun if entry[2] not in NOT_RUNG]
    assert all(days.count(day) <= plan.retry.most_a_day for day in days)
