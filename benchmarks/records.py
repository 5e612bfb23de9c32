"""What the records bear: cases, attempts and whole calls a second, an import, and choosing whom to call next.

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
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import phonenumbers

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.journal import Journal
from voicebot.adapters.records.keeper import RecordKeeper
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn
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
TURNS = 8
"""Of a call: a case of the duty desk takes about so many."""
TICK_S = 0.005
"""The media clock's."""
LAMP = {"what": "가로등이 꺼졌어요", "place": "시청 앞 사거리", "level": "P3", "callback": "01012345678"}
TURN = Turn(number=1, at_ms=1200, prompt="어디인가요?", heard="시청 앞 사거리요", status="said", gap_ms=180)
DONE = CallOutcome(result=CallResult.COMPLETED, reason="case opened")


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
        figures |= await _keep_calls(records, max(1, rows // TURNS))
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


async def _keep_calls(records: Records, calls: int) -> dict[str, float]:
    """Whole calls as the engine keeps them: through the journal, in order, beside the media clock.

    The longest stop is of the event loop, on which the media clock runs too: what a call may notice.
    """
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), records.database.keys)
        keeper = RecordKeeper(records, journal, now=lambda: AT)
        stops: list[float] = []
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(keeper.run()), tasks.create_task(_watch(stops))]
            began, cpu_began = time.perf_counter(), time.process_time()
            for number in range(calls):
                call_id = f"kept-{number}"
                keeper.begin(NewCall(call_id=call_id, direction=Direction.INBOUND, service="duty"))
                for turn in range(1, TURNS + 1):
                    keeper.add_turn(call_id, replace(TURN, number=turn))
                await keeper.perform(call_id, "report", LAMP)
                keeper.end(call_id, DONE, LAMP)
            assert await keeper.drain(600)
            seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
            for task in running:
                task.cancel()
        journal.close()
    return {
        "calls_kept_a_second": round(calls / seconds, 1),
        "calls_kept_cpu_ms": round(cpu_seconds / calls * 1000, 1),
        "longest_stop_ms": round(max(stops) * 1000, 1),
    }


async def _watch(stops: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_S)
        stops.append(time.perf_counter() - began - TICK_S)


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
