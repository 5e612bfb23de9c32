"""Triage on what it has not learnt: whole ideas held out, unseen utterances, danger, cost.

``python -m benchmarks.triage_accuracy [--docs]``; with ``--docs`` the figures and the confusion matrix are
written to ``docs/TRIAGE.md``.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from voicebot.dialogue.understanding import detect_danger
from voicebot.services.triage.examples import Example, parse_examples
from voicebot.services.triage.fitting import fit, held_out_folds
from voicebot.services.triage.judging import Judgement, Triage
from voicebot.services.triage.loading import load_complaint_types, load_examples, load_model, load_triage

ROOT = Path(__file__).resolve().parent.parent
_TESTS = ROOT / "tests" / "services" / "triage"
_PAGE = ROOT / "docs" / "TRIAGE.md"
_MARK = "<!-- figures: python -m benchmarks.triage_accuracy --docs -->"
_ROUTES = {"emergency": "119", "police": "112", "suicide": "109"}


def certain_danger(found: Judgement) -> bool:
    """Whether the duty desk acts on a judgement without asking whether somebody is in danger."""
    return found.type.level == "P0" and found.certain


def sentences(name: str) -> list[tuple[str, str]]:
    """(route, sentence) of one file of ``tests/services/triage/danger``; everyday talk has the route none."""
    route = ""
    found: list[tuple[str, str]] = []
    for line in (_TESTS / "danger" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            route = line[1:]
        elif line and line[0] != "#":
            found.append((route, line))
    return found


def danger_figures(name: str, triage: Triage) -> str:
    """Misses, false alarms and needless questions on one file: of the detector, of the whole triage."""
    counted: Counter[str] = Counter()
    for route, line in sentences(name):
        danger = detect_danger(line)
        found = triage.judge(line)
        heard = "unheard" if danger is None else "alarm" if danger.certain else "asked"
        judged_as = "alarm" if certain_danger(found) else "asked" if found.type.level == "P0" else "unheard"
        part = "calm" if route == "none" else "danger"
        counted[part] += 1
        counted[f"{part} {heard}"] += 1
        counted[f"triage {part} {judged_as}"] += 1
        counted["wrong"] += part == "danger" and danger is not None and _ROUTES[danger.kind] != route
    alarms = (
        f"in {counted['calm']} everyday sentences {counted['calm alarm']} alarms and "
        f"{counted['calm asked']} questions (whole triage {counted['triage calm alarm']} and "
        f"{counted['triage calm asked']})"
    )
    if not counted["danger"]:
        return alarms
    return (
        f"of {counted['danger']} dangers {counted['danger unheard']} missed and "
        f"{counted['danger asked']} asked about (whole triage {counted['triage danger unheard']} and "
        f"{counted['triage danger asked']}; {counted['wrong']} with another number), {alarms}"
    )


def examples_of(name: str) -> list[Example]:
    """The labelled utterances of one file of ``tests/services/triage``."""
    path = _TESTS / name
    return parse_examples(path.read_text(encoding="utf-8"), str(path), load_complaint_types())


Pairs = list[tuple[str, str, bool]]
"""(true code, judged code, whether it was judged a danger for certain)."""


def judged(examples: list[Example], triage: Triage) -> Pairs:
    """What triage makes of examples."""
    found = [(example.code, triage.judge(example.said)) for example in examples]
    return [(code, judgement.type.code, certain_danger(judgement)) for code, judgement in found]


def figures_of(pairs: Pairs) -> str:
    """Top-1, recall of P0, and P0 where there is none: acted on, and asked about."""
    types = load_complaint_types()
    right = sum(true == found for true, found, _ in pairs)
    danger = [found for true, found, _ in pairs if types[true].level == "P0"]
    calm = [(found, certain) for true, found, certain in pairs if types[true].level != "P0"]
    kept = sum(types[found].level == "P0" for found in danger)
    alarms = sum(certain for _, certain in calm)
    asked = sum(types[found].level == "P0" for found, _ in calm) - alarms
    return (
        f"top-1 {right / len(pairs):.1%} of {len(pairs)}, P0 found {kept} of {len(danger)}, "
        f"of {len(calm)} others {alarms} alarms ({alarms / len(calm):.1%}) and {asked} asked about"
    )


def confusion(pairs: Pairs) -> list[str]:
    """The matrix as a table, one line a type: how many are right, and what the others are taken for."""
    lines = ["| type | right | taken for |", "|---|---|---|"]
    for code in load_complaint_types():
        found = Counter(judged_as for true, judged_as, _ in pairs if true == code)
        wrong = ", ".join(f"{other} {count}" for other, count in found.most_common() if other != code)
        lines.append(f"| {code} | {found[code]} of {found.total()} | {wrong} |")
    return lines


def main() -> None:
    """Measure and print; write the page if asked to."""
    types = load_complaint_types()
    model = load_model()
    pairs: Pairs = []
    for learnt, held_out in held_out_folds(load_examples()):
        pairs += judged(held_out, Triage(types, fit(learnt, model.vocabulary, sharpness=model.sharpness)))
    triage = load_triage()
    unseen = examples_of("unseen.txt")
    begin = time.perf_counter()
    unseen_pairs = judged(unseen, triage)
    cost_us = (time.perf_counter() - begin) / len(unseen) * 1e6
    blind_pairs = judged(examples_of("blind.txt"), triage)
    second_blind_pairs = judged(examples_of("second_blind.txt"), triage)
    lines = [
        f"* Whole ideas held out (8 folds): {figures_of(pairs)}",
        f"* Unseen utterances of known ideas (`unseen.txt`): {figures_of(unseen_pairs)}",
        f"* Blind calls (`blind.txt`): {figures_of(blind_pairs)}",
        f"* Second blind calls (`second_blind.txt`): {figures_of(second_blind_pairs)}",
        f"* Danger detector, tuned on: {danger_figures('tuned.txt', triage)}",
        f"* Danger detector, held out: {danger_figures('held_out.txt', triage)}",
        f"* Danger detector, blind everyday talk: {danger_figures('blind.txt', triage)}",
        f"* Danger detector, second blind: {danger_figures('second_blind.txt', triage)}",
    ]
    print("\n".join([*lines, f"* {cost_us:.0f} µs an utterance, slots included"]))
    if "--docs" in sys.argv:
        page = _PAGE.read_text(encoding="utf-8").split(_MARK)[0]
        table = "\n".join(confusion(pairs))
        title = "## Confusion, whole ideas held out"
        figures = "\n".join(lines)
        _PAGE.write_text(f"{page}{_MARK}\n\n{figures}\n\n{title}\n\n{table}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
