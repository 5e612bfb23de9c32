"""The database is killed under a relay, and the clock is set: every message arrives, steps in order.

The seeds are in the tests' names; ``VOICEBOT_FAULT_SEEDS=50`` takes more of them.
"""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.databases import made_in
from tests.engine.events.scene import Clock, Receiver, put, relay_of
from voicebot.adapters.records.records import Records, open_records
from voicebot.engine.events.relay import CLAIM_S, MOST_IN_A_ROUND, Relay
from voicebot.errors import RecordsError, RecordsUnavailable
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Failed, Postponed, Verdict
from voicebot.testing.postgres import Cluster

SEEDS = range(1, 1 + int(os.environ.get("VOICEBOT_FAULT_SEEDS", "3")))
_KILLS = 3
_LONGEST_WAIT_S = 60.0
"""The valve's: nothing may keep a relay from its outbox for longer, whatever the clock is set to."""


async def _round(relay: Relay, clock: Clock) -> None:
    """As ``Relay.run`` does it: what fails is done by the next one."""
    try:
        clock.pass_s(max(await relay.round(), 0.001))
    except RecordsError:
        clock.pass_s(1.0)


async def _answers(records: Records) -> bool:
    try:
        await records.database.check()
    except RecordsUnavailable:
        return False
    return True


async def _round_while_killed(cluster: Cluster, relay: Relay, clock: Clock, draw: random.Random) -> None:
    """Kill the database somewhere in a round."""
    working = asyncio.ensure_future(_round(relay, clock))
    for _ in range(draw.randrange(400)):
        await asyncio.sleep(0)
    cluster.kill(in_order=draw.random() < 0.5)
    await working


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_postgresql_that_is_killed_under_the_relay(mortal_cluster: Cluster, seed: int) -> None:
    draw, clock, receiver = random.Random(seed), Clock(), Receiver()
    url = await made_in(mortal_cluster)
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        relay = relay_of(records, receiver, clock, rate_per_s=20.0)
        ids, steps = await put(records, "call", 40), await put(records, "case", 8, number="1001")
        for _ in range(_KILLS):
            for _ in range(draw.randrange(3)):
                await _round(relay, clock)
            await _round_while_killed(mortal_cluster, relay, clock, draw)
            await _round(relay, clock)
            mortal_cluster.start(wait=False)
            while not await _answers(records):
                await _round(relay, clock)
            ids += await put(records, "alert", 5)
        clock.pass_s(CLAIM_S)
        while await records.outbox.depth("mqtt"):
            await _round(relay, clock)
    twice = len(receiver.ids) - len(set(receiver.ids))
    print(f"seed {seed}: {len(ids) + len(steps)} messages, {twice} of them twice")
    assert set(receiver.ids) == {*ids, *steps}
    assert twice <= _KILLS * MOST_IN_A_ROUND
    assert [one for one in dict.fromkeys(receiver.ids) if one in steps] == steps


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_clock_that_is_set_holds_nothing_up(sqlite_url: str, seed: int) -> None:
    """Back and forth by seconds, hours and days, while the receiver comes and goes."""
    draw, clock = random.Random(seed), Clock()

    def answer(message: Message) -> Verdict:
        told = draw.random()
        if told < 0.2:
            return Failed(reason="503")
        return Postponed(reason="away") if told < 0.3 else Delivered()

    receiver = Receiver(answer=answer)
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        relay = relay_of(records, receiver, clock, rate_per_s=20.0)
        ids, steps = await put(records, "call", 40), await put(records, "case", 8, number="1001")
        passed_s, jumps = 0.0, 0
        while await records.outbox.depth("mqtt"):
            if jumps < 40:
                jumps += 1
                clock.pass_s(draw.choice((-1, 1)) * draw.choice((1, 60, 3600, 86400)) * draw.random())
            wait_s = await relay.round()
            assert wait_s <= _LONGEST_WAIT_S
            passed_s += max(wait_s, 0.001)
            clock.pass_s(max(wait_s, 0.001))
            assert passed_s < 2 * 3600, "something waits for a time that does not come"
    print(f"seed {seed}: the clock was set {jumps} times; all had arrived after {passed_s:.0f} s")
    assert set(receiver.ids) == {*ids, *steps}
    assert [one for one in dict.fromkeys(receiver.ids) if one in steps] == steps
