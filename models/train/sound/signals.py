"""What every part of the sound shares: rates, types, lengths for fast transforms, filters, levels."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

RATE_HZ = 8000
"""Of every clip: the telephone's."""
FRAME = 160
"""Samples of a packet and of a measured piece: 20 ms."""
LONGEST = 5 * RATE_HZ
"""Samples of the longest clip: the model's window of 5 s."""

Samples = npt.NDArray[np.int16]
Signal = npt.NDArray[np.float32]
"""``[n]``, in the units of 16-bit samples while speech is in it, of RMS 1 where a noise is made."""
Spectrum = npt.NDArray[np.complex64] | npt.NDArray[np.complex128]
Values = npt.NDArray[np.float64] | npt.NDArray[np.int64]

_QUIET_BELOW_LOUDEST_DB = 25.0
"""A piece this far below the loudest is a pause; near the margin of ITU-T P.56 (15.9 dB below the mean)."""


def samples_of(ms: float) -> int:
    """Samples in so many milliseconds."""
    return round(ms * RATE_HZ / 1000)


def _smooth_numbers(limit: int) -> list[int]:
    numbers = {1}
    for factor in (2, 3, 5, 7):
        for number in list(numbers):
            while number * factor <= limit:
                number *= factor
                numbers.add(number)
    return sorted(number for number in numbers if number % 2 == 0)


_LENGTHS_TRIED = (
    16  # up to a fifth longer; the best of 32 pairs is off by 0.06 % in the middle, 0.4 % at most
)
_FAST_LENGTHS = _smooth_numbers(200_000)  # 9 s at 22.05 kHz, longer than any clip before it is cut


def fast_length(count: int) -> int:
    """The next even length with factors up to 7 only; a transform of others takes up to 15 times as long."""
    place = bisect_left(_FAST_LENGTHS, count)
    return _FAST_LENGTHS[place] if place < len(_FAST_LENGTHS) else count + count % 2


def inverse(spectrum: Spectrum, length: int) -> Signal:
    """Back from ``[length // 2 + 1]`` bins to ``[length]`` samples."""
    return np.fft.irfft(spectrum, length).astype(np.float32, copy=False)


def fast_lengths(count: int, ratio: float) -> tuple[int, int]:
    """Two fast lengths, the first at least ``count`` and the second ``ratio`` times as long, nearly."""
    place = bisect_left(_FAST_LENGTHS, count)
    best = (count + count % 2, round(count * ratio / 2) * 2)
    least = math.inf
    for length in _FAST_LENGTHS[place : place + _LENGTHS_TRIED]:
        above = bisect_left(_FAST_LENGTHS, length * ratio)
        for other in _FAST_LENGTHS[above - 1 : above + 1]:
            error = abs(other / (length * ratio) - 1)
            if error < least:
                least, best = error, (length, other)
    return best


@lru_cache(maxsize=256)
def frequencies(length: int, rate_hz: int = RATE_HZ) -> Signal:
    """Hertz of each bin of a transform of ``length`` samples: ``[length // 2 + 1]``; not to be written to."""
    return np.fft.rfftfreq(length, 1 / rate_hz).astype(np.float32)


_GRID_HZ = np.linspace(0.0, RATE_HZ / 2, 161)  # every 25 Hz: finer than any edge drawn
_STEP = 10
"""Samples that share one value of a slow envelope: 1.25 ms, too short to be heard as steps."""


def gains(length: int, places_hz: Sequence[float], levels_db: Sequence[float]) -> Signal:
    """Linear gains of each bin of a transform, drawn in straight lines of dB between the places given."""
    decibels = np.interp(_GRID_HZ, places_hz, levels_db)
    return np.interp(frequencies(length), _GRID_HZ, 10.0 ** (decibels / 20.0)).astype(np.float32)


def envelope(length: int, places: Sequence[float] | Values, values: Sequence[float] | Values) -> Signal:
    """A slow course in straight lines between values at some samples: ``[length]``."""
    steps = np.arange(0, length, _STEP)
    return np.repeat(np.interp(steps, places, values).astype(np.float32), _STEP)[:length]


def white(length: int, random: Generator) -> Signal:
    """Uncorrelated noise of RMS 1, evenly distributed: a fifth of the cost of a normal one, and as white."""
    values = np.frombuffer(random.bytes(length), np.int8).astype(np.float32)
    values += np.float32(0.5)
    values *= np.float32(1 / 73.9)
    return values


def active_power(signal: Signal) -> float:
    """Mean square of what is not a pause; 0 for silence.

    Pieces of 20 ms count if they are within 25 dB of the loudest; after the idea of the active speech level
    (ITU-T P.56).
    """
    whole = len(signal) // FRAME * FRAME
    if whole == 0:
        return float(np.mean(signal * signal)) if len(signal) else 0.0
    frames = signal[:whole].reshape(-1, FRAME)
    powers = np.einsum("fn,fn->f", frames, frames) / FRAME
    return float(powers[powers >= powers.max() * 10 ** (-_QUIET_BELOW_LOUDEST_DB / 10)].mean())


def mean_power(signal: Signal) -> float:
    """Mean square of all of it; 0 for nothing."""
    return float(np.dot(signal, signal)) / max(len(signal), 1)


def to_samples(signal: Signal) -> Samples:
    """Round to 16 bits, limited to what they hold."""
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def decibels_to_gain(decibels: float) -> float:
    """Amplitude ratio."""
    return float(10.0 ** (decibels / 20.0))
