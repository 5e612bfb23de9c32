"""Whole campaigns while the database is killed, engines race and the clock is set: nobody twice, nobody lost.

The seeds are in the tests' names; ``VOICEBOT_FAULT_SEEDS=50`` takes more of them.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.databases import KEYS, made_in
from tests.engine.dialling.test_killed import MOST_STEPS, PLAN, check
from tests.engine.dialling.world import START, World, talks
from voicebot.adapters.records.records import Records, open_records
from voicebot.engine.dialling.dialler import Dialler
from voicebot.engine.dialling.live_call import LATE_EVENT_S
from voicebot.errors import RecordsError, RecordsUnavailable
from voicebot.outcome import CallResult
from voicebot.records.campaigns import CampaignState, Disposition
from voicebot.testing.postgres import Cluster

SEEDS = range(1, 1 + int(os.environ.get("VOICEBOT_FAULT_SEEDS", "2")))
PEOPLE = 15
_FEW_S, _LONG_S = 5, 900
"""Between steps while telephones ring, and while nobody is due."""


@asynccontextmanager
async def _records(url: str) -> AsyncIterator[Records]:
    async with open_records(url, KEYS, at=START, destinations=("mqtt",)) as opened:
        yield opened


async def _over(records: Records) -> bool:
    try:
        (campaign,) = await records.campaigns.all()
    except RecordsUnavailable:
        return False  # it is starting up
    return campaign.state is CampaignState.FINISHED


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_postgresql_that_is_killed_costs_nobody_their_call(
    mortal_cluster: Cluster, seed: int
) -> None:
    draw, cluster = random.Random(seed), mortal_cluster
    async with _records(await made_in(cluster)) as records:
        world = World(records, seed=seed)
        campaign = await world.campaign(PLAN, people=PEOPLE)
        dialler, kills, until_next = world.engine(), 0, draw.randrange(5)
        for _ in range(MOST_STEPS):
            until_next -= 1
            if cluster.process is not None and kills < 3 and until_next < 0:
                kills, until_next = kills + 1, draw.randrange(3, 12)
                await _step_while_killed(cluster, dialler, draw)
            elif cluster.process is None and draw.random() < 0.3:
                cluster.start(wait=False)
            await _step(dialler)
            await world.write_down()
            if cluster.process is not None and await _over(records):
                break
            await world.go_on(_FEW_S if world.telephones or cluster.process is None else _LONG_S)
        print(f"seed {seed}: {len(world.rung)} calls, PostgreSQL killed {kills} times")
        assert kills
        dispositions = await check(world, records, campaign, PLAN, PEOPLE)
        # What may have been written as the connection broke is never dialled without a row.
        assert sum(dispositions.values()) >= PEOPLE
        assert await records.outbox.depth("mqtt") >= sum(dispositions.values())


async def _step(dialler: Dialler) -> None:
    """As ``Dialler.run`` does it: what fails is done by the next one."""
    try:
        await dialler.step()
    except RecordsError:
        pass


async def _step_while_killed(cluster: Cluster, dialler: Dialler, draw: random.Random) -> None:
    """Kill it somewhere in a step."""
    step = asyncio.ensure_future(_step(dialler))
    for _ in range(draw.randrange(400)):
        await asyncio.sleep(0)
    cluster.kill(in_order=draw.random() < 0.5)
    await step


@pytest.mark.parametrize("seed", SEEDS)
async def test_engines_that_race_on_one_postgresql(postgres_url: str, seed: int) -> None:
    """Each has connections of its own, and their steps run at the same time."""
    names = ["engine-1", "engine-2", "engine-3"]
    async with AsyncExitStack() as opened:
        records = [await opened.enter_async_context(_records(postgres_url)) for _ in names]
        world = World(records[0], seed=seed)
        campaign = await world.campaign(PLAN, people=PEOPLE)
        engines = [world.engine(name, records=own) for name, own in zip(names, records, strict=True)]
        for _ in range(MOST_STEPS):
            await asyncio.gather(*(engine.step() for engine in engines))
            if await _over(records[0]):
                break
            await world.go_on(_FEW_S if world.telephones else _LONG_S)
        dispositions = await check(world, records[0], campaign, PLAN, PEOPLE)
        assert Disposition.UNKNOWN not in dispositions
        by_engine = {
            attempt.engine
            for person in range(1, PEOPLE + 1)
            for attempt in await records[0].attempts.of_person(person)
        }
        print(f"seed {seed}: {len(world.rung)} calls by {len(by_engine)} engines")
        assert len(by_engine) > 1, "there was no race"


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_clock_that_is_set_calls_nobody_twice(sqlite_url: str, seed: int) -> None:
    """Back and forth, by seconds and by hours, while calls are under way."""
    async with _records(sqlite_url) as records:
        await _with_a_clock_that_jumps(records, seed)


async def _with_a_clock_that_jumps(records: Records, seed: int) -> None:
    draw = random.Random(seed)
    world = World(records, seed=seed)
    campaign = await world.campaign(PLAN, people=PEOPLE)
    engines, jumps = [world.engine("engine-1"), world.engine("engine-2")], 0
    for _ in range(MOST_STEPS):
        if draw.random() < 0.6 and jumps < 30:
            jumps += 1
            world.jumped_s += (
                draw.choice((-1, 1)) * draw.choice((1, 60, 3600, 4 * 3600, 86400)) * draw.random()
            )
        for engine in engines:
            await engine.step()
        if await _over(records):
            break
        await world.go_on(_FEW_S if world.telephones else _LONG_S)
    print(f"seed {seed}: {len(world.rung)} calls, the clock set {jumps} times")
    assert jumps
    await check(world, records, campaign, PLAN, PEOPLE, by_clock=False)


@pytest.mark.parametrize("wrong_s", [-86400.0, 4 * 3600.0, 86400.0])
async def test_an_engine_whose_clock_is_wrong_leaves_the_calls_of_another_alone(
    sqlite_url: str, wrong_s: float
) -> None:
    """Each has an Asterisk of its own, and does not see the other's channels."""
    async with _records(sqlite_url) as records:
        here = World(records, seed=1, behaviours=lambda chance, number: talks(CallResult.COMPLETED, 60))
        await here.campaign(PLAN, people=1)
        engine = here.engine("engine-1")
        await engine.step()
        elsewhere = World(records, seed=2, jumped_s=wrong_s)
        other = elsewhere.engine("engine-2")
        for _ in range(20):
            await other.step()
            await elsewhere.go_on(60)
        assert await _ended(records) == [None]
        await here.go_on(100)
        await engine.step()
        assert await _ended(records) == [Disposition.ANSWERED]


async def test_what_an_engine_that_never_comes_back_has_left_is_ended_by_another(sqlite_url: str) -> None:
    async with _records(sqlite_url) as records:
        here = World(records, seed=1, behaviours=lambda chance, number: talks(CallResult.COMPLETED, 60))
        await here.campaign(PLAN, people=1)
        await here.engine("engine-1").step()
        elsewhere = World(records, seed=2)
        other = elsewhere.engine("engine-2")
        await other.step()
        await elsewhere.go_on(2.9 * 3600)
        await other.step()
        assert await _ended(records) == [None]
        await elsewhere.go_on(0.2 * 3600)
        await other.step()  # finds it gone
        await elsewhere.go_on(LATE_EVENT_S)
        await other.step()
        assert await _ended(records) == [Disposition.UNKNOWN]


async def _ended(records: Records) -> list[Disposition | None]:
    return [attempt.disposition for attempt in await records.attempts.of_person(1)]
