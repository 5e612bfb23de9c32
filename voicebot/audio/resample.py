"""Sampling-rate conversion by any ratio, piece by piece without seams.

A windowed-sinc low-pass in polyphase form (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983,
chapter 4): for each output sample only the taps that meet real input samples are computed.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

_ZERO_CROSSINGS = 16  # each side of the sinc: a transition band of about an eighth of the lower rate's band
_KAISER_BETA = 8.0  # stop band about −80 dB (Kaiser 1974), below the noise of 13-bit telephone audio
_ROLL_OFF = 0.94  # of the lower Nyquist frequency: 3.76 kHz at 8 kHz, above the telephone band's 3.4 kHz
_BLOCK = 4096  # output samples computed at once: bounds memory to a few megabytes


@lru_cache(maxsize=16)
def _filter_bank(up: int, down: int) -> tuple[npt.NDArray[np.float32], int]:
    """Taps ``[up, taps]`` by phase, in the order of the input samples, and the taps left of the centre."""
    stretch = max(1.0, down / up)
    half = ceil(_ZERO_CROSSINGS * stretch)
    offsets = np.arange(-half + 1, half + 1)  # input samples around the output's place
    distance = offsets[None, :] - np.arange(up)[:, None] / up
    cutoff = _ROLL_OFF / stretch
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(1 - (distance / half) ** 2, 0))) / np.i0(_KAISER_BETA)
    bank = cutoff * np.sinc(cutoff * distance) * window
    bank /= bank.sum(axis=1, keepdims=True)  # constant input stays constant in every phase
    return bank.astype(np.float32), half - 1


class Resampler:
    """Converts a stream; what has been pushed comes out as soon as the samples after it are known.

    Output is aligned with input: sample ``m`` out stands where ``m × from / to`` stood in. All of the input
    comes out, ``ceil(n × to / from)`` samples for ``n``, once ``flush`` has been called.

    Args:
        from_hz: Rate of what is pushed.
        to_hz: Rate of what comes out.

    Raises:
        ValueError: A rate is not positive.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if from_hz <= 0 or to_hz <= 0:
            raise ValueError(f"resampling from {from_hz} to {to_hz} Hz: rates must be positive")
        divisor = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // divisor, from_hz // divisor
        self._bank, self._before = _filter_bank(self._up, self._down)
        self._reset()

    def _reset(self) -> None:
        self._kept = np.zeros(self._before, np.float32)  # the beginning is preceded by silence
        self._kept_from = -self._before  # input position of the first kept sample
        self._produced = 0
        self._pushed = 0

    def push(self, samples: Samples) -> Samples:
        """Convert the next ``[n]`` samples; what cannot be known yet comes out with the next call."""
        self._pushed += len(samples)
        return self._convert(np.concatenate([self._kept, samples.astype(np.float32)]), None)

    def flush(self) -> Samples:
        """The rest of the stream; afterwards a new stream begins."""
        wanted = -(-self._pushed * self._up // self._down)
        rest = self._convert(np.concatenate([self._kept, np.zeros(self._bank.shape[1], np.float32)]), wanted)
        self._reset()
        return rest

    def _convert(self, values: npt.NDArray[np.float32], wanted: int | None) -> Samples:
        taps = self._bank.shape[1]
        known = self._kept_from + len(values)  # input positions before this one are there
        # Output m needs input up to floor(m × down / up) + taps − before − 1.
        last_place = known - (taps - self._before)
        ready = (last_place * self._up + self._up - 1) // self._down + 1 if last_place >= 0 else 0
        if wanted is not None:
            ready = wanted
        pieces = [
            self._compute(values, start, min(start + _BLOCK, ready))
            for start in range(self._produced, ready, _BLOCK)
        ]
        self._produced = max(self._produced, ready)
        first_needed = self._produced * self._down // self._up - self._before
        keep_from = min(max(first_needed - self._kept_from, 0), len(values))
        self._kept = values[keep_from:]
        self._kept_from += keep_from
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def _compute(self, values: npt.NDArray[np.float32], start: int, end: int) -> Samples:
        numerators = np.arange(start, end) * self._down
        first = numerators // self._up - self._before - self._kept_from
        windows = np.lib.stride_tricks.sliding_window_view(values, self._bank.shape[1])[first]
        result = np.einsum("mt,mt->m", windows, self._bank[numerators % self._up])
        samples: Samples = np.clip(np.rint(result), -32768, 32767).astype(np.int16)
        return samples


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Convert a whole recording ``[n]`` to ``ceil(n × to_hz / from_hz)`` samples."""
    if from_hz == to_hz:
        return samples
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.push(samples), resampler.flush()])
