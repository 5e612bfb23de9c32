"""A process, or the database, is killed while it writes: what was told is kept, once and not by halves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.kept import Kept, kept, until
from tests.adapters.records.test_calls import CALL, DONE, TURN
from voicebot.adapters.records.calls import LOST
from voicebot.adapters.records.records import open_records
from voicebot.adapters.records.upgrading import make_if_none
from voicebot.errors import RecordsUnavailable
from voicebot.records.status import CaseStatus
from voicebot.testing.postgres import running_cluster

ROOT = Path(__file__).resolve().parents[3]

ROUNDS = int(os.environ.get("VOICEBOT_KILL_ROUNDS", "1"))
"""Kills a database; a round takes a second, most of it a Python that starts."""


def _killed_after(lines: int, program: str, *arguments: str) -> list[str]:
    """What a program had told when it was killed, some lines after its start."""
    command = [sys.executable, "-m", f"tests.adapters.records.{program}", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += [line for line in process.stdout if line.endswith("\n")]
    return told


def _seed(round: int) -> int:
    seed = int(os.environ.get("VOICEBOT_SEED") or random.randrange(1_000_000)) + round
    print(f"VOICEBOT_SEED={seed}")
    return seed


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_a_case_that_was_told_is_kept_whole(url: str, round: int) -> None:
    seed = _seed(round)
    told = [int(line) for line in _killed_after(random.Random(seed).randint(1, 40), "opens_cases", url)]
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        kept = await records.cases.newest(limit=1_000)
        assert set(told) <= {case.number for case in kept}
        for case in kept:
            (step,) = await records.cases.history(case.number)
            assert step.change.to is CaseStatus.RECEIVED
            assert case.details == {"what": "가로등"}
        messages = await records.outbox.due("mqtt", NOON, limit=1_000)
        assert sorted(int(message.payload["number"]) for message in messages) == sorted(
            case.number for case in kept
        )
        assert len(kept) - len(told) in (0, 1)  # kept, but killed before it could tell


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_what_a_call_told_before_the_kill_is_written_once(url: str, tmp_path: Path, round: int) -> None:
    lines = random.Random(_seed(round)).randint(1, 30)
    told = [line.split()[1] for line in _killed_after(lines, "tells_the_keeper", url, str(tmp_path))]
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        async with kept(records, tmp_path) as one:
            assert await one.keeper.drain(60)
        alerts = [alert.details["call"] for alert in await records.alerts.unseen(limit=1_000)]
        assert set(told) <= set(alerts) and len(alerts) == len(set(alerts))
        messages = await records.outbox.due("mqtt", NOON, limit=1_000)
        assert sorted(each.payload["call"] for each in messages if each.topic == "alert") == sorted(alerts)
        for call_id in told:
            call = await records.calls.get(call_id)
            assert call is not None and call.turns == (TURN,)
            # The last one was under way: its end was told, or it is lost with its engine.
            assert call.outcome in ((DONE,) if call_id != told[-1] else (DONE, LOST))


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_a_postgresql_that_is_killed_and_comes_back_has_everything_once(
    tmp_path: Path, round: int
) -> None:
    some = random.Random(_seed(round)).randint(1, 30)
    with running_cluster(durable=True) as cluster:
        await make_if_none(cluster.url(), KEYS)
        async with open_records(cluster.url(), KEYS, at=NOON, destinations=("mqtt",)) as records:
            async with kept(records, tmp_path) as one:
                told: list[int] = []
                telling = asyncio.ensure_future(_tell_calls(one, told, 40))
                await until(lambda: len(told) >= some)
                cluster.kill()
                await telling  # nobody is held up meanwhile
                await until(lambda: one.pauses.asked)
                cluster.start()
                while one.keeper.depth:
                    one.pauses.over()
                    await until(partial(_tried_again, one, len(one.pauses.asked)))
                assert await one.keeper.drain(60)
            alerts = await records.alerts.unseen(limit=1_000)
            assert sorted(int(alert.details["alert"]) for alert in alerts) == told == list(range(40))
            cases = await records.cases.newest(limit=1_000)
            assert sorted(int(case.details["about"]) for case in cases) == told
            for number in told:
                assert await records.opt_outs.stands(_phone(number), None)
                call = await records.calls.get(f"call-{number}")
                assert call is not None and (call.turns, call.outcome) == ((TURN,), DONE)
            messages = await records.outbox.due("mqtt", NOON, limit=1_000)
            assert Counter(message.topic for message in messages) == {"alert": 40, "case": 40, "call": 40}


def _phone(number: int) -> str:
    return f"0102000{number:04}"


async def _tell_calls(one: Kept, told: list[int], count: int) -> None:
    for number in range(count):
        call_id = f"call-{number}"
        one.keeper.begin(replace(CALL, call_id=call_id))
        one.keeper.add_turn(call_id, TURN)
        await one.keeper.perform(call_id, "alert", {"level": "P0", "alert": str(number)})
        await one.keeper.perform(call_id, "opt_out", {"callback": _phone(number)})
        with contextlib.suppress(RecordsUnavailable):  # the flow brings the citizen to a person
            await one.keeper.perform(call_id, "open_case", {"about": str(number)})
        one.keeper.end(call_id, DONE, {})
        told.append(number)


def _tried_again(one: Kept, before: int) -> bool:
    return one.keeper.depth == 0 or len(one.pauses.asked) > before
