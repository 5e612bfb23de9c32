"""A relay that is killed at any moment: every message arrives at least once, and few of them twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.engine.events.scene import Clock, Receiver, put
from voicebot.adapters.records.records import Records, open_records
from voicebot.engine.events.relay import CLAIM_S, MOST_IN_A_ROUND, Relay

ROOT = Path(__file__).resolve().parents[3]
_KILLS = 3
_MESSAGES = 300


def _sent(url: str, run: int, kill_after: int | None) -> list[str]:
    """Relay, and kill it after so many messages where a number is given; what it sent."""
    command = [sys.executable, "-m", "tests.engine.events.sends_and_tells", url, str(run * 120)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        sent = [process.stdout.readline().strip() for _ in range(kill_after or 0)]
        if kill_after is not None:
            process.send_signal(signal.SIGKILL)
        sent += process.stdout.read().split()
    assert kill_after is not None or process.returncode == 0
    return [one for one in sent if one]


async def test_killed_processes_lose_nothing(url: str) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    draw = random.Random(seed)
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        ids = await put(records, "call", _MESSAGES)
        steps = await put(records, "case", 20, number="1001")
    sent: list[str] = []
    for run in range(_KILLS):
        sent += _sent(url, run, draw.randrange(1, _MESSAGES // 4))
    sent += _sent(url, _KILLS, None)
    assert set(sent) == {*ids, *steps}
    assert len(sent) - len(set(sent)) <= _KILLS * MOST_IN_A_ROUND
    assert [one for one in dict.fromkeys(sent) if one in steps] == steps


class _Killed(BaseException):
    """The process is gone: nothing is caught, nothing is written any more."""


@dataclass(slots=True)
class _Mortal:
    """An outbox whose process dies just before or just after one of its works (``ports.MessageQueue``)."""

    records: Records
    works_left: int
    after: bool

    async def _do(self, work: Any) -> Any:
        self.works_left -= 1
        if self.works_left == 0 and not self.after:
            work.close()
            raise _Killed
        done = await work
        if self.works_left == 0:
            raise _Killed
        return done

    async def claim(self, destination: str, now: datetime, until: datetime, limit: int) -> Any:
        return await self._do(self.records.outbox.claim(destination, now, until, limit))

    async def release(self, messages: Any, at: datetime) -> None:
        await self._do(self.records.outbox.release(messages, at))

    async def delivered(self, messages: Any, at: datetime) -> None:
        await self._do(self.records.outbox.delivered(messages, at))

    async def failed(self, message: Any, error: str, next_try_at: datetime) -> None:
        await self._do(self.records.outbox.failed(message, error, next_try_at))

    async def refused(self, message: Any, error: str, at: datetime) -> None:
        await self._do(self.records.outbox.refused(message, error, at))


@pytest.mark.parametrize("number", range(5))
async def test_whatever_was_being_written_down_when_it_died(records: Records, number: int) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    draw = random.Random(seed)
    ids = await put(records, "call", 30)
    steps = await put(records, "case", 8, number="1001")
    clock, receiver = Clock(), Receiver()
    while await records.outbox.depth("mqtt"):
        mortal = _Mortal(records, draw.randint(1, 9), after=draw.random() < 0.5)
        relay = Relay(
            "mqtt",
            mortal,
            receiver,
            now=clock,
            jitter=draw.random,
            rate_per_s=draw.choice((3.0, 20.0)),
            most_at_once=4,
        )
        try:
            for _ in range(20):
                clock.pass_s(await relay.round())
        except _Killed:
            clock.pass_s(CLAIM_S + 1)
    assert set(receiver.ids) == {*ids, *steps}
    assert [one for one in dict.fromkeys(receiver.ids) if one in steps] == steps
