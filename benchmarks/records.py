"""What the records bear: cases and attempts a second, an import, and choosing whom to call next.

``python -m benchmarks.records [--json FILE] [--rows 200] [--people 20000]``

SQLite with full synchronisation and PostgreSQL with fsync, as in production, one after the other in the
temporary folder, which should lie on a disk (``TMPDIR``). Everything is sealed as in production.
``--people`` is the length of the longer list out of which the next thousand are chosen; the shorter one has a
tenth of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import phonenumbers

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.records.campaigns import CampaignState, NewAttempt
from voicebot.records.cases import NewCase
from voicebot.records.people import NewPerson
from voicebot.records.phone import normalised
from voicebot.testing.postgres import running_cluster

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT_ONCE = 16
"""Writers at once: calls that end or begin in the same moment on a busy engine."""
BATCH = 5_000
"""People a transaction of the import."""
CHOSEN = 1_000
CHOICES = 5
NUMBERS = 5_000
LAMP = {"what": "가로등이 꺼졌어요", "place": "시청 앞 사거리", "level": "P3", "callback": "01012345678"}


async def measure_database(url: str, rows: int, people: int) -> dict[str, Any]:
    """Everything on one database."""
    keys = Keyring([os.urandom(32)])
    database = Database(url, keys)
    await upgrade(database)
    await database.close()
    async with open_records(url, keys, at=AT, destinations=("mqtt",)) as records:
        figures: dict[str, Any] = {}
        for writers in (1, AT_ONCE):
            figures |= await _rate("cases", _open_cases(records), rows, writers)
        short, short_rate = await _campaign(records, "short", 0, people // 10)
        chosen_short = await _choose(records, short)
        long, long_rate = await _campaign(records, "long", people // 10, people)
        chosen_long = await _choose(records, long)
        for campaign, writers in ((short, 1), (long, AT_ONCE)):
            figures |= await _rate("attempts", await _begin_attempts(records, campaign, rows), rows, writers)
    return {
        **figures,
        "people_imported_a_second": round(long_rate),
        "people_imported_a_second_short": round(short_rate),
        f"choose_{CHOSEN}_of_{people // 10}_ms": chosen_short,
        f"choose_{CHOSEN}_of_{people}_ms": chosen_long,
    }


def _open_cases(records: Records) -> Callable[[int], Awaitable[object]]:
    return lambda number: records.cases.open(NewCase(call_id=f"call-{number}", details=LAMP), at=AT)


async def _begin_attempts(records: Records, campaign: int, rows: int) -> Callable[[int], Awaitable[object]]:
    targets = await records.campaigns.due(campaign, AT, rows)
    return lambda number: records.attempts.begin(
        NewAttempt(id=f"{campaign}-{number}", target_id=targets[number].id, slot="once", engine="benchmark"),
        at=AT,
    )


async def _rate(
    what: str, work: Callable[[int], Awaitable[object]], rows: int, writers: int
) -> dict[str, float]:
    """Transactions a second by some writers that share the numbers, and what one costs this process.

    The cost does not depend on what else the machine does; PostgreSQL's own share is not in it.
    """
    numbers = iter(range(rows))

    async def write() -> None:
        for number in numbers:
            await work(number)

    began, cpu_began = time.perf_counter(), time.process_time()
    await asyncio.gather(*(write() for _ in range(writers)))
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    return {
        f"{what}_a_second_{writers}_at_once": round(rows / seconds),
        f"{what}_cpu_ms_{writers}_at_once": round(cpu_seconds / rows * 1000, 2),
    }


async def _campaign(records: Records, name: str, first: int, count: int) -> tuple[int, float]:
    """A running campaign and the rate at which its people came in, normalised, sealed, and made targets."""
    campaign = await records.campaigns.create(name, service="care", settings={}, by="benchmark", at=AT)
    began = time.perf_counter()
    for start in range(first, first + count, BATCH):
        some = range(start, min(start + BATCH, first + count))
        batch = [NewPerson(phone=normalised(f"0102{number:07}"), name="김영희") for number in some]
        ids = await records.people.enrol_many(batch, at=AT)
        await records.campaigns.add_targets(campaign, ids, due_at=AT)
    rate = count / (time.perf_counter() - began)
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="benchmark", at=AT)
    return campaign, rate


async def _choose(records: Records, campaign: int) -> float:
    """Milliseconds to choose the next thousand, their numbers opened; the middle of some tries."""
    times = []
    for _ in range(CHOICES):
        began = time.perf_counter()
        chosen = await records.campaigns.due(campaign, AT, CHOSEN)
        times.append((time.perf_counter() - began) * 1000)
        assert len(chosen) == CHOSEN
    return round(sorted(times)[CHOICES // 2], 1)


def measure_numbers() -> dict[str, float]:
    """Microseconds to normalise one number: the plain mobile, and one that the library must read."""
    written = {"plain_mobile_us": "01023456789", "by_the_library_us": "010-2345-6789"}
    phonenumbers.parse("010-2345-6789", "KR")  # its tables are read at first use
    times = {}
    for name, number in written.items():
        began = time.perf_counter()
        for _ in range(NUMBERS):
            normalised(number)
        times[name] = round((time.perf_counter() - began) / NUMBERS * 1e6, 1)
    return times


def measure(rows: int, people: int) -> dict[str, Any]:
    """Both databases and the numbers."""
    watch = HostWatch()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(measure_database(f"sqlite:///{folder}/records.db", rows, people))
    with running_cluster(durable=True) as cluster:
        postgresql = asyncio.run(measure_database(cluster.url(), rows, people))
    return {
        "benchmark": "records",
        "rows": rows,
        "people": people,
        "load_average": round(os.getloadavg()[0], 1),
        "stolen_by_host_percent": watch.stolen_percent(),
        "normalise": measure_numbers(),
        "sqlite": sqlite,
        "postgresql": postgresql,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--people", type=int, default=20_000)
    chosen = parser.parse_args()
    if not CHOSEN <= chosen.people // 10:
        parser.error(f"--people: at least {CHOSEN * 10}")
    report(measure(chosen.rows, chosen.people), chosen.json)


if __name__ == "__main__":
    main()
