"""Waiting music that belongs to nobody: two soft notes, again and again."""

from __future__ import annotations

import numpy as np

from voicebot.audio.level import Samples

BAR_S = 4
"""Seconds from one pair of notes to the next: often enough to show that the line is alive."""

_NOTES = ((0.0, 523.25), (0.6, 392.0))
"""Second within the bar → Hz: C5, then G4."""
_PEAK = 3276
"""−20 dB of full scale: quieter than a voice."""


def chimes(sample_rate_hz: int, bars: int = 1) -> Samples:
    """Falling notes, each dying away: int16 ``[bars × BAR_S × sample_rate_hz]``."""
    bar = np.zeros(BAR_S * sample_rate_hz)
    note_seconds = np.arange(2 * sample_rate_hz) / sample_rate_hz
    for start_s, frequency_hz in _NOTES:
        note = np.sin(2 * np.pi * frequency_hz * note_seconds) * np.exp(-3 * note_seconds)
        # 10 ms of rise, or each note would begin with a click.
        note *= np.minimum(note_seconds / 0.010, 1.0)
        start = int(start_s * sample_rate_hz)
        bar[start : start + len(note)] += note
    return np.asarray(np.tile(bar, bars) * _PEAK, dtype=np.int16)
