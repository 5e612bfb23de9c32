"""What the host of a virtual machine takes away while something is measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

TOLERABLE_PERCENT = 3.0
"""What an idle host takes; from about twice that on, the slowest answers are the host's."""
MORE_ATTEMPTS = 2


def stolen_s() -> float:
    """How long the host has kept its processors from this machine (proc(5), stat), of all cores together."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


class HostWatch:
    """From its making on: the share of all cores that the host kept for others."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stolen_s = stolen_s()

    def stolen_percent(self) -> float:
        """Percent of the cores' time so far. Where it is high, times say more of the host than of us."""
        cores_s = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        return round(100 * (stolen_s() - self._stolen_s) / cores_s, 1)


def least_disturbed(measure: Callable[[], T], stolen_percent: Callable[[T], float]) -> T:
    """Measure, and again while the host takes too much away; keep what it disturbed least.

    Chosen by what the host did, never by what was measured.
    """
    kept = measure()
    for _ in range(MORE_ATTEMPTS):
        if stolen_percent(kept) <= TOLERABLE_PERCENT:
            break
        print(f"  {stolen_percent(kept):.0f} % stolen by the host: measuring again", flush=True)
        again = measure()
        kept = min(kept, again, key=stolen_percent)
    return kept
