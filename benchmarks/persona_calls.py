"""How many real calls by personas come to what they expect, quiet and with noise 15 dB below speech.

``python -m benchmarks.persona_calls [--json FILE] [--quick] [--service NAME] [--runs N] [--minutes M]``

Every persona that comes with voicebot calls its service through two real Asterisks, several times on either
line: the first time with its own voice, then with others; the noise differs each time. The citizens answer
what they recognise of the bot's questions. A call counts if its result, reason, slots, works, report and case
are as the persona says; how many answers were cut off is another matter (``turn_taking``, ``response_gap``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.citizens import VARIANTS
from benchmarks.host import HostWatch
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.config import RecogniserSettings
from voicebot.testing.awake import awake
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.persona import Persona, load_persona
from voicebot.testing.stage import Stage, StageOptions, known_of, open_stage
from voicebot.testing.stage_call import hold_call

PERSONAS = Path(__file__).parent.parent / "voicebot/testing/personas"
NUMBERS = {"duty": "1000", "care": "1001", "welfare": "1002"}
NOISE_SNR_DB = 15.0
"""A street beside an open window; the product's promise is made for it."""
LINES: dict[str, float | None] = {"quiet line": None, "noise 15 dB below speech": NOISE_SNR_DB}
TARGET_PERCENT = 95.0

PROMPTS = Path("run/prompts").absolute()
"""Rendered once for all runs, and by the engine: three services have some hundred prompts."""

RUNS = 3
AT_ONCE = 3
"""Both sides of each call are recognised on the same cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call to be held."""

    file: str
    line: str
    run: int
    persona: Persona


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of one."""

    attempt: Attempt
    shortfalls: tuple[str, ...]
    misheard: tuple[str, ...]
    """``said → heard`` of the answers that were heard otherwise."""


def attempts(personas: dict[str, Persona], runs: int) -> list[Attempt]:
    """Every persona on every line, so many times."""
    return [
        Attempt(file=file, line=line, run=run, persona=_caller(persona, noise_db, run))
        for run in range(1, runs + 1)
        for file, persona in personas.items()
        for line, noise_db in LINES.items()
    ]


def _caller(persona: Persona, noise_db: float | None, run: int) -> Persona:
    """The persona with this line's noise (its own, if stronger), and from the second run on another voice."""
    own_db = persona.line.noise_snr_db
    snr_db = min((db for db in (own_db, noise_db) if db is not None), default=None)
    voice = persona.voice
    if run > 1:
        others = [variant for variant in VARIANTS if variant != voice.variant]
        voice = voice.model_copy(update={"variant": random.Random(f"{persona.name} {run}").choice(others)})
    return persona.model_copy(
        update={
            "seed": persona.seed + 1000 * run,
            "voice": voice,
            "line": persona.line.model_copy(update={"noise_snr_db": snr_db}),
            "expect": persona.expect.model_copy(update={"most_cut_off": None}),
        }
    )


async def measure(planned: Sequence[Attempt], at_once: int, limit_s: float) -> tuple[list[Held], float]:
    """Hold the calls; also the percentage of time that the host kept the processors.

    Args:
        planned: In this order.
        at_once: So many at a time.
        limit_s: After so many seconds no further call is begun.
    """
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder, awake():
        options = StageOptions(
            folder=Path(folder) / "stage",
            numbers={number: service for service, number in NUMBERS.items()},
            settings={
                **known_of(attempt.persona for attempt in planned),
                "tts": {"cache_dir": str(PROMPTS)},
            },
        )
        recogniser = WhisperRecogniser.load(RecogniserSettings())
        try:
            async with open_stage(options) as stage, open_exchange(stage.citizens) as exchange:
                host = HostWatch()
                held = await _hold_all(stage, exchange, recogniser, planned, at_once, limit_s)
                return held, host.stolen_percent()
        finally:
            await recogniser.close()


async def _hold_all(
    stage: Stage,
    exchange: CitizenExchange,
    recogniser: WhisperRecogniser,
    planned: Sequence[Attempt],
    at_once: int,
    limit_s: float,
) -> list[Held]:
    until = time.monotonic() + limit_s
    gate = asyncio.Semaphore(at_once)
    # A citizen is known by the number, so that nobody calls twice at a time.
    lines_of = {attempt.file: asyncio.Lock() for attempt in planned}
    done: list[Held] = []

    async def one(attempt: Attempt) -> None:
        async with lines_of[attempt.file], gate:
            if time.monotonic() > until:
                return
            number = NUMBERS[attempt.persona.service]
            call = await hold_call(stage, exchange, attempt.persona, number, recogniser=recogniser)
        misheard = tuple(
            f"{turn.said} → {turn.heard}"
            for turn in call.report.turns
            if turn.said and turn.said != turn.heard
        )
        shortfalls = tuple(call.report.shortfalls(attempt.persona.expect))
        done.append(Held(attempt=attempt, shortfalls=shortfalls, misheard=misheard))
        print(f"[{len(done)}/{len(planned)}] {_told(done[-1])}", flush=True)

    async with asyncio.TaskGroup() as tasks:
        for attempt in planned:
            tasks.create_task(one(attempt))
    return done


def _told(held: Held) -> str:
    came_to = "; ".join(held.shortfalls) or "as expected"
    if held.shortfalls and held.misheard:
        came_to += f" (misheard: {'; '.join(held.misheard)})"
    return f"{held.attempt.file}, {held.attempt.line}, run {held.attempt.run}: {came_to}"


def summary(held: Sequence[Held], stolen_percent: float) -> dict[str, Any]:
    """The figures."""
    lines = []
    for line in LINES:
        calls = [each for each in held if each.attempt.line == line]
        reached = sum(not each.shortfalls for each in calls)
        by_service = {
            service: [not each.shortfalls for each in calls if each.attempt.persona.service == service]
            for service in NUMBERS
        }
        lines.append(
            {
                "line": line,
                "calls": len(calls),
                "reached": reached,
                "percent": round(100 * reached / max(1, len(calls)), 1),
                "by_service": {
                    service: f"{sum(good)} of {len(good)}" for service, good in by_service.items() if good
                },
            }
        )
    missed = [
        {
            "persona": each.attempt.file,
            "line": each.attempt.line,
            "run": each.attempt.run,
            "shortfalls": list(each.shortfalls),
            "misheard": list(each.misheard),
        }
        for each in held
        if each.shortfalls
    ]
    return {
        "benchmark": "persona_calls",
        "target_percent": TARGET_PERCENT,
        "lines": lines,
        "missed": missed,
        "stolen_by_host_percent": stolen_percent,
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one run")
    parser.add_argument("--service", action="append", choices=[*NUMBERS], help="only these; may be repeated")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--minutes", type=float, help="begin no call later, and shuffle them")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    chosen = parser.parse_args()
    personas = {path.stem: load_persona(path) for path in sorted(PERSONAS.glob("*.yaml"))}
    services = chosen.service or [*NUMBERS]
    asked = {file: persona for file, persona in personas.items() if persona.service in services}
    planned = attempts(asked, 1 if chosen.quick else chosen.runs)
    if chosen.minutes is not None:
        random.Random(0).shuffle(planned)  # what is left out is left to chance
    limit_s = float("inf") if chosen.minutes is None else 60.0 * chosen.minutes
    held, stolen_percent = asyncio.run(measure(planned, chosen.at_once, limit_s))
    result = summary(held, stolen_percent)
    for line in result["lines"]:
        reached = f"{line['reached']} of {line['calls']} ({line['percent']} %)"
        print(f"{line['line']}: {reached}, {line['by_service']}")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
