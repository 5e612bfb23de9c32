"""A receiver gets no more than its rate, is left alone while it is down, and not run over when it is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from voicebot.events.valve import FAILURES_IN_A_ROW, Valve

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _valve(rate_per_s: float = 10.0) -> Valve:
    return Valve(rate_per_s, lambda: 1.0, NOON)


def test_one_seconds_worth_goes_at_once_and_then_the_rate() -> None:
    valve = _valve()
    assert valve.allowance(NOON) == 10
    valve.sent(10)
    assert valve.allowance(NOON) == 0
    assert valve.wait_s(NOON) == 0.1
    assert valve.allowance(_after(0.5)) == 5


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 100)), max_size=60), st.floats(0.5, 200))
def test_never_more_than_the_rate(steps: list[tuple[float, int]], rate_per_s: float) -> None:
    valve, passed_s, sent = _valve(rate_per_s), 0.0, 0
    for step_s, wanted in steps:
        passed_s += step_s
        count = min(wanted, valve.allowance(_after(passed_s)))
        valve.sent(count)
        sent += count
        assert sent <= max(1.0, rate_per_s) + rate_per_s * passed_s + 1e-3


def test_a_receiver_that_is_down_is_asked_ever_more_rarely_up_to_once_a_minute() -> None:
    valve, passed_s, probes = _valve(), 0.0, 0
    while passed_s < 3600:
        now = _after(passed_s)
        if valve.allowance(now):
            assert valve.allowance(now) in (1, 10)
            probes += 1
            valve.close(now)
        passed_s += 0.5
    assert 60 <= probes <= 70


def test_who_is_back_gets_twice_as_many_each_round() -> None:
    valve = _valve(8)
    valve.close(NOON)
    allowed = []
    for second in range(2, 8):
        allowed.append(valve.allowance(_after(second)))
        valve.sent(allowed[-1])
        valve.delivered()
        valve.widen()
    assert allowed == [1, 2, 4, 8, 8, 8]
    assert not valve.closed


def test_failures_in_a_row_close_it_and_a_success_between_does_not() -> None:
    valve = _valve()
    for _ in range(FAILURES_IN_A_ROW - 1):
        valve.failed(1, NOON)
    valve.delivered()
    valve.failed(1, NOON)
    assert valve.allowance(NOON) > 0
    valve.failed(FAILURES_IN_A_ROW - 1, NOON)
    assert valve.allowance(NOON) == 0


def test_what_a_receiver_asks_for_is_kept() -> None:
    valve = _valve()
    valve.close(NOON, 120.0)
    assert valve.allowance(_after(119)) == 0
    assert valve.wait_s(_after(119)) == 1.0
    assert valve.allowance(_after(120)) == 1


def test_a_clock_that_is_set_back_keeps_nothing_closed() -> None:
    valve = _valve()
    valve.close(NOON)
    earlier = NOON - timedelta(hours=1)
    assert valve.allowance(earlier) == 0
    assert valve.allowance(earlier + timedelta(seconds=1)) == 1
