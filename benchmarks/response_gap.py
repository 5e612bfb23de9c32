"""The response gap at the citizen's socket, through two real Asterisks and the real recogniser.

``python -m benchmarks.response_gap [--json FILE] [--quick]``

Closed and open questions, 1, 10 and 40 citizens at once. The gap runs from the packet that holds the last
voiced sample of the answer leaving the citizen's socket to the packet that holds the first audible sample
of the bot's answer arriving there. Everything shares one machine: the engine, both Asterisks and the
citizens themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.citizens import Sample, citizen, hold_calls, percentile
from benchmarks.host import least_disturbed
from voicebot.testing.persona import Answer, Pause
from voicebot.timeline.reading import read

CLOSED = ("네", "아니요", "네 맞아요", "아니에요", "예", "네 그래요", "없어요", "네 먹었어요", "맞습니다")
"""Answers to yes/no questions."""

OPEN: tuple[tuple[str | int, ...], ...] = (
    ("우리 집 앞 가로등이 꺼졌어요",),
    ("골목에 쓰레기가 많이 쌓여 있어요",),
    ("도로에 큰 구멍이 났어요",),
    ("옆집 공사 소리가 너무 시끄러워요",),
    ("그게", 450, "놀이터 그네가 망가졌어요"),
    ("시청 앞 사거리인데요", 500, "신호등이 고장 났어요"),
    ("어제 저녁부터", 350, "물이 안 나와요"),
    ("버스가 정류장에 서지 않고 그냥 지나갔어요",),
)
"""Stories; a number is a pause in milliseconds."""

TARGETS = {
    ("closed", 1): {"p50": 200, "p95": 300},
    ("closed", 40): {"p95": 500},
    ("open", 1): {"p50": 450, "p95": 800},
}
"""Promised, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One line of the table."""

    question: str
    at_once: int
    calls: int


FULL = (
    Setting(question="closed", at_once=1, calls=4),
    Setting(question="closed", at_once=10, calls=20),
    Setting(question="closed", at_once=40, calls=40),
    Setting(question="open", at_once=1, calls=4),
    Setting(question="open", at_once=10, calls=10),
    Setting(question="open", at_once=40, calls=40),
)
QUICK = (Setting(question="closed", at_once=1, calls=2), Setting(question="open", at_once=1, calls=2))


def closed_answers(dice: random.Random) -> list[Answer]:
    """Twelve answers to twelve closed questions."""
    return [
        Answer(turn=turn, say=(dice.choice(CLOSED),), thinking_ms=dice.randint(150, 600))
        for turn in range(1, 13)
    ]


def open_answers(dice: random.Random) -> list[Answer]:
    """Six answers to six open questions."""
    return [
        Answer(
            turn=turn,
            say=tuple(Pause(pause_ms=part) if isinstance(part, int) else part for part in story),
            thinking_ms=dice.randint(200, 900),
        )
        for turn, story in enumerate(dice.sample(OPEN, 6), start=1)
    ]


async def measure(setting: Setting) -> dict[str, Any]:
    """Hold the calls of one setting."""
    make = closed_answers if setting.question == "closed" else open_answers
    number = "2001" if setting.question == "closed" else "2002"
    personas = [
        citizen(index, make(random.Random(index)), Answer(say=("네",)))
        for index in range(1, setting.calls + 1)
    ]
    sample = await hold_calls(personas, number, at_once=setting.at_once, settings={})
    return summary(setting, sample)


def summary(setting: Setting, sample: Sample) -> dict[str, Any]:
    """Figures of one setting, and where the time went."""
    turns = [turn for report in sample.reports for turn in report.turns if turn.said]
    gaps = [turn.gap_ms for turn in turns if turn.gap_ms is not None and not turn.cut_off]
    row: dict[str, Any] = {
        "question": setting.question,
        "citizens_at_once": setting.at_once,
        "calls": len(sample.reports),
        "calls_answered": sum(bool(report.turns) for report in sample.reports),
        "turns": len(turns),
        "gap_p50_ms": _rounded(percentile(gaps, 0.5)),
        "gap_p95_ms": _rounded(percentile(gaps, 0.95)),
        "cut_off_percent": round(100 * sum(turn.cut_off for turn in turns) / max(1, len(turns)), 1),
        "where_the_time_goes_p50_ms": _stages(sample),
        "stolen_by_host_percent": sample.stolen_by_host_percent,
    }
    target = TARGETS.get((setting.question, setting.at_once))
    if target:
        row["target_ms"] = target
    return row


def _stages(sample: Sample) -> dict[str, int | None]:
    """Medians of the parts of the gap that the engine sees; the rest is transport and Asterisk."""
    waits: list[float] = []
    decodes: list[float] = []
    answers: list[float] = []
    for timeline in sample.timelines:
        for turn in read(timeline).turns:
            if turn.gap_ms is None or turn.voice is None:
                continue
            waits.append((turn.committed_s - turn.voice.end_s) * 1000)
            answers.append(turn.gap_ms - waits[-1])
        decodes += [
            record.number("ms") or 0.0
            for record in timeline.of("decode")
            if record.text("outcome") == "used" and record.text("kind") != "partial"
        ]
    return {
        "voice_end_to_decision": _rounded(percentile(waits, 0.5)),
        "of_which_decode": _rounded(percentile(decodes, 0.5)),
        "decode_p95": _rounded(percentile(decodes, 0.95)),
        "decision_to_first_packet": _rounded(percentile(answers, 0.5)),
    }


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def run(settings: Sequence[Setting]) -> dict[str, object]:
    """Measure all settings, one after the other."""
    rows: list[dict[str, Any]] = []
    for setting in settings:
        row = least_disturbed(
            partial(_measured, setting), lambda measured: float(measured["stolen_by_host_percent"])
        )
        rows.append(row)
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    return {"benchmark": "response_gap", "rows": rows}


def _measured(setting: Setting) -> dict[str, Any]:
    return asyncio.run(measure(setting))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one citizen, few calls")
    arguments = parser.parse_args()
    result = run(QUICK if arguments.quick else FULL)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
