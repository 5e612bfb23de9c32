"""Opens cases and prints each number once it is kept, until it is killed: ``opens_cases.py URL``."""

from __future__ import annotations

import asyncio
import sys

from tests.adapters.records.conftest import KEYS, NOON
from voicebot.adapters.records.records import open_records
from voicebot.records.cases import NewCase


async def _open_cases(url: str) -> None:
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        while True:
            number = await records.cases.open(NewCase(details={"what": "가로등"}), at=NOON)
            print(number, flush=True)


if __name__ == "__main__":
    asyncio.run(_open_cases(sys.argv[1]))
