from __future__ import annotations

import math
import time

import numpy as np
import pytest

from benchmarks.recognition.speed import Speed, two_seconds_of


def test_each_clip_counts_by_its_quickest_round() -> None:
    speed = Speed(tries_s=[[0.008, 0.020, 0.009], [0.016, 0.010, 0.009], [0.030, 0.050, 0.070]])
    assert speed.undisturbed_ms == pytest.approx(9.0)  # of 8, 10 and 9
    assert speed.usual_ms == pytest.approx(16.0)


def test_what_is_timed_is_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.5, 1.0, 1.25])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    speed = Speed()
    speed.once_more(len, [np.zeros(1, np.int16)] * 2)
    assert speed.tries_s == [[0.5, 0.25]]


def test_nothing_timed_is_no_number() -> None:
    speed = Speed(tries_s=[[], []])
    assert math.isnan(speed.undisturbed_ms) and math.isnan(speed.usual_ms)


def test_only_a_clip_of_hardly_more_than_two_seconds_is_timed() -> None:
    clip = np.arange(17_000, dtype=np.int16)
    part = two_seconds_of(clip)
    assert part is not None and len(part) == 16_000 and part[-1] == clip[-1]
    assert two_seconds_of(clip[:15_999]) is None
    assert two_seconds_of(np.zeros(20_000, np.int16)) is None
