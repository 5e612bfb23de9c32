"""What is due to be deleted follows from the periods and the hour alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from voicebot.records.retention import Kept, RetentionPeriods, due

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_each_kind_has_its_own_period() -> None:
    before = {one.kind: one.before for one in due(RetentionPeriods(conversations=90), NOON)}
    assert set(before) == set(Kept)
    assert before[Kept.CONVERSATIONS] == NOON - timedelta(days=90)
    assert before[Kept.CASES] == NOON - timedelta(days=1095)


def test_people_go_last() -> None:
    kinds = [one.kind for one in due(RetentionPeriods(), NOON)]
    assert kinds[-1] is Kept.PEOPLE
    assert kinds.index(Kept.CONVERSATIONS) < kinds.index(Kept.CALLS) < kinds.index(Kept.ATTEMPTS)


@pytest.mark.parametrize("days", [0, -1, 1096])
def test_an_impossible_period_is_named(days: int) -> None:
    with pytest.raises(ValueError, match=rf"retention of cases: {days} days; choose 1 to 1095"):
        RetentionPeriods(cases=days)


def test_an_hour_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(RetentionPeriods(), datetime(2026, 11, 22))
