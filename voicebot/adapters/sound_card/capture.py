"""From what a microphone gives to the frames of a telephone."""

from __future__ import annotations

import numpy as np

from voicebot.audio.resample import Resampler
from voicebot.ports import Samples

FRAME_MS = 20
"""Of a frame, as on the telephone."""


class FrameCutter:
    """Turns pieces of any length into 20 ms frames of another rate; what is left over waits for the next.

    Args:
        from_hz: Rate of the pieces.
        to_hz: Rate of the frames.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._resampler = Resampler(from_hz, to_hz) if from_hz != to_hz else None
        self._frame_samples = to_hz * FRAME_MS // 1000
        self._rest: Samples = np.zeros(0, np.int16)

    def push(self, samples: Samples) -> list[Samples]:
        """Take ``[n]`` samples; gives the frames that are complete."""
        converted = samples if self._resampler is None else self._resampler.push(samples)
        waiting = np.concatenate([self._rest, converted])
        size = self._frame_samples
        whole = len(waiting) // size * size
        self._rest = waiting[whole:]
        return list(waiting[:whole].reshape(-1, size))
