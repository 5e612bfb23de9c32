"""Alerts go first; the steps of one case stay in order; nothing else waits for anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicebot.events.message import LEAST_HASTE, TOPICS, haste, subject
from voicebot.events.waiting import LONGEST_DELAY_S, delay_s


def test_alerts_before_handoffs_before_cases_before_results() -> None:
    assert sorted(TOPICS, key=haste) == ["alert", "notify", "handoff", "case", "call", "attempt"]
    assert haste("something new") == LEAST_HASTE


def test_only_steps_of_one_thing_have_a_subject() -> None:
    assert subject("case", {"number": "1001"}) == "case/1001"
    assert subject("alert", {"number": "1001"}) == ""
    assert subject("case", {}) == ""


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_delays_grow_to_a_ceiling(tries: int, jitter: float) -> None:
    waited_s = delay_s(tries, jitter)
    assert 1.0 <= waited_s <= LONGEST_DELAY_S
    assert waited_s <= delay_s(tries + 1, jitter)
