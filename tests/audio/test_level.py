"""Loudness, and what counts as audible."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.audio.level import (
    AUDIBLE_DBFS,
    SILENCE_DBFS,
    Samples,
    audible_span,
    level_dbfs,
    levels_dbfs,
    trim_silence,
)


def tone(level: float, samples: int, rate_hz: int = 8000) -> Samples:
    """A sine of 400 Hz with the given RMS level."""
    amplitude = 32768 * 10 ** (level / 20) * np.sqrt(2)
    wave: Samples = (amplitude * np.sin(2 * np.pi * 400 * np.arange(samples) / rate_hz)).astype(np.int16)
    return wave


def test_levels() -> None:
    assert level_dbfs(np.zeros(160, np.int16)) == SILENCE_DBFS
    assert level_dbfs(np.full(160, -32768, np.int16)) == pytest.approx(0.0)
    assert level_dbfs(np.full(160, 1, np.int16)) == pytest.approx(-90.3, abs=0.1)
    assert level_dbfs(tone(-26, 800)) == pytest.approx(-26, abs=0.1)
    assert level_dbfs(np.zeros(0, np.int16)) == SILENCE_DBFS


def test_a_batch_has_a_level_for_each_row() -> None:
    frames = np.stack([tone(level, 160) for level in (-20, -40, -60)])
    assert levels_dbfs(frames).tolist() == pytest.approx([-20, -40, -60], abs=0.3)


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_the_audible_span_is_found_to_five_milliseconds(rate_hz: int) -> None:
    step = rate_hz // 200
    quiet = tone(AUDIBLE_DBFS - 6, 50 * step, rate_hz)
    recording = np.concatenate([quiet, tone(AUDIBLE_DBFS + 6, 20 * step, rate_hz), quiet])
    assert audible_span(recording, rate_hz) == (50 * step, 70 * step)
    assert audible_span(quiet, rate_hz) is None
    assert audible_span(recording[: 70 * step - 3], rate_hz) == (50 * step, 70 * step - 3)


def test_trimming_keeps_what_is_asked_for() -> None:
    recording = np.concatenate([np.zeros(4000, np.int16), tone(-26, 800), np.zeros(4000, np.int16)])
    assert np.array_equal(trim_silence(recording, 8000), recording[4000:4800])
    assert np.array_equal(trim_silence(recording, 8000, keep_ms=20), recording[3840:4960])
    assert np.array_equal(trim_silence(recording, 8000, keep_ms=9000), recording)
    assert len(trim_silence(np.zeros(800, np.int16), 8000)) == 0
