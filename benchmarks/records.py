"""What calls cost the records: cases, attempts, whole calls, a citizen's wait, and a purge of large tables.

``python -m benchmarks.records [--json FILE] [--rows 200] [--calls 100000]``

SQLite with full synchronisation and PostgreSQL with fsync, as in production, one after the other in the
temporary folder, which should lie on a disk (``TMPDIR``). Everything is sealed as in production. ``--calls``
is how many calls with their turns and people there are when the purge begins; a tenth of them are old. Lists
of people are measured by ``benchmarks.campaign``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import phonenumbers

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from benchmarks.records_purge import LEAST_CALLS, measure_purge
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
NUMBERS = 5_000
TURNS = 8
"""Of a call: a case of the duty desk takes about so many."""
TICK_S = 0.005
"""The media clock's."""
CALLS_A_SECOND = 5
"""That begin while cases are timed: as many as 300 calls at once make, each of a minute."""
EXCHANGE_S = 0.25
"""Between two exchanges of those calls: their number counts for the database, not their length."""
LAMP = {"what": "가로등이 꺼졌어요", "place": "시청 앞 사거리", "level": "P3", "callback": "01012345678"}
TURN = Turn(number=1, at_ms=1200, prompt="어디인가요?", heard="시청 앞 사거리요", status="said", gap_ms=180)
DONE = CallOutcome(result=CallResult.COMPLETED, reason="case opened")


async def measure_database(url: str, rows: int, calls: int) -> dict[str, Any]:
    """Everything on one database."""
    keys = Keyring([os.urandom(32)])
    database = Database(url, keys)
    await upgrade(database)
    await database.close()
    async with open_records(url, keys, at=AT, destinations=("mqtt",)) as records:
        figures: dict[str, Any] = {}
        for writers in (1, AT_ONCE):
            figures |= await _rate("cases", _open_cases(records), rows, writers)
            begin = await _begin_attempts(records, f"{writers} at once", rows)
            figures |= await _rate("attempts", begin, rows, writers)
        figures |= await _keep_calls(records, max(1, rows // TURNS))
        figures |= await _cases_meanwhile(records, rows)
        figures["purge"] = [await measure_purge(records, count, AT) for count in (calls // 10, calls)]
    return figures


def _open_cases(records: Records) -> Callable[[int], Awaitable[object]]:
    return lambda number: records.cases.open(NewCase(call_id=f"call-{number}", details=LAMP), at=AT)


async def _begin_attempts(records: Records, name: str, rows: int) -> Callable[[int], Awaitable[object]]:
    """Begins attempts to reach the people of a campaign of its own."""
    campaign = await records.campaigns.create(name, service="care", settings={}, by="benchmark", at=AT)
    first = campaign * rows
    people = [
        NewPerson(phone=normalised(f"0102{first + number:07}"), name="김영희") for number in range(rows)
    ]
    ids = await records.people.enrol_many(people, at=AT)
    await records.campaigns.add_targets(campaign, ids, due_at=AT)
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="benchmark", at=AT)
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


@asynccontextmanager
async def _keeping(records: Records) -> AsyncIterator[RecordKeeper]:
    """A keeper that writes, as beside an engine."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), records.database.keys)
        keeper = RecordKeeper(records, journal, now=lambda: AT)
        writing = asyncio.create_task(keeper.run())
        yield keeper
        assert await keeper.drain(600)
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing
        journal.close()


async def _keep_calls(records: Records, calls: int) -> dict[str, float]:
    """Whole calls as the engine keeps them: through the journal, in order, beside the media clock.

    The longest stop is of the event loop, on which the media clock runs too: what a call may notice.
    """
    stops: list[float] = []
    watching = asyncio.create_task(_watch(stops))
    async with _keeping(records) as keeper:
        began, cpu_began = time.perf_counter(), time.process_time()
        for number in range(calls):
            await _call(keeper, f"kept-{number}", exchange_s=0)
        assert await keeper.drain(600)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    watching.cancel()
    return {
        "calls_kept_a_second": round(calls / seconds, 1),
        "calls_kept_cpu_ms": round(cpu_seconds / calls * 1000, 1),
        "longest_stop_ms": round(max(stops) * 1000, 1),
    }


async def _call(keeper: RecordKeeper, call_id: str, *, exchange_s: float) -> float:
    """One call with its case; returns how long the case's number was waited for, seconds."""
    keeper.begin(NewCall(call_id=call_id, direction=Direction.INBOUND, service="duty"))
    for turn in range(1, TURNS + 1):
        if exchange_s:
            await asyncio.sleep(exchange_s)
        keeper.add_turn(call_id, replace(TURN, number=turn))
    began = time.perf_counter()
    await keeper.perform(call_id, "open_case", LAMP)
    waited = time.perf_counter() - began
    keeper.end(call_id, DONE, LAMP)
    return waited


async def _cases_meanwhile(records: Records, calls: int) -> dict[str, float]:
    """What a citizen waits for the number of a case while other calls run, each of them at its own pace."""
    tasks = []
    async with _keeping(records) as keeper:
        for number in range(calls):
            tasks.append(asyncio.create_task(_call(keeper, f"paced-{number}", exchange_s=EXCHANGE_S)))
            await asyncio.sleep(1 / CALLS_A_SECOND)
        waits = sorted(await asyncio.gather(*tasks))
    return {
        "case_meanwhile_p50_ms": round(waits[calls // 2] * 1000, 1),
        "case_meanwhile_p99_ms": round(waits[min(calls - 1, calls * 99 // 100)] * 1000, 1),
    }


async def _watch(stops: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_S)
        stops.append(time.perf_counter() - began - TICK_S)


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


def measure(rows: int, calls: int) -> dict[str, Any]:
    """Both databases and the numbers."""
    watch = HostWatch()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(measure_database(f"sqlite:///{folder}/records.db", rows, calls))
    with running_cluster(durable=True) as cluster:
        postgresql = asyncio.run(measure_database(cluster.url(), rows, calls))
    return {
        "benchmark": "records",
        "rows": rows,
        "calls": calls,
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
    parser.add_argument("--calls", type=int, default=100_000)
    chosen = parser.parse_args()
    if chosen.rows < AT_ONCE or chosen.calls < LEAST_CALLS:
        parser.error(f"--rows: at least {AT_ONCE}; --calls: at least {LEAST_CALLS}")
    report(measure(chosen.rows, chosen.calls), chosen.json)


if __name__ == "__main__":
    main()
