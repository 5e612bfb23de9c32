"""Events a second through the outbox to a real mosquitto, on SQLite and on PostgreSQL.

``python -m benchmarks.events [--json FILE] [--events 2000]``

SQLite with full synchronisation and PostgreSQL with fsync, as in production, in the temporary folder, which
should lie on a disk (``TMPDIR``). Each event is written in a transaction of its own, sealed; then a relay
without a limit of its rate brings all of them to the broker with QoS 1, and a subscriber counts what arrives.
The latency is that of single alerts into an empty outbox, from the commit to the subscriber, with the relay
told to look (``Relays.look``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt

from benchmarks.host import HostWatch
from benchmarks.media_capacity import report
from voicebot.adapters.events.broker import Broker
from voicebot.adapters.events.mqtt import MOST_AT_ONCE, MqttSender
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.engine.events.relay import Relay
from voicebot.testing.mosquitto import Mosquitto, running_mosquitto
from voicebot.testing.postgres import running_cluster

SITE = "benchmark"
RATE_PER_S = 1_000_000.0
"""No limit: what is measured is the way, not the valve."""
ALERTS = 20
_ARRIVAL_LIMIT_S = 300.0


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _relaying(records: Records, mosquitto: Mosquitto) -> AsyncIterator[Relay]:
    connected, stop = asyncio.Event(), asyncio.Event()
    broker = Broker(host="127.0.0.1", port=mosquitto.port, site=SITE, engine="one")
    sender = MqttSender(broker, jitter=random.random, now=_now, connected=connected.set)
    relay = Relay(
        "mqtt",
        records.outbox,
        sender,
        now=_now,
        jitter=random.random,
        rate_per_s=RATE_PER_S,
        most_at_once=MOST_AT_ONCE,
    )
    async with asyncio.TaskGroup() as tasks:
        connection = tasks.create_task(sender.run())
        await asyncio.wait_for(connected.wait(), _ARRIVAL_LIMIT_S)
        tasks.create_task(relay.run(stop))
        yield relay
        stop.set()
        relay.look()
        connection.cancel()


async def _put(records: Records, topic: str, number: int) -> str:
    payload = {"number": str(number), "status": "received", "call_id": f"call-{number}", "level": "P3"}
    async with records.database.writing() as connection:
        return await records.outbox.put(connection, topic, payload, _now())


async def _arrive(city: aiomqtt.Client, awaited: set[str]) -> None:
    async for message in city.messages:
        assert isinstance(message.payload, bytes)
        awaited.discard(json.loads(message.payload)["event_id"])
        if not awaited:
            return


async def measure_database(url: str, mosquitto: Mosquitto, events: int) -> dict[str, Any]:
    """The rate of the way and the latency of an alert, on one database."""
    keys = Keyring([os.urandom(32)])
    database = Database(url, keys)
    await upgrade(database)
    await database.close()
    async with (
        open_records(url, keys, at=_now(), destinations=("mqtt",)) as records,
        aiomqtt.Client("127.0.0.1", mosquitto.port) as city,
    ):
        await city.subscribe(f"voicebot/{SITE}/+", qos=1)
        awaited = {await _put(records, "case", number) for number in range(1, events + 1)}
        began, cpu_began = time.perf_counter(), time.process_time()
        async with _relaying(records, mosquitto) as relay:
            await asyncio.wait_for(_arrive(city, awaited), _ARRIVAL_LIMIT_S)
            seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
            latencies_ms = []
            for number in range(ALERTS):
                alert = await _put(records, "alert", number)
                committed = time.perf_counter()
                relay.look()
                await asyncio.wait_for(_arrive(city, {alert}), _ARRIVAL_LIMIT_S)
                latencies_ms.append((time.perf_counter() - committed) * 1000)
    return {
        "events_a_second": round(events / seconds),
        "event_cpu_ms": round(cpu_s / events * 1000, 2),
        "alert_latency_p50_ms": round(sorted(latencies_ms)[ALERTS // 2], 1),
        "alert_latency_worst_ms": round(max(latencies_ms), 1),
    }


async def _measured(url: str, events: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_mosquitto(
            Path(folder), "allow_anonymous true", "max_queued_messages 0"
        ) as mosquitto:
            return await measure_database(url, mosquitto, events)


def measure(events: int) -> dict[str, Any]:
    """Both databases, one after the other."""
    watch = HostWatch()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(_measured(f"sqlite:///{folder}/records.db", events))
    with running_cluster(durable=True) as cluster:
        postgresql = asyncio.run(_measured(cluster.url(), events))
    return {
        "benchmark": "events",
        "events": events,
        "load_average": round(os.getloadavg()[0], 1),
        "stolen_by_host_percent": watch.stolen_percent(),
        "sqlite": sqlite,
        "postgresql": postgresql,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--events", type=int, default=2000)
    chosen = parser.parse_args()
    report(measure(chosen.events), chosen.json)


if __name__ == "__main__":
    main()
