"""Numbers that wrap, and whom to believe."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicebot.rtp.sequence import (
    MAXIMUM_DROPOUT,
    MAXIMUM_MISORDER,
    SequenceTracker,
    SequenceVerdict,
    sequence_difference,
    timestamp_difference,
)


@given(st.integers(0, 0xFFFF), st.integers(-0x8000, 0x7FFF))
def test_sequence_difference_over_the_wrap(base: int, step: int) -> None:
    assert sequence_difference((base + step) & 0xFFFF, base) == step


@given(st.integers(0, 0xFFFF_FFFF), st.integers(-0x8000_0000, 0x7FFF_FFFF))
def test_timestamp_difference_over_the_wrap(base: int, step: int) -> None:
    assert timestamp_difference((base + step) & 0xFFFF_FFFF, base) == step


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.integers(-MAXIMUM_MISORDER + 1, MAXIMUM_DROPOUT - 1), max_size=200),
)
def test_extended_numbers_follow_the_true_ones(first: int, steps: list[int]) -> None:
    tracker = SequenceTracker(minimum_sequential=1)
    assert tracker.receive(first) is SequenceVerdict.ACCEPTED
    true, origin = 0, tracker.extended_highest
    for step in steps:
        latest = true + step
        verdict = tracker.receive((first + latest) & 0xFFFF)
        assert verdict is SequenceVerdict.ACCEPTED
        assert tracker.extended_latest - origin == latest
        true = max(true, latest)
        assert tracker.extended_highest - origin == true


def test_an_unknown_source_proves_itself_with_two_packets_in_order() -> None:
    tracker = SequenceTracker()
    assert tracker.receive(10) is SequenceVerdict.PROBATION
    assert tracker.receive(500) is SequenceVerdict.PROBATION
    assert tracker.receive(501) is SequenceVerdict.ACCEPTED
    assert tracker.extended_latest & 0xFFFF == 501


def test_probation_over_the_wrap() -> None:
    tracker = SequenceTracker()
    tracker.receive(0xFFFF)
    assert tracker.receive(0) is SequenceVerdict.ACCEPTED


def test_a_restart_is_believed_with_its_second_packet() -> None:
    tracker = SequenceTracker(minimum_sequential=1)
    tracker.receive(100)
    assert tracker.receive(40_000) is SequenceVerdict.JUMPED
    assert tracker.receive(101) is SequenceVerdict.ACCEPTED, "one stray packet changes nothing"
    assert tracker.receive(40_001) is SequenceVerdict.JUMPED, "and does not help the next stray one"
    assert tracker.receive(40_002) is SequenceVerdict.RESTARTED
    assert tracker.receive(40_003) is SequenceVerdict.ACCEPTED
