from __future__ import annotations

import numpy as np
import pytest

from voicebot.audio.chimes import BAR_S, chimes
from voicebot.audio.level import AUDIBLE_DBFS, levels_dbfs


@pytest.mark.parametrize("sample_rate_hz", [8000, 16000])
def test_a_bar_is_soft_and_ends_in_silence(sample_rate_hz: int) -> None:
    bar = chimes(sample_rate_hz)
    assert bar.dtype == np.int16 and bar.shape == (BAR_S * sample_rate_hz,)
    frames = bar.reshape(-1, sample_rate_hz // 50)
    levels = levels_dbfs(frames)
    assert AUDIBLE_DBFS < levels.max() < -20.0, "heard, and softer than a voice"
    assert levels[-50:].max() < AUDIBLE_DBFS, "a breath before the next bar"


def test_bars_follow_each_other_without_a_seam() -> None:
    assert np.array_equal(chimes(8000, bars=3), np.tile(chimes(8000), 3))
