"""Pace, breaker, back-off, causes, and the hour that was asked for."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.plans import seoul
from voicebot.campaigns.breaker import Breaker, BreakerState, TrunkBackOff
from voicebot.campaigns.call_back import asked_for
from voicebot.campaigns.causes import disposition_of
from voicebot.campaigns.pacing import TokenBucket, room
from voicebot.campaigns.plan import BreakerSettings, Pace
from voicebot.records.campaigns import Disposition

D = Disposition


@given(
    per_second=st.floats(0.05, 20),
    steps=st.lists(st.floats(0, 3), min_size=1, max_size=200),
)
def test_the_rate_is_kept_in_every_stretch_of_time(per_second: float, steps: list[float]) -> None:
    bucket, now, taken = TokenBucket(per_second, 0.0), 0.0, []
    for step in steps:
        now += step
        while bucket.take(now):
            taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            most = max(1.0, per_second) + (taken[last] - taken[first]) * per_second
            assert last - first + 1 <= most + 1e-6


def test_a_slow_rate_tells_when_the_next_call_may_go() -> None:
    bucket = TokenBucket(0.5, 10.0)
    assert bucket.take(10.0) and not bucket.take(10.0)
    assert bucket.next_at(10.0) == pytest.approx(12.0)
    assert bucket.available(12.0) == 1


@pytest.mark.parametrize(
    ("own", "all_calls", "tokens", "free"),
    [(0, 0, 9, 9), (18, 18, 9, 2), (0, 45, 9, 5), (0, 50, 9, 0), (0, 60, 9, 0), (25, 25, 9, 0), (0, 0, 0, 0)],
)
def test_lines_stay_free_for_citizens(own: int, all_calls: int, tokens: int, free: int) -> None:
    pace = Pace(at_once=20, keep_free=10)
    assert room(pace, own_calls=own, all_calls=all_calls, lines=60, tokens=tokens) == free


def test_the_breaker_opens_tries_and_closes() -> None:
    breaker = Breaker(BreakerSettings(share=0.5, least_calls=4, within_seconds=100, rest_seconds=60))
    for failed in (False, True, False, True):
        assert breaker.room(0.0) is None
        breaker.ended(failed=failed, now=0.0)
    assert breaker.state(1.0) is BreakerState.OPEN and breaker.room(59.0) == 0
    assert breaker.state(60.0) is BreakerState.HALF_OPEN and breaker.room(60.0) == 1
    breaker.placed(60.0)
    assert breaker.room(60.0) == 0
    breaker.ended(failed=True, now=61.0)
    assert breaker.state(61.0 + 119.0) is BreakerState.OPEN
    breaker.placed(181.0)
    breaker.told_nothing()
    assert breaker.room(181.0) == 1
    breaker.placed(181.0)
    breaker.ended(failed=False, now=182.0)
    assert breaker.state(182.0) is BreakerState.CLOSED and breaker.room(182.0) is None


def test_what_failed_long_ago_is_forgotten() -> None:
    breaker = Breaker(BreakerSettings(share=0.5, least_calls=2, within_seconds=100))
    breaker.ended(failed=True, now=0.0)
    breaker.ended(failed=False, now=150.0)
    breaker.ended(failed=False, now=151.0)
    assert breaker.state(151.0) is BreakerState.CLOSED


def test_the_trunk_is_left_alone_for_longer_each_time() -> None:
    trunk = TrunkBackOff()
    assert trunk.may_call(0.0)
    trunk.failed(0.0)
    trunk.failed(1.0)  # of the same moment
    assert not trunk.may_call(4.9) and trunk.may_call(5.0)
    trunk.failed(5.0)
    assert not trunk.may_call(14.9) and trunk.may_call(15.0)
    trunk.worked()
    trunk.failed(20.0)
    assert trunk.may_call(25.0)


@pytest.mark.parametrize(
    ("cause", "sip", "disposition"),
    [
        (17, 486, D.BUSY),
        (17, 600, D.BUSY),
        (19, 480, D.NO_ANSWER),
        (18, 408, D.UNREACHABLE),
        (1, 404, D.INVALID_NUMBER),
        (28, 484, D.BAD_FORMAT),
        (22, 410, D.NUMBER_CHANGED),
        (21, 603, D.DECLINED),
        (21, 403, D.TRUNK_REFUSED),
        (34, 503, D.CONGESTION),
        (38, 500, D.NETWORK),
        (27, 502, D.NETWORK),
        (127, 488, D.CODEC),
        (127, 487, D.NO_ANSWER),
        (127, 499, D.UNREACHABLE),
        (127, 599, D.NETWORK),
        (127, 699, D.DECLINED),
        (17, None, D.BUSY),
        (16, None, D.NO_ANSWER),
        (0, None, D.NO_ANSWER),
        (127, None, D.UNREACHABLE),
        (17, 200, D.BUSY),
    ],
)
def test_causes(cause: int, sip: int | None, disposition: Disposition) -> None:
    assert disposition_of(cause, sip) is disposition


@pytest.mark.parametrize(
    ("when", "now", "due"),
    [
        ("afternoon", "2026-12-01 10:00", "2026-12-01 14:00"),
        ("afternoon", "2026-12-01 13:45", "2026-12-02 14:00"),
        ("morning", "2026-12-01 10:00", "2026-12-02 10:00"),
        ("evening", "2026-12-01 10:00", "2026-12-01 18:00"),
        ("15:30", "2026-12-01 10:00", "2026-12-01 15:30"),
        ("9:05", "2026-12-01 10:00", "2026-12-02 09:05"),
        ("", "2026-12-01 10:00", "2026-12-01 13:00"),
        ("whenever", "2026-12-01 10:00", "2026-12-01 13:00"),
    ],
)
def test_the_hour_that_was_asked_for(when: str, now: str, due: str) -> None:
    assert asked_for(when, seoul(now)) == seoul(due)


@given(when=st.text(max_size=6), now=st.datetimes(timezones=st.just(seoul("2026-12-01 10:00").tzinfo)))
def test_any_words_give_a_later_hour(when: str, now: datetime) -> None:
    if now.year < 9000:
        assert asked_for(when, now) > now
