"""The last seconds of what a citizen said, by sample position."""

from __future__ import annotations

import numpy as np

from voicebot.ports import Samples

_BLOCK = 4096
"""Samples a growth step adds: a silent call never pays for the whole ring."""


class CitizenAudio:
    """A ring of mono int16 samples addressed by their position since the call's media began.

    It grows with what is kept, up to ``keep_s``; memory is 16 kB for each second at 8 kHz.
    """

    __slots__ = ("_end", "_keep", "_ring", "_start")

    def __init__(self, *, sample_rate_hz: int, keep_s: float) -> None:
        self._keep = int(sample_rate_hz * keep_s)
        self._ring: Samples = np.zeros(_BLOCK, dtype=np.int16)
        self._start = 0  # position of the oldest sample kept
        self._end = 0  # position just after the newest sample

    @property
    def end_sample(self) -> int:
        """Position just after the newest sample."""
        return self._end

    def append(self, end_sample: int, samples: Samples) -> None:
        """Add a frame that ends at ``end_sample``; a hole before it becomes silence."""
        begin = end_sample - len(samples)
        if begin < self._end:
            raise ValueError(f"frame ends at {end_sample}, before audio already kept up to {self._end}")
        if begin - self._end >= self._keep:  # nothing that is kept stays within reach
            self._start = self._end = begin
        elif begin > self._end:
            self._write(np.zeros(begin - self._end, dtype=np.int16))
        self._write(samples)

    def between(self, start_sample: int, end_sample: int) -> Samples:
        """A copy of the samples in ``[start_sample, end_sample)``, as far as they are still kept."""
        start = max(start_sample, self._start)
        end = min(end_sample, self._end)
        if end <= start:
            return np.zeros(0, dtype=np.int16)
        size = len(self._ring)
        first, last = start % size, end % size
        if first < last:
            return self._ring[first:last].copy()
        return np.concatenate((self._ring[first:], self._ring[:last]))

    def _write(self, samples: Samples) -> None:
        self._make_room(len(samples))
        size = len(self._ring)
        at = self._end % size
        first = min(len(samples), size - at)
        self._ring[at : at + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]
        self._end += len(samples)
        self._start = max(self._start, self._end - size)

    def _make_room(self, more: int) -> None:
        size = len(self._ring)
        if self._end - self._start + more <= size or size >= self._keep:
            return
        kept = self.between(self._start, self._end)
        grown: Samples = np.zeros(min(self._keep, max(2 * size, len(kept) + more)), dtype=np.int16)
        positions = np.arange(self._start, self._end) % len(grown)
        grown[positions] = kept
        self._ring = grown
