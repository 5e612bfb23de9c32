"""Calls by many personas at once, on one stage, held again where one went wrong."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.machine import MACHINE
from voicebot.adapters.records.records import Records, open_records
from voicebot.ports import Recogniser
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.persona import Persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import Stage, StageOptions, known_of, open_stage
from voicebot.testing.stage_call import hold_call, read_timeline

NUMBERS = {"duty": "1000", "care": "1001", "welfare": "1002"}
"""Service → its number, on every stage that has it."""

_TICK_S = 0.02
_STALL_S = 0.15
"""An event loop that stood still for so long tore a hole into what a citizen was saying: longer than the
silence after which a complete answer may be taken to have ended."""
_SKIPPED_FRAMES = 8
"""The same for the engine, which counts the frames of 20 ms that its clock skipped."""
_AT_ONCE_AGAIN = 2
"""Calls that are held again, at once: the machine has shown that it cannot hold many."""
_MORE_ATTEMPTS = 2
"""For a call that went wrong while the machine stood still; on a calm machine it has one."""


def records_of(stage: Stage) -> AbstractAsyncContextManager[Records]:
    """The engine's records, beside the engine."""
    return open_records(stage.records_url, stage.records_keys, at=datetime.now(UTC))


class Stalls:
    """Notes when this process, whose event loop is every citizen's voice, stood still."""

    def __init__(self) -> None:
        self._noted: list[tuple[float, float]] = []

    async def watch(self) -> None:
        """Watch until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(_TICK_S)
            late_s = time.monotonic() - began - _TICK_S
            if late_s > _STALL_S:
                self._noted.append((time.monotonic(), late_s))

    def longest_since(self, began: float) -> float:
        """Seconds of the longest stall since then; 0 if there was none."""
        return max((late_s for at, late_s in self._noted if at >= began), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCall:
    """What came of a call, and whether it can be judged by the clock."""

    report: CallReport
    timeline: Path
    wrong: str
    """What the persona did not get; empty if nothing."""
    disturbed: str
    """How the machine stood still during the call, which cuts answers in two; empty if it did not."""

    def keeps(self, promise: bool, broken: str) -> None:
        """Assert what depends on the clock; if it is broken and the machine stood still, skip the test."""
        if not promise and self.disturbed:
            pytest.skip(f"{broken}; {self.disturbed}")
        assert promise, broken

    @property
    def cut_off(self) -> list[str]:
        """Answers that the bot cut off."""
        return [turn.said for turn in self.report.turns if turn.cut_off]


class HeldCalls:
    """A stage with its citizens; made by ``open_calls``."""

    def __init__(
        self, stage: Stage, exchange: CitizenExchange, stalls: Stalls, recogniser: Recogniser, at_once: int
    ) -> None:
        self.stage = stage
        self._exchange = exchange
        self._stalls = stalls
        self._recogniser = recogniser
        self._gate = asyncio.Semaphore(at_once)
        self._second_gate = asyncio.Semaphore(_AT_ONCE_AGAIN)
        self._tasks: dict[str, asyncio.Task[HeldCall]] = {}

    def begin(self, name: str, persona: Persona, *, by_words: bool) -> None:
        """Let a persona call as soon as a line is free."""
        self._tasks[name] = asyncio.create_task(self._hold(persona, by_words))

    async def ended(self, name: str) -> HeldCall:
        """What came of a call; skips the test if it went wrong whenever the machine stood still."""
        call = await asyncio.shield(self._tasks[name])
        if call.wrong and call.disturbed:
            pytest.skip(f"{call.wrong}; {call.disturbed}, {_MORE_ATTEMPTS + 1} times")
        return call

    async def give_up(self) -> None:
        """Drop the calls that nobody waits for any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _hold(self, persona: Persona, by_words: bool) -> HeldCall:
        async with self._gate:
            call = await self._hold_once(persona, by_words)
        for _ in range(_MORE_ATTEMPTS):
            if not ((call.wrong or call.cut_off) and call.disturbed):
                break
            async with self._second_gate:
                call = await self._hold_once(persona, by_words)
        return call

    async def _hold_once(self, persona: Persona, by_words: bool) -> HeldCall:
        began = time.monotonic()
        recogniser = self._recogniser if by_words else None
        number = NUMBERS[persona.service]
        call = await hold_call(self.stage, self._exchange, persona, number, recogniser=recogniser)
        assert call.timeline is not None, "the engine wrote no timeline"
        wrong = call.report.shortfalls(persona.expect)
        return HeldCall(
            report=call.report,
            timeline=call.timeline,
            wrong="; ".join(wrong),
            disturbed=self._disturbance(began, call.timeline),
        )

    def _disturbance(self, began: float, timeline: Path) -> str:
        ours_s, engine_s = self._stalls.longest_since(began), _skipped_s(timeline)
        if ours_s > 0 or engine_s > 0:
            return f"stood still: the citizens {ours_s:.2f} s at once, the engine {engine_s:.2f} s in all"
        return MACHINE.disturbance_since(began)


def _skipped_s(timeline: Path) -> float:
    """Seconds for which the engine's clock stood still during the call; 0 if they are too few to matter."""
    statistics = read_timeline(timeline).of("statistics")
    frames = max((record.number("frames_skipped") or 0.0 for record in statistics), default=0.0)
    return frames * _TICK_S if frames >= _SKIPPED_FRAMES else 0.0


@asynccontextmanager
async def open_calls(
    folder: Path, recogniser: Recogniser, at_once: int, personas: Iterable[Persona] = ()
) -> AsyncIterator[HeldCalls]:
    """Start the stage with the services of these personas and what is known of them; stopped at the end."""
    who = tuple(personas)
    numbers = {NUMBERS[persona.service]: persona.service for persona in who} or {NUMBERS["duty"]: "duty"}
    options = StageOptions(folder=folder, numbers=numbers, settings=known_of(who))
    async with open_stage(options) as stage, open_exchange(stage.citizens) as exchange:
        stalls = Stalls()
        watching = asyncio.create_task(stalls.watch())
        calls = HeldCalls(stage, exchange, stalls, recogniser, at_once)
        try:
            yield calls
        finally:
            await calls.give_up()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
