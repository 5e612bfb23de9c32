"""Calls by many personas at once, on one stage, each held again if the machine itself disturbed it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from voicebot.ports import Recogniser
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.persona import Persona
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.testing.stage_call import StageCall, hold_call, read_timeline

NUMBER = "1000"
"""The duty desk's, on every stage."""

_TICK_S = 0.02
_STALL_S = 0.15
"""An event loop that stood still for so long tore a hole into what a citizen was saying: longer than the
silence after which a complete answer may be taken to have ended."""
_ATTEMPTS = 2


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

    def since(self, began: float) -> list[float]:
        """Seconds of each stall since then."""
        return [late_s for at, late_s in self._noted if at >= began]


class HeldCalls:
    """A stage with its citizens; made by ``open_calls``."""

    def __init__(
        self, stage: Stage, exchange: CitizenExchange, stalls: Stalls, recogniser: Recogniser, at_once: int
    ) -> None:
        self.stage = stage
        self.exchange = exchange
        self._stalls = stalls
        self._recogniser = recogniser
        self._gate = asyncio.Semaphore(at_once)
        self._tasks: dict[str, asyncio.Task[StageCall]] = {}

    def begin(self, name: str, persona: Persona, *, by_words: bool) -> None:
        """Let a persona call as soon as a line is free."""
        self._tasks[name] = asyncio.create_task(self._hold(persona, by_words))

    async def ended(self, name: str) -> StageCall:
        """What came of a call."""
        return await asyncio.shield(self._tasks[name])

    async def give_up(self) -> None:
        """Drop the calls that nobody waits for any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _hold(self, persona: Persona, by_words: bool) -> StageCall:
        recogniser = self._recogniser if by_words else None
        async with self._gate:
            for attempt in range(_ATTEMPTS):
                began = time.monotonic()
                call = await hold_call(self.stage, self.exchange, persona, NUMBER, recogniser=recogniser)
                undisturbed = not (self._stalls.since(began) or _engine_stalled(call.timeline))
                if undisturbed or not call.report.shortfalls(persona.expect) or attempt + 1 == _ATTEMPTS:
                    return call
        raise AssertionError("the last attempt returns")


def _engine_stalled(timeline: Path | None) -> bool:
    """Whether the engine's clock stood still during the call, by its own statistics."""
    if timeline is None:
        return True
    skipped = [record.number("frames_skipped") or 0.0 for record in read_timeline(timeline).of("statistics")]
    return not skipped or max(skipped) > 0


@asynccontextmanager
async def open_calls(folder: Path, recogniser: Recogniser, at_once: int) -> AsyncIterator[HeldCalls]:
    """Start the stage; everything is taken down at the end."""
    async with open_stage(StageOptions(folder=folder)) as stage, open_exchange(stage.citizens) as exchange:
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
