"""The city's end of the events: a broker of one's own, where one is installed, and what arrives from it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt

from voicebot.errors import ConfigurationError
from voicebot.testing.mosquitto import find_mosquitto, running_mosquitto

SITE = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message, as it came from the broker."""

    topic: str
    """The broker's: ``voicebot/demo/case``."""
    text: str
    envelope: dict[str, Any]
    """The same, read (``docs/EVENTS.md``)."""


@dataclass(slots=True, kw_only=True)
class CityDesk:
    """Who is told of what the engine does."""

    port: int
    """Of the broker, or one where nobody listens."""
    has_broker: bool
    arrived: list[Arrived] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def settings(self) -> dict[str, object]:
        """For the engine's settings file."""
        mqtt = {"host": "127.0.0.1", "port": self.port, "tls": False}
        return {"events": {"site": SITE, "mqtt": mqtt}}

    def take(self, topic: str, payload: bytes) -> None:
        """Something has come."""
        text = payload.decode()
        self.arrived.append(Arrived(topic=topic, text=text, envelope=json.loads(text)))
        self._changed.set()

    async def wait_for(self, enough: Callable[[], bool], limit_s: float) -> bool:
        """Wait until enough has arrived; whether it has in time."""
        try:
            async with asyncio.timeout(limit_s):
                while not enough():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[CityDesk]:
    """A broker, and the city subscribed to everything, while the block runs; without mosquitto neither.

    Args:
        folder: Of the broker; made.

    Raises:
        ConfigurationError: The broker is there and does not start.
    """
    try:
        find_mosquitto()
    except ConfigurationError:
        yield CityDesk(port=_unheard_port(), has_broker=False)
        return
    await asyncio.to_thread(folder.mkdir, parents=True)
    async with running_mosquitto(folder) as broker:
        desk = CityDesk(port=broker.port, has_broker=True)
        async with aiomqtt.Client("127.0.0.1", broker.port, identifier="city") as client:
            await client.subscribe(f"voicebot/{SITE}/+", qos=1)
            listening = asyncio.create_task(_listen(client, desk))
            try:
                yield desk
            finally:
                listening.cancel()
                await asyncio.wait({listening})


async def _listen(client: aiomqtt.Client, desk: CityDesk) -> None:
    async for message in client.messages:
        assert isinstance(message.payload, bytes), "that is how it comes from the wire"
        desk.take(str(message.topic), message.payload)


def _unheard_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
