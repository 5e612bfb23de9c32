"""Percentiles without keeping every value."""

from __future__ import annotations

import pytest

from voicebot.engine.media.lateness import LatenessHistogram


def test_percentiles_are_exact_to_a_tenth_of_a_millisecond() -> None:
    histogram = LatenessHistogram()
    assert histogram.percentile_s(0.99) == 0.0
    for index in range(1000):
        histogram.add(index / 100_000)  # 0 to 10 ms
    assert histogram.total == 1000
    assert histogram.percentile_s(0.5) == pytest.approx(0.005, abs=0.0001)
    assert histogram.percentile_s(0.99) == pytest.approx(0.0099, abs=0.0001)
    assert histogram.percentile_s(1.0) == histogram.worst_s == 0.00999


def test_what_is_early_or_far_too_late_is_counted_too() -> None:
    histogram = LatenessHistogram()
    histogram.add(-1e-9)
    histogram.add(5.0)
    assert histogram.percentile_s(0.5) == pytest.approx(0.0001)
    assert histogram.worst_s == 5.0
