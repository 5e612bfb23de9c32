"""How fast the bot falls silent when a citizen speaks, and how often a nod silences it by mistake.

``python -m benchmarks.barge_in [--json FILE] [--quick]``

Citizens talk over long prompts through two real Asterisks. Barge-in runs from the packet with the first
voiced sample of the citizen leaving the citizen's socket to the last audible packet of the prompt arriving
there. A false stop is a prompt that the engine stopped at a back-channel.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.citizens import Sample, citizen, hold_calls, percentile
from benchmarks.host import least_disturbed
from voicebot.testing.persona import Answer, BackChannel, Persona

NUMBER = "2003"
QUESTIONS = 4

CORPUS = Path(__file__).parent / "corpora/pauses.yaml"
DANGER = ("불났어요", "도와주세요")
"""Interruptions that end the call: danger is answered everywhere."""

TARGETS = {"silenced_p50_ms": 250, "false_stop_percent": 2.0}
AT_ONCE = 8
"""Enough to fill a run quickly, few enough that the machine is not what is measured."""


def texts(group: str) -> list[str]:
    """What people say over a prompt: ``interruptions`` or ``nods``."""
    corpus = yaml.safe_load(CORPUS.read_text(encoding="utf-8"))
    return [text for text in corpus["barge_in"][group] if text not in DANGER]


def interrupter(number: int) -> Persona:
    """Talks over every prompt."""
    dice = random.Random(number)
    interruptions = texts("interruptions")
    answers = [
        Answer(turn=turn, say=(dice.choice(interruptions),), barge_in_ms=dice.randint(1200, 5000))
        for turn in range(1, QUESTIONS + 1)
    ]
    return citizen(number, answers, Answer(say=("잘 들었어요",)))


def nodder(number: int) -> Persona:
    """Nods twice at every prompt and answers at its end."""
    dice = random.Random(number)
    nods = texts("nods")
    answers = [
        Answer(
            turn=turn,
            say=("잘 들었어요",),
            thinking_ms=300,
            back_channels=(
                BackChannel(at_ms=dice.randint(1200, 3000), say=dice.choice(nods)),
                BackChannel(at_ms=dice.randint(4500, 6500), say=dice.choice(nods)),
            ),
        )
        for turn in range(1, QUESTIONS + 1)
    ]
    return citizen(number, answers, Answer(say=("잘 들었어요",)), end_of_turn_ms=900)


async def measure(personas: Sequence[Persona]) -> Sample:
    """Hold the calls."""
    return await hold_calls(personas, NUMBER, at_once=AT_ONCE, settings={})


def summary(interruptions: Sample, nods: Sample) -> dict[str, object]:
    """The figures."""
    silenced = [
        turn.silenced_ms
        for report in interruptions.reports
        for turn in report.turns
        if turn.barged_in and turn.silenced_ms is not None
    ]
    tried = sum(turn.barged_in for report in interruptions.reports for turn in report.turns)
    nodded = sum(len(turn.nods) for report in nods.reports for turn in report.turns)
    stops = sum(len(timeline.of("barge_in")) for timeline in nods.timelines)
    return {
        "benchmark": "barge_in",
        "interruptions": tried,
        "silenced_p50_ms": _rounded(percentile(silenced, 0.5)),
        "silenced_p95_ms": _rounded(percentile(silenced, 0.95)),
        "nods": nodded,
        "false_stops": stops,
        "false_stop_percent": round(100 * stops / max(1, nodded), 1),
        "stolen_by_host_percent": max(interruptions.stolen_by_host_percent, nods.stolen_by_host_percent),
        "targets": TARGETS,
    }


def _stolen(sample: Sample) -> float:
    return sample.stolen_by_host_percent


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="few calls")
    arguments = parser.parse_args()
    calls = 5 if arguments.quick else 16
    interrupters = [interrupter(number) for number in range(1, calls + 1)]
    nodders = [nodder(number) for number in range(101, calls + 101)]
    interruptions = least_disturbed(lambda: asyncio.run(measure(interrupters)), _stolen)
    nods = least_disturbed(lambda: asyncio.run(measure(nodders)), _stolen)
    result = summary(interruptions, nods)
    print(json.dumps(result, ensure_ascii=False))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
