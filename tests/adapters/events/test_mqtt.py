"""Events to a real mosquitto: acknowledged, in order, and none lost when it stops and starts."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiomqtt
import pytest

from tests.adapters.events.schemas import valid, validator
from tests.adapters.records.conftest import KEYS, NOON
from tests.engine.events.scene import put
from voicebot.adapters.events.broker import Broker
from voicebot.adapters.events.mqtt import MqttSender
from voicebot.adapters.records.records import open_records
from voicebot.engine.events.relay import Relay
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Postponed, Refused
from voicebot.testing.mosquitto import Mosquitto, running_mosquitto

_SAVED_AT_ONCE = ("autosave_interval 1", "autosave_on_changes true", "max_queued_messages 0")
"""Of ``docs/EVENTS.md``: what waits for a receiver outlives the power as well."""


def _broker(mosquitto: Mosquitto, **changes: str) -> Broker:
    return Broker(host="127.0.0.1", port=mosquitto.port, site="example", engine="one", **changes)  # type: ignore[arg-type]


def _message(number: int = 1, topic: str = "case") -> Message:
    return Message(
        id=number,
        event_id=f"00000000-0000-4000-8000-{number:012d}",
        topic=topic,
        payload={"number": str(number), "status": "received", "call_id": ""},
        tries=0,
        created_at=NOON,
    )


@asynccontextmanager
async def _sending(broker: Broker) -> AsyncIterator[MqttSender]:
    """A sender whose connection holds."""
    connected = asyncio.Event()
    sender = MqttSender(broker, jitter=lambda: 0.0, now=lambda: NOON, connected=connected.set)
    running = asyncio.create_task(sender.run())
    try:
        await asyncio.wait_for(connected.wait(), 60)
        yield sender
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def _subscribed(mosquitto: Mosquitto, *topics: str) -> AsyncIterator[aiomqtt.Client]:
    """A receiver of the city: the broker keeps for it what comes while it is away."""
    async with aiomqtt.Client("127.0.0.1", mosquitto.port, identifier="city", clean_session=False) as client:
        for topic in topics:
            await client.subscribe(topic, qos=1)
        yield client


async def _next(client: aiomqtt.Client) -> aiomqtt.Message:
    return await asyncio.wait_for(anext(client.messages), 60)


async def test_what_is_sent_arrives_and_validates(tmp_path: Path) -> None:
    async with (
        running_mosquitto(tmp_path) as mosquitto,
        _subscribed(mosquitto, "voicebot/example/case") as city,
        _sending(_broker(mosquitto)) as sender,
    ):
        assert await sender.send(_message(1001)) == Delivered()
        arrived = await _next(city)
        assert isinstance(arrived.payload, bytes)
        assert valid(arrived.payload)["data"]["number"] == "1001"
        assert (str(arrived.topic), arrived.qos, arrived.retain) == ("voicebot/example/case", 1, False)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_the_status_is_retained_and_told_when_we_vanish(tmp_path: Path, protocol: str) -> None:
    async with running_mosquitto(tmp_path) as mosquitto:
        broker = _broker(mosquitto, protocol=protocol)
        states = []
        async with _sending(broker):
            async with _subscribed(mosquitto, broker.status_topic) as city:
                states.append((await _next(city)).payload)
                # Whoever takes our name takes the connection: for the broker we have vanished.
                async with aiomqtt.Client("127.0.0.1", mosquitto.port, identifier=broker.client_id):
                    states.append((await _next(city)).payload)
        told = [json.loads(state) for state in states if isinstance(state, bytes)]
        for one in told:
            validator("status").validate(one)
        assert [one["state"] for one in told] == ["online", "offline"]


async def test_leaving_says_so(tmp_path: Path) -> None:
    async with running_mosquitto(tmp_path) as mosquitto:
        broker = _broker(mosquitto)
        async with _sending(broker):
            pass
        async with _subscribed(mosquitto, broker.status_topic) as city:
            arrived = await _next(city)
            assert isinstance(arrived.payload, bytes)
            assert json.loads(arrived.payload)["state"] == "offline"


async def test_a_topic_that_the_broker_forbids_is_told_to_the_operator(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic write voicebot/example/status/#\ntopic write voicebot/example/alert\n")
    rules.chmod(0o600)
    async with (
        running_mosquitto(tmp_path, "allow_anonymous true", f"acl_file {rules}") as mosquitto,
        _sending(_broker(mosquitto)) as sender,
    ):
        refused = await sender.send(_message(topic="case"))
        assert isinstance(refused, Refused) and "0x87" in refused.reason
        assert await sender.send(_message(topic="alert")) == Delivered()


async def test_without_a_broker_nothing_is_sent() -> None:
    broker = Broker(host="127.0.0.1", port=1, site="example", engine="one")
    sender = MqttSender(broker, jitter=lambda: 0.0, now=lambda: NOON)
    assert not sender.ready
    assert await sender.send(_message()) == Postponed(reason="mqtt://127.0.0.1:1 is not connected")


@pytest.mark.parametrize("kill", [False, True])
async def test_a_broker_that_stops_and_starts_loses_nothing(
    tmp_path: Path, sqlite_url: str, kill: bool
) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    draw = random.Random(seed)
    began = time.monotonic()

    def now() -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - began)

    async with (
        running_mosquitto(tmp_path, "allow_anonymous true", *_SAVED_AT_ONCE) as mosquitto,
        open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records,
    ):
        async with _subscribed(mosquitto, "voicebot/example/#"):
            pass  # from now on the broker keeps what comes for the city
        relay = Relay(
            "mqtt",
            records.outbox,
            sender := MqttSender(_broker(mosquitto), jitter=lambda: 0.0, now=now),
            now=now,
            jitter=lambda: 0.0,
            rate_per_s=500.0,
            most_at_once=20,
        )
        connection = asyncio.create_task(sender.run())
        ids = []
        for _ in range(2):
            ids += await put(records, "case", 30)
            enough = len(ids) - draw.randrange(30)
            while relay.counts.delivered < enough:
                wait_s = await relay.round()
                await asyncio.sleep(wait_s)
            await mosquitto.stop(kill=kill)
            ids += await put(records, "case", 10, number="1001")
            await relay.round()
            await mosquitto.start()
        while await records.outbox.depth("mqtt"):
            wait_s = await relay.round()
            await asyncio.sleep(wait_s)
        connection.cancel()
        await asyncio.gather(connection, return_exceptions=True)
        seen: dict[str, None] = {}
        async with _subscribed(mosquitto) as city:
            while set(seen) != set(ids):
                arrived = await _next(city)
                assert isinstance(arrived.payload, bytes)
                if "status" not in str(arrived.topic):
                    seen[json.loads(arrived.payload)["event_id"]] = None
        for first in (30, 70):
            assert [one for one in seen if one in ids[first : first + 10]] == ids[first : first + 10]
