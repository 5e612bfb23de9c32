"""Whether the machine kept time: a virtual machine that its host pauses tears holes into real calls.

A process of its own sleeps a hundredth of a second at a time and reports each time that it woke late. The
probe alone, which prints one line ``WOKE_AT LATE_S`` (monotonic seconds) for each, is::

    python -m tests.acceptance.machine
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time

_STEP_S = 0.01
_LATE_S = 0.02
"""Less is ordinary on a machine that shares two cores among a dozen processes."""
_DISTURBING_S = 0.1
"""Lateness in all after which a call cannot be judged by the clock: five packets."""


class Machine:
    """Watches the machine from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._probe: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to watch; harmless when it is watched already."""
        if self._probe is None:
            self._probe = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.machine"], stdout=subprocess.PIPE, text=True
            )
            threading.Thread(target=self._read, args=(self._probe,), daemon=True).start()

    def stop(self) -> None:
        """End the probe."""
        if self._probe is not None:
            self._probe.kill()
            self._probe.wait()
            self._probe = None

    def late_since(self, began: float) -> float:
        """For how many seconds, all in all, the machine stood still since ``began`` (monotonic seconds)."""
        return sum(late_s for woke_at, late_s in self._late if woke_at >= began)

    def disturbance_since(self, began: float) -> str:
        """In words, if it was enough to spoil a call; else empty."""
        late_s = self.late_since(began)
        return f"the machine stood still for {late_s:.2f} s in all" if late_s > _DISTURBING_S else ""

    def _read(self, probe: subprocess.Popen[str]) -> None:
        assert probe.stdout is not None
        with probe.stdout as lines:
            for line in lines:
                woke_at, late_s = line.split()
                self._late.append((float(woke_at), float(late_s)))


MACHINE = Machine()
"""The one that the tests run on."""


def _probe() -> None:
    while True:
        began = time.monotonic()
        time.sleep(_STEP_S)
        now = time.monotonic()
        if now - began - _STEP_S > _LATE_S:
            print(now, now - began - _STEP_S, flush=True)


if __name__ == "__main__":
    _probe()
