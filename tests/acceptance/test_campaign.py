"""A campaign through two real Asterisks whose engine is killed at random moments, and its Asterisk once."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from voicebot.records.campaigns import Disposition
from voicebot.testing.stage import StageOptions, open_stage
from voicebot.testing.town import Behaviour, people
from voicebot.testing.town_campaign import (
    NAME,
    NUMBERS,
    TownCampaign,
    apart,
    kill_engine,
    morning,
    restart_asterisk,
)
from voicebot.testing.town_verdict import EXPECTED, Outage, Verdict

pytestmark = pytest.mark.real_time

PEOPLE = 40
AT_ONCE = 12
PER_SECOND = 4.0
RATE = 20.0
"""A minute until a busy citizen is called again lasts three seconds."""
KILLS = 3
WITHIN_S = 14.0
"""Two thirds of what the campaign takes undisturbed."""
DOWN_S = 1.5
LIMIT_S = 120.0
SHARES = dict.fromkeys(Behaviour, 1.0) | {Behaviour.KEYS: 3.0}

SEED = int(os.environ.get("VOICEBOT_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
"""A new one in each session, so that the kills fall on other moments each time."""


async def test_nobody_is_called_twice_or_lost(asterisk_root: None, tmp_path: Path) -> None:
    print(f"VOICEBOT_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    clock = morning(time.time(), RATE)
    options = StageOptions(
        folder=tmp_path / "stage",
        numbers=NUMBERS,
        settings={"most_calls": 60},
        officers=(),
        serve=("benchmarks.engine_at", *clock.arguments()),
    )
    async with open_stage(options) as stage:
        town = people(SHARES, PEOPLE)
        campaign = TownCampaign(stage=stage, clock=clock, people=town)
        await campaign.start(at_once=AT_ONCE, per_second=PER_SECOND)
        outages: list[Outage] = []
        pauses = apart(dice, KILLS + 1, WITHIN_S)
        asterisk_dies = dice.randrange(len(pauses))
        for number, pause_s in enumerate(pauses):
            await asyncio.sleep(pause_s)
            if number == asterisk_dies:
                outages.append(await restart_asterisk(stage))
            else:
                outages.append(await kill_engine(stage, dice.uniform(0.0, DOWN_S)))
        await campaign.finish(LIMIT_S)
        print(f"finished {time.time() - clock.began:.0f} s after the stage was asked for")
        verdict = await campaign.verdict(outages)
        print(
            f"{verdict.attempts} attempts, {verdict.touched} touched, {verdict.rings} rings: {verdict.ends}"
        )
        assert verdict.wrong == ()
        assert _clear(verdict) == []
        await _status_and_export_agree(campaign, verdict, tmp_path / "result.csv")


def _clear(verdict: Verdict) -> list[str]:
    """What was misjudged of those whose telephones tell it without anybody listening.

    What was said is recognised as well as it is: other tests and benchmarks measure that.
    """
    spoken = (Behaviour.VOICE, Behaviour.MAILBOX, Behaviour.OPTS_OUT)
    return [line for line in verdict.misjudged if not any(f" {who.name}:" in line for who in spoken)]


async def _status_and_export_agree(campaign: TownCampaign, verdict: Verdict, table: Path) -> None:
    status = json.loads(await campaign.command("status", NAME, "--json"))
    assert status["state"] == "finished"
    assert sum(status["targets"].values()) == PEOPLE
    assert status["targets"]["waiting"] == status["targets"]["dialling"] == 0
    ends: Counter[str] = Counter()
    for (_, disposition), count in verdict.ends.items():
        ends[disposition] += count
    assert status["attempts"] == dict(ends)
    await campaign.command("export", NAME, str(table), "--numbers")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["전화번호"].replace("-", ""): row for row in csv.DictReader(file)}
    assert rows.keys() == campaign.people.keys()
    assert sum(int(row["시도"]) for row in rows.values()) == verdict.attempts
    for number, behaviour in campaign.people.items():
        if behaviour is Behaviour.GONE and rows[number]["통화"] == Disposition.INVALID_NUMBER:
            assert rows[number]["상태"] == "excluded"
    assert {row["통화"] for row in rows.values()} <= {"unknown", "answered", "network"} | {
        disposition.value for disposition, _ in EXPECTED.values()
    }
