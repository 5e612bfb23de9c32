"""Relays until nothing is left, and prints each event id as it is sent: ``sends_and_tells.py URL SECONDS``.

SECONDS are added to the clock, so that what a killed one had claimed is free.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta

from tests.adapters.records.conftest import KEYS, NOON
from tests.engine.events.scene import Clock, Receiver, relay_of
from voicebot.adapters.records.records import open_records
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Verdict


def _tell(message: Message) -> Verdict:
    os.write(sys.stdout.fileno(), f"{message.event_id}\n".encode())
    return Delivered()


async def _relay(url: str, seconds: float) -> None:
    clock = Clock(NOON + timedelta(seconds=seconds))
    async with open_records(url, KEYS, at=clock(), destinations=("mqtt",)) as records:
        relay = relay_of(records, Receiver(answer=_tell), clock, rate_per_s=1000, most_at_once=3)
        while await records.outbox.depth("mqtt"):
            await relay.round()
            clock.pass_s(0.005)


if __name__ == "__main__":
    asyncio.run(_relay(sys.argv[1], float(sys.argv[2])))
