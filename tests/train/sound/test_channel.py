"""Each part of the telephone keeps the length and does what it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from models.train.sound import channel, room
from models.train.sound.signals import RATE_HZ, Signal, frequencies, mean_power

_Part = Callable[[Signal, Generator], Signal]


def _speech_like(seconds: float = 2.0) -> Signal:
    """Noise in syllables of 200 ms at some −20 dBFS, a second of near silence at the end."""
    count = int(seconds * RATE_HZ)
    noise = default_rng(0).standard_normal(count) * 4000
    rhythm = np.maximum(np.sin(np.arange(count) * 2 * np.pi * 2.5 / RATE_HZ), 0)
    rhythm[-RATE_HZ:] = 0.001
    return (noise * rhythm).astype(np.float32)


def _decibels(after: Signal, before: Signal) -> float:
    return 10 * float(np.log10(mean_power(after) / mean_power(before)))


@pytest.mark.parametrize(
    "part",
    [
        channel.handset,
        channel.gain_control,
        channel.noise_suppression,
        channel.modulated_noise,
        channel.clipped,
        channel.packet_loss,
    ],
)
@pytest.mark.parametrize("length", [1, 159, 160, 1601, 40000])
def test_a_part_keeps_length_and_stays_finite_even_on_silence(part: _Part, length: int) -> None:
    for signal in (np.zeros(length, np.float32), np.resize(_speech_like(), length)):
        result = part(signal, default_rng(1))
        assert result.shape == (length,) and result.dtype == np.float32
        assert np.isfinite(result).all()


def test_the_line_passes_speech_and_stops_what_is_beyond() -> None:
    for seed in range(30):
        response = channel.line_response(8000, default_rng(seed))
        hertz = frequencies(8000)
        passed = response[(hertz > 600) & (hertz < 2800)]
        assert 0.1 < passed.min() and passed.max() < 10
        assert response[hertz < 60].max() < 0.2 * passed.max()
        assert response[hertz > 3960].max() < 0.1 * passed.max()


def test_mu_law_and_a_law_change_little_and_a_second_time_nothing() -> None:
    signal = _speech_like()
    for mu_law in (True, False):
        once = channel.g711(signal, mu_law=mu_law)
        assert np.array_equal(channel.g711(once, mu_law=mu_law), once)
        assert _decibels(once - signal, signal) < -33  # 38 dB for tones; ITU-T G.712 asks for 33
    changed = channel.g711(channel.g711(signal, mu_law=True), mu_law=False)
    assert not np.array_equal(changed, channel.g711(signal, mu_law=True))


@pytest.mark.parametrize(("percent", "burst"), [(1.0, 1.0), (5.0, 1.0), (5.0, 2.0)])
def test_as_many_packets_are_lost_as_wanted(percent: float, burst: float) -> None:
    lost = channel.lost_packets(100_000, percent, burst, default_rng(3))
    # Bursts end after four packets, which takes a little away from the longest ones.
    assert len(lost) / 1000 == pytest.approx(percent, rel=0.12)
    runs = np.split(lost, np.flatnonzero(np.diff(lost) != 1) + 1)
    assert max(len(run) for run in runs) <= 4
    assert np.mean([len(run) for run in runs]) == pytest.approx(burst, rel=0.12)


def test_lost_packets_are_silent_or_fade() -> None:
    signal = np.full(16000, 1000.0, np.float32)
    silent = faded = 0
    for seed in range(60):
        result = channel.packet_loss(signal, default_rng(seed))
        assert 0 <= result.min() and result.max() <= 1000
        silent += bool((result == 0).any())
        faded += bool(((result > 0) & (result < 1000)).any())
    assert silent > 15 and faded > 15


def test_gain_control_brings_loud_and_soft_together() -> None:
    signal = np.concatenate([_speech_like(3.0)[:16000], 0.1 * _speech_like(3.0)[:16000]]).astype(np.float32)
    result = channel.gain_control(signal, default_rng(2))
    before = _decibels(signal[:16000], signal[16000:])
    after = _decibels(result[4000:16000], result[20000:])
    assert 3 < before - after < 24


def test_noise_suppression_lowers_pauses_only() -> None:
    signal = _speech_like()
    result = channel.noise_suppression(signal, default_rng(2))
    assert -19 < _decibels(result[-6000:-400], signal[-6000:-400]) < -5
    assert abs(_decibels(result[:8000], signal[:8000])) < 0.5


def test_modulated_noise_follows_the_signal() -> None:
    signal = _speech_like()
    noise = channel.modulated_noise(signal, default_rng(2)) - signal
    assert -31 < _decibels(noise, signal) < -11
    assert mean_power(noise[-8000:]) < 1e-4 * mean_power(noise)


def test_clipping_takes_the_peaks() -> None:
    signal = _speech_like()
    result = channel.clipped(signal, default_rng(2))
    assert 0.3 <= np.abs(result).max() / np.abs(signal).max() <= 0.8


def test_a_room_dies_away_in_time() -> None:
    for seed in range(20):
        impulse = room.impulse_response(default_rng(seed))
        assert 400 <= len(impulse) <= 2400 and impulse[0] == 1
        half = len(impulse) // 2
        assert _decibels(impulse[half:], impulse[1:half]) < -15
        assert -19 < 10 * np.log10(float(np.sum(impulse[1:] ** 2))) < -1


def test_a_room_sounds_on_after_the_speech() -> None:
    signal = np.zeros(8000, np.float32)
    signal[:4000] = _speech_like()[:4000]
    dry = channel.handset(signal, default_rng(5))
    wet = channel.handset(signal, default_rng(5), room.impulse_response(default_rng(6)))
    after = slice(4100, 4600)
    assert mean_power(wet[after]) > 10 * mean_power(dry[after])
