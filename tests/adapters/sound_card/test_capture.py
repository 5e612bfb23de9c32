"""Pieces of any length become frames of one length, without a seam."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.sound_card.capture import FrameCutter


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_nothing_is_lost_or_doubled(lengths: list[int]) -> None:
    signal = np.arange(sum(lengths), dtype=np.int64).astype(np.int16)
    cutter = FrameCutter(8000, 8000)
    frames, start = [], 0
    for length in lengths:
        frames += cutter.push(signal[start : start + length])
        start += length
    assert all(frame.shape == (160,) for frame in frames)
    assert len(frames) == len(signal) // 160
    if frames:
        assert np.array_equal(np.concatenate(frames), signal[: len(frames) * 160])


def test_the_cut_does_not_depend_on_the_pieces() -> None:
    rng = np.random.default_rng(5)
    signal = (rng.standard_normal(44_100) * 3000).astype(np.int16)
    whole = FrameCutter(44_100, 8000).push(signal)
    pieces = FrameCutter(44_100, 8000)
    cut = [frame for start in range(0, 44_100, 882) for frame in pieces.push(signal[start : start + 882])]
    assert np.array_equal(np.concatenate(whole), np.concatenate(cut))
