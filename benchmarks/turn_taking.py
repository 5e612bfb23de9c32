"""Turn taking on the pause corpus: how often citizens are cut off against how long they wait.

``python -m benchmarks.turn_taking [--json FILE]``

Answers with known inner pauses are spoken by espeak-ng over a simulated telephone line, judged by the real
voice activity, recogniser and understanding, in simulated time: transport and decode times are constants, so
the figures do not depend on the machine's load. The patience of all waits is swept. What a synthetic voice
cannot show: how people lengthen the last syllable, or breathe in before they go on; both would help turn
taking, neither is used."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.turn_corpus import SAMPLE_RATE_HZ, Answer, load_corpus, speak
from benchmarks.turn_simulation import TRANSPORT_MS, Ears, Heard, Judge, Outcome, Simulation, percentile
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.adapters.voice_activity.two_stage import TwoStageVoiceActivity
from voicebot.config import RecogniserSettings
from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding.completeness import judge_completeness
from voicebot.engine.judging import answer_shape
from voicebot.speech.events import Completeness, FrameHeard
from voicebot.speech.turn_taker import TurnSettings, TurnTaker

PATIENCES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5)
DECODE_MS = 15.0
"""Asking to answer with the embedded model on an idle core, from ``benchmarks.recognition_cost``."""

_CHOICES = {"도로": ("도로",), "가로등": ("가로등",), "쓰레기": ("쓰레기",), "소음": ("소음",)}


def judge_for(kind: AnswerKind) -> Judge:
    """Understanding's view of an answer to a question of this kind."""
    choices = _CHOICES if kind is AnswerKind.CHOICE else {}
    expectation = Expectation(kind=kind, choices=choices)
    return lambda text: Completeness(judge_completeness(text, expectation).value)


def hear_all(ears: Ears, answers: Sequence[Answer], noise_db: float | None) -> list[Heard]:
    """Speak answers and run voice activity over them."""
    return [
        ears.hear(speak(answer, noise_db=noise_db), answer_shape(answer.expect), judge_for(answer.expect))
        for answer in answers
    ]


def play(
    ears: Ears, heard: Sequence[Heard], settings: TurnSettings, *, prompt: bool = False
) -> list[Outcome]:
    """Play each answer to a fresh call."""
    return [Simulation(ears, one, settings, decode_ms=DECODE_MS, prompt=prompt).run() for one in heard]


def summary(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Cut-off rate and gaps of some answers."""
    gaps = [outcome.gap_ms for outcome in outcomes if outcome.gap_ms is not None and not outcome.cut_off]
    return {
        "answers": len(outcomes),
        "cut_off_percent": round(100 * sum(outcome.cut_off for outcome in outcomes) / len(outcomes), 1),
        "unanswered_percent": round(
            100 * sum(not outcome.commits for outcome in outcomes) / len(outcomes), 1
        ),
        "gap_p50_ms": round(percentile(gaps, 50)),
        "gap_p95_ms": round(percentile(gaps, 95)),
        "decodes_per_answer": round(sum(outcome.decodes for outcome in outcomes) / len(outcomes), 1),
    }


def by(heard: Sequence[Heard], outcomes: Sequence[Outcome], attribute: str) -> dict[str, dict[str, float]]:
    """Summaries by shape or by group."""
    grouped: dict[str, list[Outcome]] = defaultdict(list)
    for one, outcome in zip(heard, outcomes, strict=True):
        key = one.shape.value if attribute == "shape" else one.spoken.answer.group
        grouped[key].append(outcome)
    return {key: summary(some) for key, some in grouped.items()}


def frame_cost_us(probability: float, level_dbfs: float) -> float:
    """Processor time of one frame, the best of five runs."""
    taker = TurnTaker(TurnSettings(), SAMPLE_RATE_HZ)
    frame = FrameHeard(
        end_sample=0, duration_ms=20.0, probability=probability, level_dbfs=level_dbfs, echo=0.0
    )
    best, count = math.inf, 10_000
    for _ in range(5):
        begun = time.perf_counter()
        for index in range(count):
            frame.end_sample += 160
            taker.receive(frame, index * 0.02)
            taker.next_deadline()
        best = min(best, (time.perf_counter() - begun) / count * 1e6)
    return round(best, 2)


def measure(
    noise_db: float | None, *, faultless: bool = False, draws: Sequence[int] = (0,)
) -> dict[str, object]:
    """Everything for one line, one recogniser and some drawings of the pauses."""
    recogniser = None if faultless else WhisperRecogniser.load(RecogniserSettings())
    ears = Ears(TwoStageVoiceActivity(SAMPLE_RATE_HZ), recogniser)
    try:
        corpus = load_corpus(draws=draws, takes=8)
        heard = hear_all(ears, corpus.answers, noise_db)
        curve = {
            str(patience): by(heard, play(ears, heard, replace(TurnSettings(), patience=patience)), "shape")
            for patience in PATIENCES
        }
        groups = by(heard, play(ears, heard, TurnSettings()), "group")
        interruptions = play(
            ears, hear_all(ears, corpus.interruptions, noise_db), TurnSettings(), prompt=True
        )
        nods = play(ears, hear_all(ears, corpus.nods, noise_db), TurnSettings(), prompt=True)
    finally:
        ears.close()
    stops = [outcome.stopped_ms for outcome in interruptions if outcome.stopped_ms is not None]
    false_stops = sum(outcome.stopped_ms is not None for outcome in nods)
    return {
        "curve": curve,
        "groups": groups,
        "barge_in": {
            "interruptions": len(interruptions),
            "missed_percent": round(100 * (1 - len(stops) / len(interruptions)), 1),
            "stop_p50_ms": round(percentile(stops, 50)),
            "stop_p95_ms": round(percentile(stops, 95)),
            "nods": len(nods),
            "false_stops_percent": round(100 * false_stops / len(nods), 1),
        },
    }


def show(title: str, measured: dict[str, object]) -> None:
    """Print one measurement as tables."""
    print(f"\n{title}")
    print(f"{'patience':>9} {'shape':8} {'cut off %':>9} {'p50 ms':>7} {'p95 ms':>7} {'decodes':>8}")
    curve = measured["curve"]
    assert isinstance(curve, dict)
    for patience, shapes in curve.items():
        for shape, values in shapes.items():
            print(
                f"{patience:>9} {shape:8} {values['cut_off_percent']:9} {values['gap_p50_ms']:7} "
                f"{values['gap_p95_ms']:7} {values['decodes_per_answer']:8}"
            )
    groups = measured["groups"]
    assert isinstance(groups, dict)
    for group, values in groups.items():
        print(f"  {group:18} {values}")
    print(f"  barge-in {measured['barge_in']}")


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description="Turn taking on the pause corpus.")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--quick", action="store_true", help="the embedded recogniser on a quiet line only")
    arguments = parser.parse_args()
    figures: dict[str, object] = {
        "transport_ms": TRANSPORT_MS,
        "decode_ms": DECODE_MS,
        "frame_us": {"silent": frame_cost_us(0.02, -65.0), "voiced": frame_cost_us(0.9, -20.0)},
    }
    print(f"a frame costs {figures['frame_us']} microseconds")
    conditions: dict[str, Callable[[], dict[str, object]]] = {
        "embedded recogniser, quiet line": lambda: measure(None),
        "the same, with pauses and voices drawn anew": lambda: measure(None, draws=(1, 2, 3)),
        "embedded recogniser, noise 15 dB below speech": lambda: measure(15.0),
        "faultless recogniser, quiet line": lambda: measure(None, faultless=True),
    }
    for title, run in islice(conditions.items(), 1 if arguments.quick else None):
        measured = run()
        figures[title] = measured
        show(title, measured)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
