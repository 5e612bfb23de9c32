"""What reports cost where much is kept: a day, a campaign that calls daily, one that calls once, a person.

``python -m benchmarks.reports [--json FILE] [--people 20000]``

A city of so many people: a tenth of them (at most 15,000) is called every day of 54 days, everybody once; a
call in thirty raises an alert, every twentieth of which nobody has seen; a quarter of those reached applies.
SQLite and PostgreSQL. What the database itself computes is in the seconds of PostgreSQL, not in its CPU
seconds; of SQLite it is in both.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.reports.reading import ReportReading
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.campaigns import AttemptRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow
from voicebot.adapters.records.upgrading import upgrade
from voicebot.campaigns.clock import SEOUL
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.records.campaigns import Disposition
from voicebot.records.people import NewPerson
from voicebot.records.status import CaseStatus
from voicebot.testing.postgres import running_cluster

FIRST = datetime(2026, 9, 23, 10, 0, tzinfo=SEOUL)
DAYS = 54
MOST_DAILY = 15_000
BATCH = 5_000
SEED = 7
REACHED = 0.85
PLANS: dict[str, tuple[str, dict[str, Any]]] = {
    "daily": ("care", {"slots": {"morning": {}}}),
    "once": ("welfare", {}),
}
_TABLES: tuple[type[Base], ...] = (AttemptRow, CallRow, AlertRow, CaseRow)


async def measure_database(url: str, people: int) -> dict[str, Any]:
    """Fill one database and read the reports."""
    keys = Keyring([os.urandom(32)])
    database = Database(url, keys)
    await upgrade(database)
    await database.close()
    async with open_records(url, keys, at=FIRST) as records:
        attempts = await _fill(records, people)
        if not url.startswith("sqlite"):
            # As its autovacuum does within a minute; the plans of tables just filled would be read instead.
            async with records.database.writing() as connection:
                await connection.execute(text("ANALYZE"))
        reading = ReportReading(records)
        daily, once = [await records.campaigns.get(name) for name in PLANS]
        person = await records.people.get(1)
        assert daily is not None and once is not None and person is not None
        day = (FIRST + timedelta(days=DAYS - 6)).date()
        return {
            "attempts": attempts,
            **await _time("day", lambda: reading.day(day)),
            **await _time("daily_campaign", lambda: reading.campaign(daily)),
            **await _time("campaign_once", lambda: reading.campaign(once)),
            **await _time("person", lambda: reading.person(person, ("meals", "sleep"))),
        }


async def _time(name: str, read: Callable[[], Awaitable[object]]) -> dict[str, float]:
    began, cpu_began = time.perf_counter(), time.process_time()
    await read()
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    return {f"{name}_s": round(seconds, 2), f"{name}_cpu_s": round(cpu_seconds, 2)}


async def _fill(records: Records, people: int) -> int:
    """Returns the number of attempts."""
    keys = records.database.keys
    targets: dict[str, list[int]] = {}
    for start in range(0, people, BATCH):
        some = range(start, min(start + BATCH, people))
        await records.people.enrol_many(
            [NewPerson(phone=f"+8210{20_000_000 + number}", name="김영희") for number in some], at=FIRST
        )
    target = 0
    for name, (service, settings) in PLANS.items():
        id = await records.campaigns.create(
            name, service=service, settings=settings, by="benchmark", at=FIRST
        )
        count = min(people // 10, MOST_DAILY) if name == "daily" else people
        for start in range(1, count + 1, BATCH):
            ids = range(start, min(start + BATCH, count + 1))
            await records.campaigns.add_targets(id, ids, due_at=FIRST)
        targets[name] = list(range(target + 1, target + count + 1))
        target += count
    details = keys.seal_details({"kind": "fall", "said": "넘어졌어요"}, "alerts.details")
    case = keys.seal_details({"kind": "welfare_application", "benefits": "gas"}, "cases.details")
    attempts = 0
    rows = _attempts(targets, random.Random(SEED))
    while some_rows := list(islice(rows, BATCH)):
        reached = [row for row in some_rows if row["disposition"] is Disposition.ANSWERED]
        calls = [_call(row) for row in reached]
        alerts = [_alert(row, place, details) for place, row in enumerate(reached[::30])]
        applied = [row for row in reached if row["campaign_id"] == 2]
        cases = [_case(row, place, case) for place, row in enumerate(applied[::4])]
        async with records.database.writing() as connection:
            for table, filled in zip(_TABLES, (some_rows, calls, alerts, cases), strict=True):
                if filled:
                    await connection.execute(insert(table), filled)
        attempts += len(some_rows)
    return attempts


def _attempts(targets: dict[str, list[int]], chance: random.Random) -> Iterator[dict[str, Any]]:
    for day in range(DAYS):
        for person, target in enumerate(targets["daily"], start=1):
            at = FIRST + timedelta(days=day, seconds=person * 0.4)
            yield _attempt(f"d{day}-{person}", 1, target, person, f"{day}", at, chance)
    for person, target in enumerate(targets["once"], start=1):
        at = FIRST + timedelta(days=person % DAYS, hours=5)
        yield _attempt(f"o-{person}", 2, target, person, "once", at, chance)


def _attempt(
    id: str, campaign: int, target: int, person: int, slot: str, at: datetime, chance: random.Random
) -> dict[str, Any]:
    reached = chance.random() < REACHED
    return {
        "id": id,
        "campaign_id": campaign,
        "target_id": target,
        "person_id": person,
        "slot": slot,
        "number": 1,
        "engine": "benchmark",
        "begun_at": at,
        "ended_at": at,
        "disposition": Disposition.ANSWERED if reached else Disposition.NO_ANSWER,
        "tech_cause": "",
    }


def _call(attempt: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": attempt["id"],
        "direction": Direction.OUTBOUND,
        "service": "care" if attempt["campaign_id"] == 1 else "welfare",
        "person_id": attempt["person_id"],
        "attempt_id": attempt["id"],
        "began_at": attempt["begun_at"],
        "ended_at": attempt["begun_at"],
        "result": CallResult.COMPLETED,
        "reason": "",
        "engine": "benchmark",
    }


def _alert(attempt: dict[str, Any], place: int, details: bytes) -> dict[str, Any]:
    seen = place % 20 > 0
    return {
        "call_id": attempt["id"],
        "person_id": attempt["person_id"],
        "kind": "fall",
        "level": ("urgent", "today", "note")[place % 3],
        "raised_at": attempt["begun_at"],
        "seen_at": attempt["begun_at"] if seen else None,
        "seen_by": "lee" if seen else "",
        "details_sealed": details,
    }


def _case(attempt: dict[str, Any], place: int, details: bytes) -> dict[str, Any]:
    done = place % 10 > 0
    return {
        "call_id": attempt["id"],
        "person_id": attempt["person_id"],
        "kind": "welfare_application",
        "type": "",
        "level": "",
        "status": CaseStatus.COMPLETED if done else CaseStatus.RECEIVED,
        "department": "",
        "assignee": "",
        "opened_at": attempt["begun_at"],
        "changed_at": attempt["begun_at"],
        "completed_at": attempt["begun_at"] if done else None,
        "details_sealed": details,
    }


def measure(people: int) -> dict[str, Any]:
    """Both databases."""
    watch = HostWatch()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(measure_database(f"sqlite:///{folder}/records.db", people))
    with running_cluster() as cluster:
        postgresql = asyncio.run(measure_database(cluster.url(), people))
    return {
        "benchmark": "reports",
        "people": people,
        "load_average": round(os.getloadavg()[0], 1),
        "stolen_by_host_percent": watch.stolen_percent(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
        "sqlite": sqlite,
        "postgresql": postgresql,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--people", type=int, default=20_000)
    chosen = parser.parse_args()
    if not 10 <= chosen.people <= 900_000:
        parser.error("--people: from 10 to 900000")
    report(measure(chosen.people), chosen.json)


if __name__ == "__main__":
    main()
