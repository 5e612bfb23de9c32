"""What is to be played, between the engine's clock and the loudspeaker's."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from voicebot.adapters.sound_card.capture import FRAME_MS
from voicebot.ports import Samples

_CUSHION_FRAMES = 2
"""Frames gathered before sound begins (40 ms): one for the piece that the device takes, one for the jitter of
a busy machine. All that the bot says is heard so much later, and a stopped prompt so much longer."""
_MOST_FRAMES = 8
"""160 ms: what is further behind is dropped. A stall of the device must not delay the rest of the talk."""
_SILENT = 16
"""Samples up to this are silence: that of A-law is 8, and a resampler may ripple."""


class PlaybackQueue:
    """Frames in, pieces of any length out, silence where there is nothing. For one thread on either side.

    The two clocks never run quite alike. Where the device is slower, frames of silence are left out, which
    nobody hears; where it is faster, it runs dry from time to time and a new cushion is gathered.

    Args:
        sample_rate_hz: Of the frames.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        frame_samples = sample_rate_hz * FRAME_MS // 1000
        self._cushion = _CUSHION_FRAMES * frame_samples
        self._most = _MOST_FRAMES * frame_samples
        self._lock = threading.Lock()
        self._pieces: deque[Samples] = deque()
        self._waiting = 0  # samples in the pieces
        self._flowing = False
        self.left_out_samples = 0
        """Left out because the device is behind."""

    def push(self, samples: Samples) -> None:
        """Add ``[n]`` samples."""
        if len(samples) == 0:
            return
        silent = int(np.abs(samples.astype(np.int32)).max()) <= _SILENT
        with self._lock:
            if silent and self._waiting > self._cushion:
                self.left_out_samples += len(samples)
                return
            self._pieces.append(samples)
            self._waiting += len(samples)
            while self._waiting > self._most:
                dropped = len(self._pieces.popleft())
                self._waiting -= dropped
                self.left_out_samples += dropped

    def pull(self, count: int) -> Samples:
        """The next ``count`` samples to play."""
        out: Samples = np.zeros(count, np.int16)
        with self._lock:
            self._flowing = self._flowing or self._waiting >= self._cushion
            filled = 0
            while self._flowing and filled < count:
                if not self._pieces:
                    self._flowing = False
                    break
                piece = self._pieces.popleft()
                taken = min(len(piece), count - filled)
                out[filled : filled + taken] = piece[:taken]
                if taken < len(piece):
                    self._pieces.appendleft(piece[taken:])
                filled += taken
                self._waiting -= taken
        return out
