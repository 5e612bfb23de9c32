"""What AVX-512 gains for the recogniser: processes with it and without it, in turn.

``python -m benchmarks.instruction_sets [--rounds N] [--json FILE]``

A virtual processor is quicker or slower for a second or a minute, as its host's other guests leave it. So
each set has many short processes of its own, in turn with those of the other set, and the medians of the
processes are compared. Needs a processor that has both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.recognition.clips import clips
from benchmarks.recognition.measuring import open_model, recognise
from benchmarks.recognition.sets import CONDITIONS
from benchmarks.recognition.speed import CLIPS, Speed, two_seconds_of
from voicebot.adapters.recognition.instruction_set import VARIABLE

SETS = ("AVX2", "AVX512")
_CORPUS = "numbers"
"""Has the most clips of 2 s."""
_TRIES = 3


def own_ms() -> float:
    """The median of this process: of clips of 2 s on one thread, features included."""
    (condition,) = (one for one in CONDITIONS if one.corpus == _CORPUS)
    parts = (two_seconds_of(clip.samples) for clip in clips(condition, every=1, least=1))
    timed = list(islice((part for part in parts if part is not None), CLIPS))
    speed = Speed()
    pipeline = open_model("embedded").pipeline
    for _ in range(_TRIES):
        speed.once_more(partial(recognise, pipeline), timed)
    return speed.usual_ms


def in_turn(rounds: int) -> dict[str, list[float]]:
    """Set → the milliseconds of each of its processes."""
    took: dict[str, list[float]] = {name: [] for name in SETS}
    for _ in range(rounds):
        for name in SETS:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.instruction_sets", "--own"],
                env={**os.environ, VARIABLE: name},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            took[name].append(float(done.stdout))
    return took


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--own", action="store_true", help="time this process alone")
    arguments = parser.parse_args()
    if arguments.own:
        print(own_ms())
        return
    took = in_turn(arguments.rounds)
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, times in took.items():
        spread = f"{min(times):.2f} to {max(times):.2f}"
        print(f"{name:7} {medians[name]:.2f} ms a clip of 2 s; {spread} of {len(times)} processes")
    narrow, wide = (medians[name] for name in SETS)
    print(f"{SETS[1]} takes {100 * (1 - wide / narrow):.0f} % less time than {SETS[0]}")
    if arguments.json:
        content = {"benchmark": "instruction_sets", "median_ms": medians, "processes_ms": took}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
