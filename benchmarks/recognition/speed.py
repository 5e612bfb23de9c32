"""Milliseconds a clip, on machines whose processors belong to others as well."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.recognition.clips import RATE_HZ
from voicebot.ports import Samples

CLIPS = 15
_CLIP_S = 2.0


def two_seconds_of(samples: Samples) -> Samples | None:
    """The last 2 s of a clip (8 kHz) that has hardly more: whole words at its end; the lead is silence."""
    length = round(_CLIP_S * RATE_HZ)
    return samples[-length:] if length <= len(samples) <= length * 1.15 else None


@dataclass(slots=True)
class Speed:
    """Times of the same clips, tried again and again over a run of minutes: other work only ever adds."""

    tries_s: list[list[float]] = field(default_factory=list)
    """By round, then by clip."""

    def once_more(self, work: Callable[[Samples], object], clips: Sequence[Samples]) -> None:
        """Time each clip once.

        Args:
            clips: The same in each round.
        """
        times = []
        for samples in clips:
            began = time.perf_counter()
            work(samples)
            times.append(time.perf_counter() - began)
        self.tries_s.append(times)

    @property
    def undisturbed_ms(self) -> float:
        """Median over the clips of each one's quickest round; not a number where nothing was timed."""
        return _median_ms([min(tries) for tries in zip(*self.tries_s, strict=True)])

    @property
    def usual_ms(self) -> float:
        """Median over all clips and rounds."""
        return _median_ms([seconds for times in self.tries_s for seconds in times])


def _median_ms(times_s: Sequence[float]) -> float:
    return statistics.median(times_s) * 1000.0 if times_s else float("nan")
