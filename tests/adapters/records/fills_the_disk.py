"""Raises alerts on a disk that is nearly full, and prints of each whether it was promised.

``fills_the_disk.py URL FOLDER BYTES COUNT END``: no file may grow beyond BYTES until COUNT alerts were told;
then there is room again (END ``recover``), or the process is gone (``die``).
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from functools import partial
from pathlib import Path

from tests.adapters.records.kept import Kept, kept, until
from tests.databases import KEYS, NOON
from voicebot.adapters.records.records import open_records
from voicebot.errors import RecordsUnavailable

STORY = "넘어졌어요 " * 300
"""Some kilobytes, so that a few calls fill the disk."""


async def _fill(url: str, folder: Path, most_bytes: int, count: int, end: str) -> None:
    async with (
        open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records,
        kept(records, folder) as one,
    ):
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
        for number in range(count):
            one.pauses.over()  # the database is tried again, in vain
            try:
                await one.keeper.perform(f"call-{number}", "alert", {"alert": str(number), "said": STORY})
            except RecordsUnavailable:
                print("not promised", number, flush=True)
            else:
                print("promised", number, flush=True)
        if end == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        while one.keeper.depth:
            before = len(one.pauses.asked)
            one.pauses.over()
            await until(partial(_tried, one, before))


def _tried(one: Kept, before: int) -> bool:
    return one.keeper.depth == 0 or len(one.pauses.asked) > before


if __name__ == "__main__":
    asyncio.run(_fill(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
