from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.engine.recording import CitizenAudio


def _frame(first: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (np.arange(first, first + count) % 30_000).astype(np.int16)


@given(
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=60),
    keep=st.sampled_from([0.5, 1.0, 2.0]),
    window=st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
)
def test_what_is_kept_is_what_was_said(sizes: list[int], keep: float, window: tuple[int, int]) -> None:
    audio = CitizenAudio(sample_rate_hz=8000, keep_s=keep)
    position = 0
    for size in sizes:
        audio.append(position + size, _frame(position, size))
        position += size
    oldest_sure = max(0, position - int(8000 * keep))
    start, end = max(oldest_sure, min(window)), min(position, max(window))
    expected = _frame(start, max(0, end - start))
    assert np.array_equal(audio.between(start, end), expected)


def test_a_hole_is_silence() -> None:
    audio = CitizenAudio(sample_rate_hz=8000, keep_s=1)
    audio.append(4, _frame(1, 4))
    audio.append(10, _frame(7, 3))
    assert audio.between(0, 10).tolist() == [1, 2, 3, 4, 0, 0, 0, 7, 8, 9]


def test_a_hole_longer_than_the_ring_forgets_what_was_before() -> None:
    audio = CitizenAudio(sample_rate_hz=8000, keep_s=1)
    audio.append(160, _frame(0, 160))
    audio.append(100_160, _frame(5, 160))
    assert audio.between(0, 160).size == 0
    assert np.array_equal(audio.between(100_000, 100_160), _frame(5, 160))


def test_going_back_in_time_is_an_error() -> None:
    audio = CitizenAudio(sample_rate_hz=8000, keep_s=1)
    audio.append(320, _frame(0, 320))
    with pytest.raises(ValueError, match="before audio already kept up to 320"):
        audio.append(330, _frame(0, 160))


def test_a_silent_call_stays_small() -> None:
    audio = CitizenAudio(sample_rate_hz=8000, keep_s=30)
    audio.append(160, _frame(0, 160))
    assert audio._ring.nbytes < 10_000
