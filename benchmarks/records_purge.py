"""A purge of large tables: what it takes, and how long a write waits beside it (``benchmarks.records``)."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from voicebot.adapters.records.purging import purge
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.calls import CallRow, TurnRow
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.records.retention import Kept, RetentionPeriods, due

TURNS = 8
OLD_EVERY = 10
"""One call of so many is old, between young ones, as ids of channels make it."""
LEAST_CALLS = 1_000
YEARS_AGO = timedelta(days=800)
"""Older than conversations, calls and people are kept by default."""
PAUSE_S = 0.02
"""Between two writes beside the purge."""
CHUNK = 2_000
SEALED = b"s" * 60
"""As long as a short answer; the purge opens nothing."""


async def measure_purge(records: Records, calls: int, at: datetime) -> dict[str, Any]:
    """Fill the tables with so many more calls, then purge the old ones.

    Every call has a person; those whose call is old go, those whose call is young stay, whenever they were
    written down.
    """
    await _fill(records, calls, at)
    waits: list[float] = []
    over = asyncio.Event()
    writing = asyncio.create_task(_write(records, at, waits, over))
    await asyncio.sleep(PAUSE_S)
    began, cpu_began = time.perf_counter(), time.process_time()
    deleted = await purge(records.database, due(RetentionPeriods(), at), by="benchmark", at=at)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    over.set()
    await writing
    old = len(range(0, calls, OLD_EVERY))
    assert (deleted[Kept.CONVERSATIONS], deleted[Kept.CALLS], deleted[Kept.PEOPLE]) == (old * TURNS, old, old)
    waits.sort()
    return {
        "calls": calls,
        "rows_deleted": sum(deleted.values()),
        "purge_s": round(seconds, 2),
        "purge_cpu_s": round(cpu_seconds, 2),
        "us_a_row_deleted": round(seconds / sum(deleted.values()) * 1e6),
        "write_beside_p50_ms": round(waits[len(waits) // 2] * 1000, 1),
        "write_beside_worst_ms": round(waits[-1] * 1000, 1),
    }


async def _write(records: Records, at: datetime, waits: list[float], over: asyncio.Event) -> None:
    """What calls do meanwhile: one small write after the other."""
    while not over.is_set():
        began = time.perf_counter()
        async with records.database.writing() as connection:
            await records.notes.put(connection, "report", {"level": "P3"}, at=at)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_S)


async def _fill(records: Records, calls: int, at: datetime) -> None:
    numbers = iter(range(calls))
    while some := list(islice(numbers, CHUNK)):
        people, spoken, turns = zip(*(_rows(calls, number, at) for number in some), strict=True)
        async with records.database.writing() as connection:
            await connection.execute(insert(PersonRow), list(people))
            await connection.execute(insert(CallRow), list(spoken))
            await connection.execute(insert(TurnRow), [turn for one in turns for turn in one])


def _rows(
    calls: int, number: int, at: datetime
) -> tuple[dict[str, Any], dict[str, Any], Iterator[dict[str, Any]]]:
    """A person, their call, its turns; ids and hashes in no order."""
    mixed = hashlib.sha256(f"{calls}/{number}".encode()).digest()
    began = at - YEARS_AGO if number % OLD_EVERY == 0 else at
    person_id, call_id = calls * 10 + number, mixed.hex()[:32]
    person = {
        "id": person_id,
        "phone_hash": mixed,
        "phone_sealed": SEALED,
        "created_at": at - YEARS_AGO,
        "changed_at": at - YEARS_AGO,
    }
    call = {
        "id": call_id,
        "direction": Direction.OUTBOUND,
        "service": "care",
        "person_id": person_id,
        "began_at": began,
        "ended_at": began,
        "result": CallResult.COMPLETED,
        "reason": "",
        "engine": "benchmark",
    }
    turn = {"call_id": call_id, "at_ms": 0, "prompt_sealed": SEALED, "heard_sealed": SEALED, "status": "said"}
    return person, call, ({**turn, "number": turn_number} for turn_number in range(1, TURNS + 1))
