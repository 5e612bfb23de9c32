"""Many simulated citizens on one stage, for the benchmarks that make real calls."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.host import HostWatch
from voicebot.testing.awake import awake
from voicebot.testing.calling import SipTarget, run_persona
from voicebot.testing.exchange import open_exchange
from voicebot.testing.persona import Answer, Persona, Voice
from voicebot.testing.rendering import render_persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.timeline.record import Timeline, parse

FLOWS = Path(__file__).parent / "flows"

NUMBERS = {
    "2001": str(FLOWS / "closed_questions.yaml"),
    "2002": str(FLOWS / "open_questions.yaml"),
    "2003": str(FLOWS / "long_prompts.yaml"),
}
"""Called number → the flow that answers."""

VARIANTS = ("", "m1", "m3", "m7", "f2", "f3", "f5")
"""eSpeak NG voices of different pitch and timbre."""

_BETWEEN_CALLS_S = 0.13
"""Calls begin one after the other: citizens do not all dial, or answer, at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What came of the calls."""

    reports: tuple[CallReport, ...]
    timelines: tuple[Timeline, ...]
    stolen_by_host_percent: float


def voice(dice: random.Random) -> Voice:
    """Anyone's voice."""
    return Voice(
        variant=dice.choice(VARIANTS),
        words_per_minute=dice.randint(130, 170),
        pitch=dice.randint(35, 65),
    )


def citizen(
    number: int, answers: Sequence[Answer], default: Answer | None, *, end_of_turn_ms: int = 500
) -> Persona:
    """One citizen; the same number is the same person in every run."""
    dice = random.Random(number)
    return Persona(
        name=f"citizen {number}",
        service="duty",
        caller_id=f"0100000{number:04d}",
        seed=number,
        voice=voice(dice),
        end_of_turn_ms=end_of_turn_ms,
        answers=tuple(answers),
        default=default,
        longest_call_s=240,
    )


async def hold_calls(
    personas: Sequence[Persona], number: str, *, at_once: int, settings: Mapping[str, Mapping[str, object]]
) -> Sample:
    """Let all citizens call, so many at once, on a stage of their own."""
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder, awake():
        options = StageOptions(
            folder=Path(folder) / "stage",
            numbers=NUMBERS,
            settings=settings,
            most_calls=max(10, at_once + 10),
        )
        async with open_stage(options) as stage, open_exchange(stage.citizens) as exchange:
            repertoires = [await render_persona(persona) for persona in personas]
            gate = asyncio.Semaphore(at_once)
            tasks: list[asyncio.Task[CallReport]] = []

            async def one(index: int) -> CallReport:
                async with gate:
                    return await run_persona(
                        personas[index], SipTarget(number=number), exchange, repertoires[index]
                    )

            host = HostWatch()
            async with asyncio.TaskGroup() as group:
                for index in range(len(personas)):
                    tasks.append(group.create_task(one(index)))
                    await asyncio.sleep(_BETWEEN_CALLS_S)
            stolen_percent = host.stolen_percent()
            # The engine's end of a timeline is on the disk a second after the end of its call.
            await asyncio.sleep(1.5)
            return Sample(
                reports=tuple(task.result() for task in tasks),
                timelines=tuple(_timelines(stage)),
                stolen_by_host_percent=stolen_percent,
            )


def _timelines(stage: Stage) -> list[Timeline]:
    return [
        parse(path.read_text(encoding="utf-8").splitlines(keepends=True), path.name)
        for path in sorted(stage.timelines_so_far())
    ]


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile; ``None`` without values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
