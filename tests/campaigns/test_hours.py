"""When people may be called: hours, weekdays, holidays, slots."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.plans import once, seoul, twice_a_day
from voicebot.campaigns.clock import at_minute, local
from voicebot.campaigns.holidays import holiday
from voicebot.campaigns.hours import may_dial_at, next_due, next_slot, open_at, openings, within_slot
from voicebot.campaigns.plan import CampaignPlan

PLANS = st.sampled_from([once(), twice_a_day(), once(until=None), twice_a_day(on_holidays=False)])
MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2028, 3, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 2, 17), "설날"),
        (date(2026, 3, 2), "삼일절 대체 휴일"),
        (date(2026, 9, 25), "추석"),
        (date(2026, 12, 25), "기독탄신일"),
        (date(2027, 12, 27), "기독탄신일 대체 휴일"),
        (date(2026, 12, 24), ""),
    ],
)
def test_holidays_are_lunar_and_substitute_ones_too(day: date, name: str) -> None:
    assert holiday(day) == name


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-30 10:30", False),  # a working day before the first
        ("2026-12-01 09:59", False),
        ("2026-12-01 10:00", True),
        ("2026-12-01 11:59", True),
        ("2026-12-01 12:00", False),
        ("2026-12-05 10:30", False),  # a Saturday
        ("2026-12-25 10:30", False),  # a holiday
        ("2026-12-31 17:29", True),
        ("2027-01-04 10:30", False),  # after the last day
    ],
)
def test_the_hours_of_a_campaign(moment: str, allowed: bool) -> None:
    assert may_dial_at(once(), seoul(moment)) is allowed
    assert may_dial_at(once(), seoul(moment).astimezone(UTC)) is allowed


def test_days_that_the_plan_closes_and_holidays_that_it_keeps() -> None:
    assert not may_dial_at(once(closed_on=["2026-12-01"]), seoul("2026-12-01 10:30"))
    assert may_dial_at(once(on_holidays=True), seoul("2026-12-25 10:30"))


def test_the_next_opening_is_after_the_weekend_and_the_holiday() -> None:
    assert next_due(once(), seoul("2026-12-24 17:30")) == seoul("2026-12-28 10:00")
    assert next_due(once(), seoul("2026-12-01 10:30")) == seoul("2026-12-01 10:30")
    assert next_due(once(), seoul("2026-12-31 17:30")) is None
    assert next_due(once(), seoul("2020-01-01 00:00")) == seoul("2026-12-01 10:00")


def test_slots_have_names_of_their_day() -> None:
    plan = twice_a_day()
    opening = open_at(plan, seoul("2026-12-01 09:30"))
    assert opening is not None and opening.slot == "2026-12-01 morning"
    assert open_at(plan, seoul("2026-12-01 12:00")) is None
    assert next_slot(plan, opening.slot, seoul("2026-12-01 09:40")) == seoul("2026-12-01 17:00")
    assert next_slot(plan, "2026-12-01 evening", seoul("2026-12-01 18:00")) == seoul("2026-12-02 09:30")
    assert within_slot(plan, opening.slot, seoul("2026-12-01 11:29")) == seoul("2026-12-01 11:29")
    assert within_slot(plan, opening.slot, seoul("2026-12-01 11:30")) is None


def test_whoever_named_the_hour_is_called_between_the_slots() -> None:
    plan = twice_a_day()
    opening = open_at(plan, seoul("2026-12-01 14:00"), asked_for=True)
    assert opening is not None and opening.slot == "2026-12-01 asked-for"
    assert next_due(plan, seoul("2026-12-01 22:00"), asked_for=True) == seoul("2026-12-02 08:00")


def test_slots_keep_to_the_calling_hours() -> None:
    hours = [{"days": ["tue"], "hours": ["10:00-10:30", "11:00-12:00"]}]
    found = openings(twice_a_day(calling_hours=hours), date(2026, 12, 1))
    assert [(opening.starts, opening.ends) for opening in found] == [
        (seoul("2026-12-01 10:00"), seoul("2026-12-01 10:30")),
        (seoul("2026-12-01 11:00"), seoul("2026-12-01 11:30")),
    ]


@given(plan=PLANS, moment=MOMENTS, asked_for=st.booleans())
def test_what_is_next_due_may_be_dialled(plan: CampaignPlan, moment: datetime, asked_for: bool) -> None:
    due = next_due(plan, moment, asked_for=asked_for)
    if due is not None:
        assert due >= moment
        assert may_dial_at(plan, due, asked_for=asked_for)
        assert 8 <= local(due).hour < 21
        assert plan.on_holidays or not holiday(local(due).date())
    assert (due == moment) is may_dial_at(plan, moment, asked_for=asked_for)


@given(plan=PLANS, moment=MOMENTS, minutes=st.integers(0, 24 * 60))
def test_nothing_opens_before_what_is_next_due(plan: CampaignPlan, moment: datetime, minutes: int) -> None:
    due = next_due(plan, moment)
    between = moment + timedelta(minutes=minutes)
    if due is None or between < due:
        assert not may_dial_at(plan, between)


@given(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_no_day_is_longer_or_shorter(day: date) -> None:
    assert at_minute(day + timedelta(days=1), 0) - at_minute(day, 0) == timedelta(hours=24)


def test_a_moment_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        may_dial_at(once(), datetime(2026, 12, 1, 10, 30))
