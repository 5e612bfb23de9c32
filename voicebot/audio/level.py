"""How loud: RMS level, and the one definition of "audible" that prompts, tests and benchmarks share.

0 dBFS is the RMS of a full-scale square wave (dBov of ITU-T G.100.1), so a full-scale sine has −3 dBFS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Levels = npt.NDArray[np.float32]

SILENCE_DBFS = -100.0
"""The level of digital silence, and the lowest reported: one bit of 16 is −90 dBFS."""

AUDIBLE_DBFS = -50.0
"""A piece of ``AUDIBLE_WINDOW_MS`` at or above this is audible.

Speech on a telephone line is nominally at −26 dBFS (ITU-T P.56 active level), 20 dB softer still counts as
speech (P.800 test range), and idle noise of a G.711 line lies below −60 dBFS; −50 separates the two.
"""
AUDIBLE_WINDOW_MS = 5
"""Short enough to place the first audible sample, and a whole pitch period of most voices (200 Hz)."""

_FULL_SCALE_SQUARED = float(32768**2)
_LEAST_POWER = 10 ** (SILENCE_DBFS / 10)


def levels_dbfs(frames: Samples) -> Levels:
    """RMS level of each row of ``[B, n]``: ``[B]`` in dBFS."""
    values = frames.astype(np.float32)
    power = np.einsum("bn,bn->b", values, values) / (max(frames.shape[1], 1) * _FULL_SCALE_SQUARED)
    levels = 10.0 * np.log10(np.maximum(power, _LEAST_POWER), dtype=np.float32)
    bounded: Levels = np.maximum(levels, np.float32(SILENCE_DBFS))  # rounding may fall below
    return bounded


def level_dbfs(samples: Samples) -> float:
    """RMS level of ``[n]`` samples in dBFS."""
    return float(levels_dbfs(samples.reshape(1, -1))[0])


def audible_span(samples: Samples, sample_rate_hz: int) -> tuple[int, int] | None:
    """First and last-plus-one sample of what is audible, or ``None`` if nothing is.

    Exact to ``AUDIBLE_WINDOW_MS``: a window counts as a whole.
    """
    window = sample_rate_hz * AUDIBLE_WINDOW_MS // 1000
    padding = -len(samples) % window
    windows = np.concatenate([samples, np.zeros(padding, np.int16)]).reshape(-1, window)
    audible = np.flatnonzero(levels_dbfs(windows) >= AUDIBLE_DBFS)
    if len(audible) == 0:
        return None
    return int(audible[0]) * window, min(int(audible[-1] + 1) * window, len(samples))


def trim_silence(samples: Samples, sample_rate_hz: int, keep_ms: float = 0.0) -> Samples:
    """Cut inaudible samples off both ends, but for ``keep_ms`` of them; all of it if nothing is audible."""
    span = audible_span(samples, sample_rate_hz)
    if span is None:
        return samples[:0]
    keep = int(keep_ms * sample_rate_hz / 1000)
    return samples[max(span[0] - keep, 0) : span[1] + keep]
