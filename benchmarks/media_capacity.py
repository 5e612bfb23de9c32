"""How many calls one core carries: media and voice activity, without recognition.

``python -m benchmarks.media_capacity [--json FILE] [--calls 200] [--seconds 20] [--format alaw]``

One process plays the callers, another one is the media loop with voice activity; each has a core of its own
where there are two, and real-time scheduling where the system grants it.

Promises: at most 0.5 % of a core a call with 200 calls on one core, ticks at most 5 ms late (p99),
no frame lost, at most 1 MB of memory for a further call.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.host import least_disturbed
from voicebot.testing.awake import awake

FEW_CALLS = 50
"""Memory of a further call is the slope between this and all calls."""
_SETTLE_S = 3.0  # after calls were taken in: playouts, voice activity and memory have settled
_FEW_S = 5.0


class Peer:
    """A process that is spoken to in JSON lines."""

    def __init__(self, module: str, arguments: list[str], core: int | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if core is not None:
            os.sched_setaffinity(self._process.pid, {core})
        with suppress(PermissionError):
            # As ``asterisk -p`` runs itself: what else the machine does should not be measured.
            os.sched_setscheduler(self._process.pid, os.SCHED_RR, os.sched_param(1))

    @property
    def real_time(self) -> bool:
        """Whether the system granted real-time scheduling."""
        return os.sched_getscheduler(self._process.pid) == os.SCHED_RR

    def tell(self, **order: Any) -> None:
        """Send an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Wait for an answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a benchmark process ended early (exit {self._process.wait()})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def cores() -> tuple[int | None, int | None]:
    """A core for the engine and another one for the callers, where there are two."""
    available = sorted(os.sched_getaffinity(0))
    return (available[0], available[1]) if len(available) > 1 else (None, None)


def measure(calls: int, seconds: float, format_name: str) -> dict[str, Any]:
    """Run the benchmark once."""
    engine_core, caller_core = cores()
    callers = Peer("benchmarks.media_callers", [str(calls), format_name], caller_core)
    engine = Peer("benchmarks.media_engine", [format_name], engine_core)
    ports, port = callers.hear()["ports"], engine.hear()["port"]
    real_time = engine.real_time
    few = min(FEW_CALLS, max(calls // 4, 1))
    callers.tell(port=port, seconds=2 * _SETTLE_S + _FEW_S + seconds + 1)
    engine.tell(attach=ports[:few])
    engine.hear()
    engine.tell(measure=_SETTLE_S)
    engine.hear()
    engine.tell(measure=_FEW_S)
    with_few = engine.hear()
    engine.tell(attach=ports[few:])
    engine.hear()
    engine.tell(measure=_SETTLE_S)
    engine.hear()
    engine.tell(measure=seconds)
    with_all = engine.hear()
    far_side = callers.hear()
    engine.end()
    callers.end()
    further = max(calls - few, 1)
    return {
        "benchmark": "media_capacity",
        "format": format_name,
        "seconds": seconds,
        **with_all,
        "callers_missed": far_side["missing"],
        "callers_latest_send_ms": far_side["latest_send_ms"],
        "memory_mib_per_further_call": (with_all["resident_mib"] - with_few["resident_mib"]) / further,
        "core_percent_with_few_calls": with_few["core_percent"],
        "few_calls": few,
        "real_time_scheduling": real_time,
        "processor": processor(),
        "python": platform.python_version(),
    }


def processor() -> str:
    """Name of the processor, as the kernel gives it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def report(result: dict[str, Any], file: Path | None) -> None:
    """Print the result, and write it to a file if wanted."""
    text = json.dumps(result, indent=2, ensure_ascii=False)
    print(text)
    if file is not None:
        file.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--format", choices=["alaw", "slin16"], default="alaw")
    chosen = parser.parse_args()
    with awake():
        result = least_disturbed(
            lambda: measure(chosen.calls, chosen.seconds, chosen.format),
            lambda figures: float(figures["stolen_by_host_percent"]),
        )
    report(result, chosen.json)


if __name__ == "__main__":
    main()
