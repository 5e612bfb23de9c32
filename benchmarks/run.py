"""Every benchmark, one after the other, and the table of their results.

``python -m benchmarks.run [NAME …]`` runs all, or those named, keeps each result in ``benchmarks/results/``
and writes ``benchmarks/RESULTS.md`` and the figures of both README files from all results that are there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.readme import write_readmes
from benchmarks.report import RESULTS, write_report

BENCHMARKS = (
    "media_capacity",
    "response_gap",
    "barge_in",
    "turn_taking",
    "persona_calls",
    "recognition_cost",
    "recognition_accuracy",
    "recognition_streaming",
    "wire_format",
    "voice_activity",
    "records",
    "campaign",
    "campaign_calls",
    "campaign_show",
    "reports",
    "events",
    "understanding",
)
"""In this order: what suffers most from a warm machine comes first."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Run benchmarks and write benchmarks/RESULTS.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or BENCHMARKS
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    RESULTS.mkdir(exist_ok=True)
    failed = []
    for number, name in enumerate(names, start=1):
        print(f"[{number}/{len(names)}] {name}", flush=True)
        began = time.monotonic()
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(RESULTS / f"{name}.json")]
        done = subprocess.run(command, check=False)
        print(f"[{number}/{len(names)}] {name}: {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
    print(write_report())
    write_readmes()
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
