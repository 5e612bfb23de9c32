"""Rate conversion: exact lengths, no seams, the right frequencies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.audio.level import level_dbfs
from voicebot.audio.resample import Resampler, Samples, resample

RATES = [(8000, 16000), (16000, 8000), (22050, 8000), (24000, 16000), (44100, 8000), (8000, 22050)]


def sine(frequency_hz: float, rate_hz: int, samples: int) -> Samples:
    wave: Samples = (10_000 * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / rate_hz)).astype(
        np.int16
    )
    return wave


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@pytest.mark.parametrize("frequency_hz", [200, 1000, 3000])
def test_a_tone_stays_the_same_tone_in_place(from_hz: int, to_hz: int, frequency_hz: int) -> None:
    converted = resample(sine(frequency_hz, from_hz, from_hz // 4), from_hz, to_hz)
    expected = sine(frequency_hz, to_hz, len(converted))
    middle = slice(len(converted) // 8, -len(converted) // 8)
    error = (converted.astype(int) - expected)[middle]
    assert np.abs(error).max() <= 12, "60 dB below the tone"


def test_what_the_lower_rate_cannot_carry_is_removed() -> None:
    tone = sine(5000, 16000, 8000)
    assert level_dbfs(resample(tone, 16000, 8000)[200:-200]) < level_dbfs(tone) - 70
    doubled = resample(sine(1000, 8000, 8000), 8000, 16000)[400:-400].astype(float)
    spectrum = np.abs(np.fft.rfft(doubled * np.hanning(len(doubled))))
    image = spectrum[int(len(spectrum) * 6500 / 8000) : int(len(spectrum) * 7500 / 8000)].max()
    assert image < spectrum.max() / 1000, "no mirror image"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RATES), st.integers(0, 3000), st.data())
def test_pieces_give_the_same_as_the_whole(rates: tuple[int, int], length: int, data: st.DataObject) -> None:
    from_hz, to_hz = rates
    audio = np.random.default_rng(length).integers(-20_000, 20_000, length).astype(np.int16)
    cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=6)))
    resampler = Resampler(from_hz, to_hz)
    pieces = [resampler.push(piece) for piece in np.split(audio, cuts)]
    whole = np.concatenate([*pieces, resampler.flush()])
    assert len(whole) == -(-length * to_hz // from_hz), "nothing is lost, nothing is added"
    assert np.abs(whole.astype(int) - resample(audio, from_hz, to_hz)).max(initial=0) <= 1
    assert len(resampler.flush()) == 0, "a new stream has begun"


def test_a_stream_comes_out_with_a_delay_of_the_filter_only() -> None:
    resampler = Resampler(8000, 16000)
    out = [len(resampler.push(np.zeros(160, np.int16))) for _ in range(50)]
    assert sum(out) >= 50 * 320 - 2 * 17
    assert set(out[1:]) == {320}


def test_constant_input_stays_constant() -> None:
    converted = resample(np.full(2000, 12_345, np.int16), 22050, 8000)
    assert np.abs(converted[50:-50].astype(int) - 12_345).max() <= 1


def test_full_scale_does_not_wrap() -> None:
    square = np.where(np.arange(4000) // 40 % 2, 32767, -32768).astype(np.int16)
    converted = resample(square, 8000, 16000)
    assert np.abs(np.diff(converted.astype(int))).max() < 50_000, "overshoot is clipped, never wrapped"
    assert converted.max() == 32767
    assert converted.min() == -32768


def test_rates_must_be_positive() -> None:
    with pytest.raises(ValueError, match="rates must be positive"):
        Resampler(0, 8000)
