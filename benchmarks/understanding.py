"""Interpretation of answers: accuracy by kind, calibration of the confidence, microseconds an utterance.

``python -m benchmarks.understanding [--json FILE] [--misses]``

``develop`` is what the code was written with; ``held_out`` holds other questions and other turns of phrase.
It was written before the code was improved, which was not tuned on it: its figure is the one that counts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.dialogue.understanding.cases import Case, read_cases
from voicebot.dialogue.understanding import Interpretation, Status, interpret
from voicebot.dialogue.weighing import CONFIRM_BELOW

_BINS = (0.0, 0.55, 0.8, 0.95, 1.01)
"""Edges of confidence: below the first inner edge an answer is read back before it counts."""
_ROUNDS = 5
"""Rounds of the timing; the fastest counts, for a busy machine only ever adds."""


def measure(name: str) -> dict[str, Any]:
    """Interpret every case of a file.

    Args:
        name: ``develop`` or ``held_out``.
    """
    cases = read_cases(name)
    meant = [interpret(case.said, case.expectation, case.today) for case in cases]
    right = [case.met_by(told) for case, told in zip(cases, meant, strict=True)]
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for case, met in zip(cases, right, strict=True):
        by_kind[case.expectation.kind.value].append(met)
    told = list(zip(meant, right, strict=True))
    acted = [met for one, met in told if one.status is Status.FILLED and one.confidence >= CONFIRM_BELOW]
    return {
        "cases": len(cases),
        "accuracy": sum(right) / len(cases),
        "by_kind": {
            kind: {"cases": len(met), "accuracy": sum(met) / len(met)}
            for kind, met in sorted(by_kind.items())
        },
        "wrong_and_not_read_back": acted.count(False) / len(acted),
        "calibration": _calibration(told),
        "us_per_utterance": _timed(cases),
        "misses": [
            f"line {case.line}: {case.said!r} told as {told.status.value} {told.value}"
            for case, told, met in zip(cases, meant, right, strict=True)
            if not met
        ],
    }


def _calibration(told: list[tuple[Interpretation, bool]]) -> list[dict[str, float]]:
    """For each bin of confidence: how sure, and how often right."""
    bins = []
    for low, high in pairwise(_BINS):
        inside = [
            (one.confidence, met) for one, met in told if low <= one.confidence < high and one.confidence
        ]
        if inside:
            bins.append(
                {
                    "from": low,
                    "cases": len(inside),
                    "confidence": sum(confidence for confidence, _ in inside) / len(inside),
                    "accuracy": sum(met for _, met in inside) / len(inside),
                }
            )
    return bins


def _timed(cases: list[Case]) -> float:
    """Microseconds an utterance."""
    fastest_s = float("inf")
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for case in cases:
            interpret(case.said, case.expectation, case.today)
        fastest_s = min(fastest_s, time.perf_counter() - began)
    return fastest_s / len(cases) * 1e6


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--misses", action="store_true", help="list what was misunderstood")
    chosen = parser.parse_args()
    results = {name: measure(name) for name in ("develop", "held_out")}
    for name, result in results.items():
        _print(name, result, misses=chosen.misses)
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"benchmark": "understanding"} | results, indent=2, ensure_ascii=False),
            encoding="utf-8",
        )


def _print(name: str, result: dict[str, Any], *, misses: bool) -> None:
    print(f"{name}: {result['cases']} answers, {result['accuracy']:.1%} right,", end=" ")
    print(f"{result['us_per_utterance']:.0f} µs each, wrong and not read back", end=" ")
    print(f"{result['wrong_and_not_read_back']:.1%}")
    for kind, one in result["by_kind"].items():
        print(f"  {kind:12} {one['cases']:4}  {one['accuracy']:.1%}")
    for one in result["calibration"]:
        print(f"  confidence {one['confidence']:.2f}: right {one['accuracy']:.1%} of {one['cases']}")
    if misses:
        print("\n".join(f"  {miss}" for miss in result["misses"]))


if __name__ == "__main__":
    main()
