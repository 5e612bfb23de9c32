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

from benchmarks.citizens import Sample, citizen, hold_calls, percentile
from voicebot.testing.persona import Answer, BackChannel, Persona

NUMBER = "2003"
QUESTIONS = 4

INTERRUPTIONS = (
    "아니요 됐어요",
    "아니요 괜찮아요",
    "네 신청해 주세요",
    "아니요 필요 없어요",
    "그만 들을게요",
    "네 그건 알아요",
)
NODS = ("네", "응", "예", "아 네", "네네")

TARGETS = {"silenced_p50_ms": 250, "false_stop_percent": 2.0}
AT_ONCE = 5
"""Enough to fill a run quickly, few enough that the machine is not what is measured."""


def interrupter(number: int) -> Persona:
    """Talks over every prompt."""
    dice = random.Random(number)
    answers = [
        Answer(turn=turn, say=(dice.choice(INTERRUPTIONS),), barge_in_ms=dice.randint(1200, 5000))
        for turn in range(1, QUESTIONS + 1)
    ]
    return citizen(number, answers, Answer(say=("아니요",)))


def nodder(number: int) -> Persona:
    """Nods twice at every prompt and answers at its end."""
    dice = random.Random(number)
    answers = [
        Answer(
            turn=turn,
            say=(dice.choice(("아니요", "네 그래요")),),
            thinking_ms=300,
            back_channels=(
                BackChannel(at_ms=dice.randint(1200, 3000), say=dice.choice(NODS)),
                BackChannel(at_ms=dice.randint(4500, 6500), say=dice.choice(NODS)),
            ),
        )
        for turn in range(1, QUESTIONS + 1)
    ]
    return citizen(number, answers, Answer(say=("아니요",)), end_of_turn_ms=900)


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
        "targets": TARGETS,
    }


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="few calls")
    arguments = parser.parse_args()
    calls = 5 if arguments.quick else 25
    interruptions = asyncio.run(measure([interrupter(number) for number in range(1, calls + 1)]))
    nods = asyncio.run(measure([nodder(number) for number in range(101, calls + 101)]))
    result = summary(interruptions, nods)
    print(json.dumps(result, ensure_ascii=False))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
