"""The figures at the head of README.md and README.ko.md: ``python -m benchmarks.readme`` writes them.

They come from ``benchmarks/results``; ``make bench`` does it too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import RESULTS

START, END = "<!-- figures: make bench -->\n", "<!-- end of figures -->\n"

_ROOT = Path(__file__).resolve().parent.parent

LINES: Mapping[str, str] = {
    "README.md": """\
* a yes or a choice is answered after {closed_1_p50} ms (p95 {closed_1_p95} ms), with 40 citizens at once
  after {closed_40_p50} ms (p95 {closed_40_p95} ms); a story after {open_1_p50} ms (p95 {open_1_p95} ms)
* the bot is silent {silent_p50} ms after the citizen begins to speak; {false_stops} % of nods stop it wrongly
* audio and voice activity of one call take {core} % of a core, with {calls} calls on it
""",
    "README.ko.md": """\
* 예·아니요나 고르기에는 {closed_1_p50}ms 만에 답합니다(p95 {closed_1_p95}ms). 40명이 동시에 통화해도
  {closed_40_p50}ms(p95 {closed_40_p95}ms)입니다. 긴 이야기에는 {open_1_p50}ms(p95 {open_1_p95}ms)입니다.
* 시민이 끼어들면 {silent_p50}ms 뒤에 봇이 멈춥니다. 맞장구에 잘못 멈춘 경우는 {false_stops}%입니다.
* 코어 하나에서 {calls}통화를 처리할 때, 한 통화의 음성 전송과 감지에 코어의 {core}%를 씁니다.
""",
}
"""File → its lines; every name is one of ``figures``."""


def figures(results: Mapping[str, Any]) -> dict[str, object]:
    """What the lines name.

    Args:
        results: Benchmark → its result, as kept in ``benchmarks/results``.
    """
    found: dict[str, object] = {}
    for row in results["response_gap"]["rows"]:
        name = f"{row['question']}_{row['citizens_at_once']}"
        found |= {f"{name}_p50": row["gap_p50_ms"], f"{name}_p95": row["gap_p95_ms"]}
    barge_in, media = results["barge_in"], results["media_capacity"]
    return found | {
        "silent_p50": barge_in["silenced_p50_ms"],
        "false_stops": barge_in["false_stop_percent"],
        "core": f"{media['core_percent_per_call']:.2f}",
        "calls": media["calls"],
    }


def with_figures(text: str, lines: str) -> str:
    """A document with other lines between its two marks.

    Raises:
        ValueError: It has no such marks.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"no place for figures: keep the lines {START.strip()!r} and {END.strip()!r}")
    return f"{before}{start}{lines}{end}{after}"


def write_readmes() -> None:
    """Put the figures of all results that are there into both files."""
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("*.json")}
    measured = figures(results)
    for name, lines in LINES.items():
        path = _ROOT / name
        text = with_figures(path.read_text(encoding="utf-8"), lines.format_map(measured))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_readmes()
