"""Training voices and those held out have nothing in common; every variant is one of its own."""

from __future__ import annotations

from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from models.train.sound import voices
from models.train.sound.signals import FRAME, Samples
from models.train.sound.synthesis import speak
from models.train.sound.voices import (
    COMMON_VARIANTS,
    HELD_OUT_PITCHES,
    HELD_OUT_VARIANTS,
    HELD_OUT_VOICES,
    HELD_OUT_WORDS_PER_MINUTE,
    RARE_VARIANTS,
    SEEN_VOICES,
    Voice,
    held_out,
    training_voice,
)

_TRAINED = COMMON_VARIANTS + RARE_VARIANTS
_SENTENCE = "물이 새는데 언제 고쳐 주나요"


def _within(value: int, bands: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= value <= high for low, high in bands)


def test_no_training_voice_is_held_out_in_anything() -> None:
    drawn = [training_voice(Random(seed)) for seed in range(3000)]
    assert not {voice.variant for voice in drawn} & set(HELD_OUT_VARIANTS)
    assert not any(_within(voice.words_per_minute, HELD_OUT_WORDS_PER_MINUTE) for voice in drawn)
    assert not any(_within(voice.pitch, HELD_OUT_PITCHES) for voice in drawn)
    assert {voice.variant for voice in drawn} == set(_TRAINED)


def test_evaluation_voices_are_on_the_side_they_claim() -> None:
    assert all(held_out(voice) for voice in HELD_OUT_VOICES)
    assert {voice.variant for voice in HELD_OUT_VOICES} == set(HELD_OUT_VARIANTS)
    assert len(set(HELD_OUT_VOICES)) == 2 * len(HELD_OUT_VARIANTS)
    assert not any(held_out(voice) for voice in SEEN_VOICES)
    assert len(set(SEEN_VOICES)) == len(SEEN_VOICES) == 24


def test_the_same_seed_draws_the_same_voice() -> None:
    assert training_voice(Random(7)) == training_voice(Random(7))
    assert training_voice(Random(7)) != training_voice(Random(8))


def test_no_variant_is_listed_twice() -> None:
    every = _TRAINED + HELD_OUT_VARIANTS
    assert len(set(every)) == len(every) == 85


def test_robots_and_whispers_stay_rare() -> None:
    drawn = [training_voice(Random(seed)).variant in RARE_VARIANTS for seed in range(3000)]
    assert np.mean(drawn) == pytest.approx(voices.RARE_PROBABILITY, abs=0.02)


def _bands(samples: Samples) -> npt.NDArray[np.float64]:
    """Mean spectrum in 200-Hz bands in dB, its own mean taken out."""
    whole = samples[: len(samples) // FRAME * FRAME].astype(np.float64).reshape(-1, FRAME)
    power = np.mean(np.abs(np.fft.rfft(whole * np.hanning(FRAME), axis=1)) ** 2, axis=0)[4:72]
    decibels = 10 * np.log10(power.reshape(-1, 4).mean(axis=1) + 1)
    return np.asarray(decibels - decibels.mean())


def test_every_variant_speaks_and_no_held_out_one_sounds_like_a_trained_one() -> None:
    spoken = {
        variant: speak(_SENTENCE, Voice(variant=variant, words_per_minute=180))
        for variant in _TRAINED + HELD_OUT_VARIANTS
    }
    for variant, samples in spoken.items():
        assert 1.0 < len(samples) / 8000 < 4.0, variant
    spectra = {variant: _bands(samples) for variant, samples in spoken.items()}
    for held in HELD_OUT_VARIANTS:
        nearest = min(float(np.abs(spectra[held] - spectra[other]).mean()) for other in _TRAINED)
        assert nearest > 0.8, held
    assert len({samples.tobytes() for samples in spoken.values()}) == len(spoken)
