"""Tells of one call after another and prints what was accepted, until it is killed: ``… URL FOLDER``."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from tests.adapters.records.kept import kept
from tests.adapters.records.test_calls import CALL, DONE, TURN
from tests.databases import KEYS, NOON
from voicebot.adapters.records.records import open_records


async def _tell(url: str, folder: Path) -> None:
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        async with kept(records, folder) as one:
            number = 0
            while True:
                number += 1
                call_id = f"{one.journal.name[:8]}-{number}"
                one.keeper.begin(replace(CALL, call_id=call_id))
                one.keeper.add_turn(call_id, TURN)
                await one.keeper.perform(call_id, "alert", {"level": "P0", "call": call_id})
                print("alert", call_id, flush=True)
                one.keeper.end(call_id, DONE, {"level": "P0"})


if __name__ == "__main__":
    asyncio.run(_tell(sys.argv[1], Path(sys.argv[2])))
