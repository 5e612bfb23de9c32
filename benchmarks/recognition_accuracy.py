"""How well Korean is recognised: character errors, exact answers, texts where nobody spoke, milliseconds.

``python -m benchmarks.recognition_accuracy [--model NAME …] [--quick] [--json FILE] [--card]``

With ``--card`` the figures are written to ``models/README.md`` too.

The texts were written by hand and are in no training (``benchmarks.recognition.sets``); eSpeak NG speaks them
with voices that were, or were not, trained on, over an A-law line. Decoding is greedy and int8, each clip by
itself, through the recogniser's own cutting and rejection. Spaces are not scored. It says nothing about human
voices.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.recognition.card import with_figures
from benchmarks.recognition.homophones import homophones_percent
from benchmarks.recognition.joining import Joined
from benchmarks.recognition.measuring import (
    DECODE_TARGET_MS,
    QUICK,
    ModelResult,
    Plan,
    loops,
    measure,
    minutes,
    open_model,
    percent,
    texts,
)
from benchmarks.recognition.scoring import most_confused, worst_sentences
from benchmarks.recognition.sets import CONDITIONS, Measure
from benchmarks.recognition.speed import CLIPS

CARD = Path(__file__).parents[1] / "models" / "README.md"
_WORST = 15

Line = tuple[str, str, float, bool, str]
"""What, target, figure, met, and what else is to say."""


def main() -> None:
    """Measure and print; write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--model", action="append", metavar="NAME", help="embedded, a folder, or a Whisper name; repeatable"
    )
    parser.add_argument("--quick", action="store_true", help="a fifth of the sentences, one voice each")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--card", action="store_true", help="write the embedded model's figures to its card")
    arguments = parser.parse_args()
    if arguments.card and (arguments.quick or "embedded" not in (arguments.model or ["embedded"])):
        parser.error("--card wants the embedded model and all sentences: leave --quick out")
    plan = QUICK if arguments.quick else Plan()
    results = [open_model(name) for name in arguments.model or ["embedded"]]
    measure(results, plan, lambda line: print(f"  {line}", flush=True))
    for result in results:
        show(result, plan)
    content = {"benchmark": "recognition_accuracy", "quick": arguments.quick}
    content |= {"models": [as_json(result, plan) for result in results]}
    if arguments.card:
        CARD.write_text(with_figures(CARD.read_text(encoding="utf-8"), content), encoding="utf-8")
    if arguments.json:
        arguments.json.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def lines(result: ModelResult, plan: Plan) -> Iterator[Line]:
    """The table of one model, a target a line."""
    for condition in CONDITIONS:
        tally = result.tallies[condition.name]
        figure = percent(condition, tally)
        other = f"CER {tally.cer_percent:.2f} %" if condition.measure is Measure.EXACT else ""
        dropped = f"{tally.dropped.total()} without text" if tally.dropped else ""
        note = ", ".join(part for part in (f"{tally.clips} clips", other, dropped) if part)
        yield condition.name, condition.target, figure, condition.met(figure), note
    found = loops(result.tallies)
    yield "repetition loops", "0", float(found), found == 0, "all sets"
    gated = texts(result.gated)
    decodes = sum(heard.decodes for heard in result.gated.values())
    decoded = sum(len(heard.decoded) for heard in result.gated.values())
    note = f"{minutes(plan)} minutes; {decodes} decodes, {decoded} with text; {texts(result.ungated)} ungated"
    yield "texts on non-speech after the gate", "0", float(gated), gated == 0, note
    took_ms = result.speed.undisturbed_ms
    note = f"median of {CLIPS} clips, each one's best of {len(result.speed.tries_s)}; "
    note += f"of all tries {result.speed.usual_ms:.1f}"
    quick_enough = not math.isnan(took_ms) and took_ms <= DECODE_TARGET_MS
    yield "ms a clip of 2 s, one thread", f"≤ {DECODE_TARGET_MS} ms", took_ms, quick_enough, note


def show(result: ModelResult, plan: Plan) -> None:
    """Print the table of one model and what it gets wrong."""
    print(f"\n{result.name}")
    for name, target, figure, met, note in lines(result, plan):
        print(f"  {name:36} {target:16} {figure:8.2f}  {'met' if met else 'MISSED':7} {note}")
    for condition in CONDITIONS:
        kinds = result.tallies[condition.name].by_kind
        rates = sorted(((100 * wrong / all_of_it, kind) for kind, (wrong, all_of_it) in kinds.items()))
        print(
            f"  {condition.name}, CER by kind: "
            + ", ".join(f"{kind} {rate:.1f}" for rate, kind in rates[::-1])
        )
    for joined in result.joined:
        print(f"  {_joined(joined)}")
    alike = ", ".join(f"{name} {share:.0f} %" for name, share in _same_sound(result).items())
    print(f"  of the wrong words, heard as others of the same sound: {alike}")
    print("  words most often taken for others:")
    for said, heard, times in most_confused(result.tallies.values(), _WORST):
        print(f"    {times:4} × {said} → {heard or '(nothing)'}")
    print("  worst sentences:")
    for said, heard, wrong in worst_sentences(result.tallies.values(), _WORST):
        print(f"    {wrong:4} edits: {said} → {heard or '(nothing)'}")
    for kind, heard_there in result.gated.items():
        alone = result.ungated[kind]
        print(
            f"  {kind}: {heard_there.decodes} decodes passed the gate, turns {list(heard_there.turns)}; "
            f"ungated {len(alone.turns)} texts in {alone.decodes} windows"
        )


def _joined(joined: Joined) -> str:
    shortest, longest = joined.pause_s
    pause = f"{shortest} s" if shortest == longest else f"{shortest}–{longest} s"
    return (
        f"several sentences, {joined.shortest_s:.0f}–{joined.longest_s:.0f} s, pauses of {pause}: "
        f"CER {joined.whole_percent:.1f} %, each sentence alone {joined.alone_percent:.1f} %"
    )


def _same_sound(result: ModelResult) -> dict[str, float]:
    return {name: homophones_percent(tally) for name, tally in result.tallies.items()}


def as_json(result: ModelResult, plan: Plan) -> dict[str, Any]:
    """The figures of one model."""
    return {
        "model": result.name,
        "lines": [
            {
                "what": name,
                "target": target,
                "figure": None if math.isnan(figure) else round(figure, 3),
                "met": met,
                "note": note,
            }
            for name, target, figure, met, note in lines(result, plan)
        ],
        "cer_percent_by_kind": {
            name: {kind: round(100 * wrong / total, 2) for kind, (wrong, total) in tally.by_kind.items()}
            for name, tally in result.tallies.items()
        },
        "same_sound_percent": {name: round(share, 1) for name, share in _same_sound(result).items()},
        "several_sentences": [_joined(joined) for joined in result.joined],
        "confused": _named(most_confused(result.tallies.values(), _WORST)),
        "worst": _named(worst_sentences(result.tallies.values(), _WORST)),
        "non_speech": {
            kind: {
                "decodes": heard.decodes,
                "decoded": list(heard.decoded),
                "turns": list(heard.turns),
                "ungated": list(result.ungated[kind].turns),
            }
            for kind, heard in result.gated.items()
        },
    }


def _named(found: Sequence[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [{"said": said, "heard": heard, "count": count} for said, heard, count in found]


if __name__ == "__main__":
    main()
