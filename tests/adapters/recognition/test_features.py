from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.recognition.speech import say
from voicebot.adapters.recognition.features import LogMel


@pytest.mark.parametrize("mel_bands", [80, 128])
@settings(deadline=None, max_examples=40)
@given(length=st.integers(160, 40_000), seed=st.integers(0, 1000))
def test_equals_faster_whisper_at_16_khz(mel_bands: int, length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-20000, 20000, length).astype(np.int16)
    theirs = FeatureExtractor(feature_size=mel_bands)(samples.astype(np.float32) / 32768.0)[:, :-1]
    ours = LogMel(mel_bands)(samples, 16000)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_8_khz_gives_the_features_of_the_same_audio_resampled_to_16_khz() -> None:
    narrow = say("가로등이 꺼졌어요", 8000)
    log_mel = LogMel(80)
    ours, reference = log_mel(narrow, 8000), log_mel(say("가로등이 꺼졌어요", 16000), 16000)
    assert ours.shape == reference.shape
    # Below 3.4 kHz, where the resampler passes everything, and where there is more than its rounding noise.
    ours, reference = ours[:56], reference[:56]
    audible = reference > -0.2
    assert audible.sum() > 2000
    assert np.abs(ours - reference)[audible].max() < 0.05
    assert np.abs(ours - reference)[audible].mean() < 0.002


def test_digital_silence_is_finite() -> None:
    features = LogMel(80)(np.zeros(8000, dtype=np.int16), 8000)
    assert features.shape == (80, 100)
    assert np.isfinite(features).all()


def test_stack_pads_with_zero_as_faster_whisper_does() -> None:
    log_mel = LogMel(80)
    short = np.ones((80, 3), dtype=np.float32)
    stacked = log_mel.stack([short, np.ones((80, 6), dtype=np.float32)], 6)
    assert stacked.shape == (2, 80, 6)
    assert stacked.flags.c_contiguous
    assert stacked[0, :, 3:].max() == 0.0 and stacked[0, :, :3].min() == 1.0
