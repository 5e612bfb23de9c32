"""How training proceeds: the budget, the learning rate, and when long clips come in."""

from __future__ import annotations

import math
from dataclasses import dataclass

WARM_UP_STEPS = 200
"""Muon's and AdamW's averages are meaningless before; AdamW's second moment has a memory of 50 steps."""

SHORT_STEPS = 400
"""Batches of short clips before all others: attention finds the one syllable or two that there are, and long
clips then begin from there instead of from noise."""
SHORT_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long to train: steps (the same weights on every run) or hours (whatever they allow)."""

    hours: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.steps is None):
            raise ValueError("give either hours or steps")

    def progress(self, step: int, elapsed_s: float) -> float:
        """Which share is used up, 0 to 1.

        Args:
            step: Steps done.
            elapsed_s: Seconds trained, interruptions left out.
        """
        if self.steps is not None:
            return min(step / max(self.steps, 1), 1.0)
        assert self.hours is not None
        return min(elapsed_s / max(self.hours * 3600.0, 1e-9), 1.0)


def learning_rate(peak: float, step: int, progress: float) -> float:
    """Linear warm-up, then a cosine to zero over the budget (Loshchilov and Hutter 2017).

    Args:
        peak: Highest rate.
        step: Steps done.
        progress: Share of the budget that is used up.
    """
    warm_up = min((step + 1) / WARM_UP_STEPS, 1.0)
    return peak * warm_up * 0.5 * (1.0 + math.cos(math.pi * min(progress, 1.0)))


def average_decay(step: int, memory_steps: int) -> float:
    """Decay of the running average of the weights: short at first, so that the beginning is forgotten."""
    return min(1.0 - 1.0 / memory_steps, (1.0 + step) / (10.0 + step))
