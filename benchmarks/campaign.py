"""A campaign's list: what its import takes in time and memory, and what choosing whom to call next costs.

``python -m benchmarks.campaign [--json FILE] [--rows 1000000]``

The rows are generated: mobiles with and without dashes, land lines, some wrong, some twice, each with a name
and an id. On SQLite with full synchronisation, then on PostgreSQL with fsync, in the temporary folder, which
should lie on a disk (``TMPDIR``). Everything is sealed as in production. CPU seconds are those of this
process: on a machine that does other things as well they say more than the clock; what PostgreSQL itself
takes is not in them. ``--profile`` prints where the time goes on SQLite, with ``--postgres`` on PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import pstats
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.adapters.campaign_lists.cells import ListFile
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.campaigns.clock import SEOUL
from voicebot.engine.campaign_import import import_list
from voicebot.records.campaigns import CampaignState
from voicebot.testing.postgres import running_cluster

AT = datetime(2026, 12, 1, 10, 0, tzinfo=SEOUL)
CHOSEN = 1_000
CHOICES = 5
NAMES = ("김영희", "이순자", "박정수", "최말순", "정복례", "강동원", "조영자", "윤재호")
SEED = 1


def lines(rows: int) -> Iterator[str]:
    """The generated list: 96 of 100 rows are right and new."""
    chance = random.Random(SEED)
    yield "전화번호,이름,관리번호,동의\n"
    for number in range(rows):
        kind, digits = number % 100, f"{number:08}"
        match kind:
            case 97:
                written = f"010-{digits[:4]}"  # too short
            case 98:
                written = f"010-2{digits[1:4]}-{(number - 98) % 10_000:04}"  # seen further up
            case 99:
                written = "119"
            case _ if kind >= 94:
                written = f"031-{200 + number // 10_000 % 700}-{number % 10_000:04}"
            case _ if kind >= 60:
                written = f"0102{digits[1:]}"
            case _:
                written = f"010-2{digits[1:4]}-{digits[4:]}"
        yield f"{written},{chance.choice(NAMES)},K-{number},\n"


async def measure_database(url: str, rows: int, folder: Path) -> dict[str, Any]:
    """Import, then choose out of a hundredth of the list, out of a tenth and out of the whole."""
    keys = Keyring([os.urandom(32)])
    database = Database(url, keys)
    await upgrade(database)
    await database.close()
    figures: dict[str, Any] = {}
    async with open_records(url, keys, at=AT, destinations=("mqtt",)) as records:
        for name, count in (("least", rows // 100), ("short", rows // 10), ("long", rows)):
            path = folder / f"{name}.csv"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(lines(count))
            campaign = await records.campaigns.create(
                name, service="care", settings={}, by="benchmark", at=AT
            )
            dry = await _import(records, campaign, path, dry_run=True) if name == "short" else {}
            done = await _import(records, campaign, path)
            await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="benchmark", at=AT)
            chosen = await _choose(records, campaign)
            figures[f"{count}_rows"] = {**done, **dry, f"choose_{CHOSEN}_ms": chosen}
    return figures


async def _import(records: Records, campaign: int, path: Path, *, dry_run: bool = False) -> dict[str, Any]:
    began, cpu_began = time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = await import_list(
        records.database, campaign, ListFile(path=path), due_at=AT, at=AT, dry_run=dry_run
    )
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    what = "dry_run" if dry_run else "import"
    return {
        f"{what}_s": round(seconds, 1),
        f"{what}_cpu_s": round(cpu_seconds, 1),
        f"{what}_cpu_us_a_row": round(cpu_seconds / done.rows * 1e6, 1),
        f"{what}_peak_mb": round(peak / 1024),
        f"{what}_peak_grew_mb": round((peak - before) / 1024),
        f"{what}_added": done.added,
        f"{what}_left_out": sum(done.problems.values()),
    }


async def _choose(records: Records, campaign: int) -> float:
    """Milliseconds to choose the next thousand, their numbers opened; the middle of some tries."""
    times = []
    for _ in range(CHOICES):
        began = time.perf_counter()
        chosen = await records.campaigns.due(campaign, AT, CHOSEN)
        times.append((time.perf_counter() - began) * 1000)
        assert len(chosen) == CHOSEN
    return round(sorted(times)[CHOICES // 2], 1)


def measure(rows: int) -> dict[str, Any]:
    """Both databases, one after the other, each in a process of its own: memory is told by the process."""
    figures = {}
    for name in ("sqlite", "postgresql"):
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            figures[name] = pool.submit(measure_one, rows, postgres=name == "postgresql").result()
    return {"benchmark": "campaign", "rows": rows, **figures}


def measure_one(rows: int, *, postgres: bool) -> dict[str, Any]:
    """One database."""
    watch = HostWatch()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if postgres:
            with running_cluster(durable=True) as cluster:
                figures = asyncio.run(measure_database(cluster.url(), rows, folder))
        else:
            figures = asyncio.run(measure_database(f"sqlite:///{folder}/records.db", rows, folder))
    return {
        "load_average": round(os.getloadavg()[0], 1),
        "stolen_by_host_percent": watch.stolen_percent(),
        **figures,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    if chosen.rows // 100 < CHOSEN * 2:
        parser.error(f"--rows: at least {CHOSEN * 200}")
    if not chosen.profile:
        report(measure(chosen.rows), chosen.json)
        return
    with cProfile.Profile() as profile:
        measure_one(chosen.rows, postgres=chosen.postgres)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
