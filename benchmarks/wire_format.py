"""What the wire format costs the media loop: A-law at 8 kHz against slin16 at 16 kHz.

``python -m benchmarks.wire_format [--json FILE] [--calls 100] [--seconds 10] [--rounds 2]``

The same callers, once in each format and in turns, so that a busy machine disturbs both alike; the cheapest
round of each counts. What the format means for recognition is measured elsewhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.media_capacity import measure, report
from voicebot.engine.media.wire_format import ALAW, SLIN16


def compare(calls: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Measure both formats in turns."""
    formats = (ALAW, SLIN16)
    runs: dict[str, list[dict[str, Any]]] = {wire_format.name: [] for wire_format in formats}
    for _ in range(rounds):
        for name, results in runs.items():
            results.append(measure(calls, seconds, name))
    best = {name: min(results, key=lambda run: run["core_percent"]) for name, results in runs.items()}
    return {
        "benchmark": "wire_format",
        "calls": calls,
        "seconds": seconds,
        "rounds": rounds,
        "slin16_cost_against_alaw": best["slin16"]["core_percent"] / best["alaw"]["core_percent"],
        # RTP, UDP and IP headers are 40 bytes.
        "kbit_s_per_call_and_direction": {f.name: (f.frame_bytes + 40) * 50 * 8 / 1000 for f in formats},
        "best": best,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    report(compare(chosen.calls, chosen.seconds, chosen.rounds), chosen.json)


if __name__ == "__main__":
    main()
