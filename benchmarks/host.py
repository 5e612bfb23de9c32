"""What the host of a virtual machine takes away while something is measured."""

from __future__ import annotations

import os
import time
from pathlib import Path


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
