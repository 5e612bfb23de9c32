"""Noises sound, differ, and come at the ratio asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng

from models.train.sound import mix, noise, tones
from models.train.sound.signals import (
    RATE_HZ,
    Samples,
    active_power,
    fast_length,
    fast_lengths,
    mean_power,
    white,
)


def _voice(seed: int, seconds: float = 1.5) -> Samples:
    count = int(seconds * RATE_HZ)
    rhythm = np.maximum(np.sin(np.arange(count) * 2 * np.pi * 4 / RATE_HZ + seed), 0)
    return (default_rng(seed).standard_normal(count) * 3000 * rhythm).astype(np.int16)


_VOICES = [_voice(seed) for seed in range(5)]


@pytest.mark.parametrize("name", list(noise.NOISES))
@pytest.mark.parametrize("length", [1, 1600, 40000])
def test_a_noise_has_its_length_and_is_reproduced_by_its_seed(name: str, length: int) -> None:
    made = noise.make(name, length, default_rng(4), _VOICES)
    assert made.shape == (length,) and made.dtype == np.float32 and np.isfinite(made).all()
    assert np.array_equal(made, noise.make(name, length, default_rng(4), _VOICES))
    if length == 40000:
        assert 0.01 < active_power(made) < 100
        assert not np.array_equal(made, noise.make(name, length, default_rng(5), _VOICES))


def test_every_table_names_noises_that_exist() -> None:
    assert set(mix.NOISE_WEIGHTS) <= set(noise.NOISES)
    assert set(mix.NO_SPEECH_WEIGHTS) - {"silence"} <= set(noise.NOISES)
    for weights in (mix.NOISE_WEIGHTS, mix.NO_SPEECH_WEIGHTS):
        assert sum(weights.values()) == pytest.approx(1.0)


def test_names_are_drawn_by_their_weights() -> None:
    random = default_rng(1)
    drawn = [mix.draw({"a": 3.0, "b": 1.0}, random) for _ in range(4000)]
    assert drawn.count("a") / 4000 == pytest.approx(0.75, abs=0.03)


def test_babble_without_voices_is_steady_noise() -> None:
    assert len(noise.make("babble", 800, default_rng(1), [])) == 800


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0, 30.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_ratio_is_reached(snr_db: float, seed: int) -> None:
    pause = np.zeros(8000, np.int16)
    speech = (np.concatenate([_voice(1), pause, _voice(2)]) // 4).astype(np.int16)
    noisy = noise.at_snr(speech, snr_db, default_rng(seed))
    assert len(noisy) == len(speech)
    added = noisy.astype(np.float32) - speech
    ratio = active_power(speech.astype(np.float32)) / mean_power(added)
    assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=0.5)


def test_a_ratio_with_a_given_noise_and_no_overflow() -> None:
    loud = np.clip(_voice(1).astype(np.float32) * 4, -32768, 32767).astype(np.int16)
    noisy = noise.at_snr(loud, -10.0, default_rng(1), noise=_VOICES[3])
    assert int(np.abs(noisy.astype(np.int32)).max()) <= 32767
    assert np.array_equal(noisy, noise.at_snr(loud, -10.0, default_rng(1), noise=_VOICES[3]))
    assert np.abs(noisy.astype(np.int32)).max() > 20000  # turned down as a whole, no further than needed


def test_no_speech_to_measure_by_stays_silence() -> None:
    assert not noise.at_snr(np.zeros(800, np.int16), 10.0, default_rng(1)).any()


def test_white_is_white_and_of_level_one() -> None:
    values = white(40000, default_rng(1))
    assert mean_power(values) == pytest.approx(1.0, abs=0.02)
    assert abs(float(values.mean())) < 0.02
    assert abs(float(np.dot(values[1:], values[:-1])) / 40000) < 0.02


def test_a_tone_is_where_it_should_be() -> None:
    spectrum = np.abs(np.fft.rfft(tones.tone(8000, 440.0)))
    assert int(np.argmax(spectrum)) == 440


@pytest.mark.parametrize("count", [1, 160, 12345, 40001, 150_000, 250_001])
def test_fast_lengths_hold_what_they_must(count: int) -> None:
    assert fast_length(count) >= count and fast_length(count) % 2 == 0
    first, second = fast_lengths(max(count, 2000), 0.35)
    assert first >= count and second == pytest.approx(first * 0.35, rel=0.005)
