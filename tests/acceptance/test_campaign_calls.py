"""A campaign through two real Asterisks: citizens who answer, are busy, or let it ring."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import count
from pathlib import Path

from tests.acceptance.fault_hands import until
from tests.acceptance.plain_calls import Citizen, citizen_of
from tests.campaigns.plans import once, seoul
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.stream import EventStream
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.campaigns.plan import as_settings
from voicebot.engine.dialling.asterisk_trunk import AsteriskTrunk, tell
from voicebot.engine.dialling.dialler import Dialler
from voicebot.records.campaigns import CampaignState, Disposition
from voicebot.records.people import NewPerson

NOW = seoul("2026-12-01 10:30")
KEYS = Keyring([b"1" * 32])
PEOPLE = 12
PLAN = once(
    service="care",
    ring_seconds=10,
    pace={"at_once": 4, "per_second": 4, "keep_free": 0},
    breaker={"share": 1.0, "least_calls": 100},
)
LIMIT_S = 120.0
BEHAVIOURS = ("answer", "busy", "ring")
"""By the last digit of the number."""


async def test_every_call_of_a_campaign_ends_in_one_disposition(
    engine_asterisk: EmbeddedAsterisk, citizen_asterisk: EmbeddedAsterisk, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/records.db"
    database = Database(url, KEYS)
    await upgrade(database)
    await database.close()
    found = engine_asterisk.endpoints
    address = f"http://{found.host}:{found.ari_port}"
    async with (
        open_records(url, KEYS, at=NOW) as records,
        citizen_of(citizen_asterisk.endpoints) as citizen,
        AriClient(address, found.ari_user, found.ari_password, found.application) as ari,
    ):
        await _campaign(records)
        dialler = _dialler(records, ari)
        stop = asyncio.Event()
        async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(
                EventStream(ari, Backoff(random.random)).run(lambda event: tell(dialler, event))
            )
            living = tasks.create_task(_live(citizen))
            dialling = tasks.create_task(dialler.run(stop))
            await until(lambda: _all_ended(records), "everybody's attempt has ended", LIMIT_S)
            stop.set()
            await dialling
            reading.cancel()
            living.cancel()
        assert Counter(await _ended(records)) == {
            Disposition.ANSWERED: PEOPLE // 3,
            Disposition.BUSY: PEOPLE // 3,
            Disposition.NO_ANSWER: PEOPLE // 3,
        }


async def _campaign(records: Records) -> None:
    id = await records.campaigns.create(
        PLAN.name, service="care", settings=as_settings(PLAN), by="kim", at=NOW
    )
    people = [NewPerson(phone=f"+821020000{number // 3:02}{number % 3}") for number in range(PEOPLE)]
    ids = await records.people.enrol_many(people, at=NOW)
    await records.campaigns.add_targets(id, ids, due_at=NOW)
    await records.campaigns.set_state(id, CampaignState.RUNNING, by="kim", at=NOW)


def _dialler(records: Records, ari: AriClient) -> Dialler:
    numbers = count(1)
    return Dialler(
        records=records,
        trunk=AsteriskTrunk(ari),
        engine="acceptance",
        calls_now=lambda: 0,
        lines=60,
        wall_clock=lambda: NOW,  # so that the hours hold whenever the tests run, and nobody is retried
        monotonic=asyncio.get_running_loop().time,
        new_id=lambda: f"attempt-acceptance-{next(numbers)}",
    )


async def _ended(records: Records) -> list[Disposition]:
    found = []
    for person_id in range(1, PEOPLE + 1):
        attempts = await records.attempts.of_person(person_id)
        found += [attempt.disposition for attempt in attempts if attempt.disposition is not None]
    return found


async def _all_ended(records: Records) -> bool:
    return len(await _ended(records)) == PEOPLE


async def _live(citizen: Citizen) -> None:
    """Do what citizens do when their telephone rings."""
    async with asyncio.TaskGroup() as tasks:
        while True:
            event = await citizen.events.get()
            if event["type"] == "StasisStart" and event["args"][:1] == ["incoming"]:
                behaviour = BEHAVIOURS[int(event["args"][1][-1])]
                tasks.create_task(_behave(citizen, event["channel"]["id"], behaviour))


async def _behave(citizen: Citizen, channel: str, behaviour: str) -> None:
    if behaviour == "ring":
        return
    if behaviour == "answer":
        await citizen.post(f"/channels/{channel}/answer")
        await asyncio.sleep(2.0)  # a conversation
    reason = "normal" if behaviour == "answer" else behaviour
    await citizen.session.delete(f"{citizen.base}/channels/{channel}", params={"reason": reason})
