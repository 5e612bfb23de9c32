"""Features of another speaker's vocal tract."""

from __future__ import annotations

import numpy as np
import pytest

from models.train.network.vocal_tract import FACTORS, SHARE, another_vocal_tract, band_centres, stretched
from voicebot.adapters.recognition.features import LogMel


def _tone(hz: float) -> np.ndarray:
    times = np.arange(8000) / 8000.0
    samples = (8000 * np.sin(2 * np.pi * hz * times)).astype(np.int16)
    return LogMel(80)(samples, 8000)


@pytest.mark.parametrize("factor", [0.88, 1.1, 1.22])
@pytest.mark.parametrize("hz", [500.0, 1000.0, 2000.0])
def test_a_tone_moves_by_the_factor(factor: float, hz: float) -> None:
    moved = stretched(_tone(hz), factor)
    loudest = band_centres(80)[np.argmax(moved.mean(axis=1))]
    assert loudest == pytest.approx(hz * factor, rel=0.04)
    assert moved.shape == (80, 100) and moved.dtype == np.float32


def test_a_factor_of_one_changes_nothing() -> None:
    features = _tone(700.0)
    assert stretched(features, 1.0) == pytest.approx(features, abs=1e-5)


def test_what_a_telephone_cannot_carry_stays_empty() -> None:
    features = _tone(3300.0)
    above = band_centres(80) > 3600.0
    assert np.array_equal(stretched(features, 1.22)[above], features[above])


def test_a_share_of_the_clips_is_changed_and_the_seed_says_which() -> None:
    features = _tone(1000.0)
    results = [another_vocal_tract(features, np.random.default_rng(seed)) for seed in range(300)]
    changed = sum(result is not features for result in results)
    assert changed / 300 == pytest.approx(SHARE, abs=0.08)
    again = another_vocal_tract(features, np.random.default_rng(7))
    assert np.array_equal(again, results[7])
    assert FACTORS[0] < 1.0 < FACTORS[1]
