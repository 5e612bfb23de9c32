"""What partial decodes are worth: how soon they hold the answer, and how often they deceive.

``python -m benchmarks.recognition_streaming [--model NAME] [--quick] [--json FILE]``

The clips of the evaluation sets, spoken by held-out voices, are decoded at every 300 ms of their voice, as
turn taking does while the citizen speaks. *Settled*: the partials had the final text before the voice ended,
and kept it. *Whole early*: a partial before the end was a whole answer in the eyes of language understanding,
so that it could be committed to; *deceived*: its meaning was another one than that of the whole clip. *Sure*:
with the confidence that turn taking asks for. *Twice*: only where the partial before it read the same.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.recognition.clips import Clip, clips
from benchmarks.recognition.growth import CUTS_PERCENT, Growth, Risk, cut_word, grow, risk, settled_ms, shares
from benchmarks.recognition.measuring import open_model
from benchmarks.recognition.sets import CONDITIONS
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.dialogue.actions import AnswerKind

_EVERY, _EVERY_QUICK = 2, 12
"""Each second sentence, one voice each: about 800 clips."""
_KINDS = {
    "closed": AnswerKind.YES_NO,
    "phones": AnswerKind.PHONE,
    "temperatures_dates": None,
    "numbers": AnswerKind.NUMBER,
    "short_answers": None,
    "domain": None,
}
"""What was asked, by set; a story has no whole answer."""
_BY_TOPIC = {"temperatures": AnswerKind.TEMPERATURE, "dates": AnswerKind.DATE, "years": AnswerKind.DATE}
_WORDS = ("closed", "short_answers")


def main() -> None:
    """Measure and print; write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default="embedded", metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="every twelfth sentence")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    pipeline = open_model(arguments.model).pipeline
    every = _EVERY_QUICK if arguments.quick else _EVERY
    spoken = {corpus: _clips(corpus, every) for corpus in _KINDS}
    result = {
        "benchmark": "recognition_streaming",
        "model": arguments.model,
        "rows": [_row(pipeline, corpus, chosen) for corpus, chosen in spoken.items()],
        "cut_words": _cut_words(pipeline, [clip for corpus in _WORDS for clip in spoken[corpus]]),
    }
    _show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _clips(corpus: str, every: int) -> list[Clip]:
    condition = next(one for one in CONDITIONS if one.corpus == corpus and one.held_out_voices)
    return list(clips(condition, every=every, least=1))


def _row(pipeline: Pipeline, corpus: str, chosen: Iterable[Clip]) -> dict[str, Any]:
    """The figures of one set."""
    growths: list[Growth] = []
    once: list[Risk] = []
    twice: list[Risk] = []
    asked = 0
    for clip in chosen:
        growth = grow(pipeline, clip)
        growths.append(growth)
        kind = _KINDS[corpus] or _BY_TOPIC.get(clip.sentence.kind)
        if kind is not None:
            asked += 1
            once += filter(None, [risk(growth, kind)])
            twice += filter(None, [risk(growth, kind, twice=True)])
    settled = [early for growth in growths if (early := settled_ms(growth)) is not None]
    return {
        "corpus": corpus,
        "clips": len(growths),
        "settled_percent": _percent(len(settled), len(growths)),
        "settled_before_end_ms_p50": round(statistics.median(settled)) if settled else None,
        "whole_early_percent": _percent(len(once), asked) if asked else None,
        "deceived_percent": _deceived(once),
        "deceived_when_sure_percent": _deceived([one for one in once if one.sure]),
        "whole_twice_percent": _percent(len(twice), asked) if asked else None,
        "deceived_twice_percent": _deceived(twice),
    }


def _cut_words(pipeline: Pipeline, chosen: Iterable[Clip]) -> dict[str, dict[str, float]]:
    """What is heard of single words, by how much of them has been spoken."""
    words = [clip for clip in chosen if " " not in clip.sentence.text]
    return {
        f"{percent} %": shares([cut_word(pipeline, clip, percent) for clip in words])
        for percent in CUTS_PERCENT
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / max(whole, 1), 1)


def _deceived(risks: list[Risk]) -> float | None:
    return _percent(sum(not one.held for one in risks), len(risks)) if risks else None


def _show(result: dict[str, Any]) -> None:
    print(
        f"{'set':20} {'clips':>5} {'settled %':>9} {'ms early':>8} {'whole early %':>13} {'deceived %':>10} "
        f"{'if sure':>7} {'twice %':>7} {'deceived %':>10}"
    )
    for row in result["rows"]:
        corpus, *figures = (str(value) if value is not None else "–" for value in row.values())
        widths = (5, 9, 8, 13, 10, 7, 7, 10)
        print(
            f"{corpus:20} "
            + " ".join(f"{figure:>{width}}" for figure, width in zip(figures, widths, strict=True))
        )
    print("a word cut off after so much of its voice is heard as …")
    for percent, found in result["cut_words"].items():
        print(f"  {percent:5} " + ", ".join(f"{name} {share} %" for name, share in found.items()))


if __name__ == "__main__":
    main()
