"""Whole campaigns while engines are killed at random moments: nobody twice, nobody lost, one end an attempt.

The seeds are in the tests' names; ``VOICEBOT_CAMPAIGN_PEOPLE=2000`` makes the towns bigger.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.campaigns.plans import once
from tests.engine.dialling.world import Killed, World
from voicebot.adapters.records.records import Records
from voicebot.campaigns.causes import NOT_RUNG
from voicebot.campaigns.hours import may_dial_at
from voicebot.campaigns.plan import CampaignPlan
from voicebot.engine.dialling.dialler import Dialler
from voicebot.records.campaigns import CampaignState, Disposition, TargetState

PEOPLE = int(os.environ.get("VOICEBOT_CAMPAIGN_PEOPLE", "40"))
MOST_STEPS = 200_000
PLAN = once(
    pace={"at_once": 20, "per_second": 5, "keep_free": 0},
    breaker={"share": 1.0, "least_calls": 50},
    retry={"no_answer": [30], "unfinished": [20], "voicemail": [30], "most_in_all": 3},
)


class Fate:
    """Kills engines now and then, wherever they are."""

    def __init__(self, seed: int, per_chance: float) -> None:
        self.random = random.Random(seed)
        self.per_chance = per_chance
        self.kills = 0

    def __call__(self, where: str) -> None:
        if self.random.random() < self.per_chance:
            self.kills += 1
            raise Killed(where)

    def around(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Work of the records, before and after which an engine may die."""

        async def fated(*values: Any, **named: Any) -> Any:
            self("before a transaction")
            result = await work(*values, **named)
            self("after a transaction")
            return result

        return fated


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_engines_that_are_killed_call_nobody_twice_and_lose_nobody(
    records: Records, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(records, seed=seed)
    campaign = await world.campaign(PLAN, people=PEOPLE)
    fate = Fate(seed, per_chance=0.03)
    world.trouble = fate
    monkeypatch.setattr(records.attempts, "begin", fate.around(records.attempts.begin))
    monkeypatch.setattr(records.attempts, "end", fate.around(records.attempts.end))
    names = ["engine-1"] if seed % 2 else ["engine-1", "engine-2"]
    await live(world, names)
    print(f"seed {seed}: {len(world.rung)} calls, engines killed {fate.kills} times")
    assert fate.kills
    await check(world, records, campaign, PLAN, PEOPLE)


async def test_without_kills_nothing_is_unknown(records: Records) -> None:
    world = World(records, seed=9)
    campaign = await world.campaign(PLAN, people=PEOPLE)
    await live(world, ["engine-1", "engine-2"])
    dispositions = await check(world, records, campaign, PLAN, PEOPLE)
    assert Disposition.UNKNOWN not in dispositions
    assert len(dispositions) >= 6  # a town of all kinds


async def live(world: World, names: list[str]) -> None:
    """Let engines work until the campaign is over; who is killed starts again after a while."""
    engines: dict[str, Dialler] = {name: world.engine(name) for name in names}
    for _ in range(MOST_STEPS):
        for name in names:
            try:
                await engines[name].step()
            except Killed:
                world.engines.remove(engines[name])
                _die(world, engines[name])
                await world.go_on(8)
                engines[name] = world.engine(name)
        (campaign,) = await world.records.campaigns.all()
        if campaign.state is CampaignState.FINISHED:
            return
        await world.go_on(5 if world.telephones else 300)
    raise AssertionError("the campaign does not come to its end")


def _die(world: World, engine: Dialler) -> None:
    """Its conversations break off; what only rings goes on ringing."""
    for attempt_id in engine.calls:
        phone = world.telephones.get(attempt_id)
        if phone is not None:
            phone.watched = False
            if phone.is_up:
                phone.outcome = None
                phone.ends_at = min(phone.ends_at, world.now_s + 5)


async def check(
    world: World, records: Records, campaign: int, plan: CampaignPlan, people: int, *, by_clock: bool = True
) -> Counter[Disposition]:
    """Nobody twice, nobody lost, one end an attempt; returns how the attempts ended.

    Args:
        by_clock: Whether the clock has not been set, so that what follows is later.
    """
    counts = await records.campaigns.counts(campaign)
    assert counts[TargetState.DONE] + counts[TargetState.EXCLUDED] == people, counts
    rung = Counter(attempt_id for attempt_id, _, _ in world.rung)
    assert not rung or max(rung.values()) == 1, "an attempt rang twice"
    assert all(may_dial_at(plan, moment) for _, _, moment in world.rung)
    found: Counter[Disposition] = Counter()
    for person_id in range(1, people + 1):
        attempts = sorted(await records.attempts.of_person(person_id, 1000), key=lambda one: one.number)
        assert attempts, "somebody was never called"
        assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
        ended = [attempt.disposition for attempt in attempts if attempt.disposition is not None]
        assert len(ended) == len(attempts), "an attempt has no end"
        assert sum(disposition not in NOT_RUNG for disposition in ended) <= plan.retry.most_in_all
        assert Disposition.UNKNOWN not in ended[:-1], "what may have rung was dialled again"
        for before, after in pairwise(attempts):
            assert before.ended_at is not None
            assert before.ended_at <= after.begun_at or not by_clock
        for attempt in attempts:
            rung.pop(attempt.id, None)
            call = await records.calls.get(attempt.id)
            if call is not None and call.outcome is not None and call.outcome.reason == "asked":
                if call.outcome.result.value in ("completed", "refused"):
                    assert attempt is attempts[-1], "somebody was called again after all was said"
        found += Counter(ended)
    assert not rung, "a telephone rang without a row"
    return found
