"""The engine's side of a call in plain steps, over the real adapters: route, take, answer, bridge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from tests.acceptance.plain_calls import LIMIT_S, parted
from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import StasisStart
from voicebot.adapters.asterisk.ari.models import ExternalMedia
from voicebot.adapters.asterisk.ari.stream import EventStream, StreamConnected, StreamEvent
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.adapters.asterisk.fastagi.server import FastAgiServer

E = TypeVar("E", bound=object)


class ToTheEngine:
    """A router that gives every call to us."""

    def __init__(self) -> None:
        self.asked: list[AgiRequest] = []

    async def route(self, request: AgiRequest) -> Mapping[str, str]:
        self.asked.append(request)
        return {"VB_ROUTE": "stasis", "VB_SERVICE": "duty"}


@dataclass
class Hands:
    """An engine whose every step is taken by the test."""

    client: AriClient
    router: ToTheEngine
    events: asyncio.Queue[StreamEvent] = field(default_factory=asyncio.Queue)

    async def event(self, kind: type[E], limit_s: float = LIMIT_S) -> E:
        """The next event of a kind; those before it are passed over."""
        async with asyncio.timeout(limit_s):
            while True:
                event = await self.events.get()
                if isinstance(event, kind):
                    return event

    async def citizen_arrives(self) -> str:
        """Wait for a citizen and return the channel's id."""
        while True:
            start = await self.event(StasisStart)
            if start.arguments:
                assert start.arguments == ("duty", "inbound", "1000")
                return start.channel.id

    async def take(self, channel_id: str, media_port: int, media_format: str = "slin16") -> ExternalMedia:
        """Answer a citizen and bridge the call with a media leg; the channel's id is the call's."""
        await self.client.answer(channel_id)
        media = await self.client.external_media(
            naming.media_channel_id(channel_id),
            external_host=f"127.0.0.1:{media_port}",
            media_format=media_format,
        )
        await self.client.create_bridge(naming.bridge_id(channel_id))
        await self.client.add_to_bridge(naming.bridge_id(channel_id), channel_id, media.channel.id)
        return media

    async def application_of(self, channel_id: str) -> str:
        """What the dialplan runs for a channel."""
        return (await self.client.channel(channel_id)).dialplan.application_name

    async def clear(self) -> None:
        """Leave nothing behind for the next test."""
        async with asyncio.timeout(LIMIT_S):
            while channels := await self.client.channels():
                for channel in channels:
                    await self.client.hang_up(channel.id)
            # A destroyed bridge is listed until Asterisk has taken it down.
            while bridges := await self.client.bridges():
                for bridge in bridges:
                    await self.client.destroy_bridge(bridge.id)


@asynccontextmanager
async def hands_of(
    endpoints: Endpoints, *, ari_port: int | None = None, heartbeat_s: float = 2.0
) -> AsyncIterator[Hands]:
    """Route, listen and act as the engine does.

    Args:
        ari_port: Another way to ARI than the straight one, e.g. a wire that can be cut.
    """
    base_url = f"http://{endpoints.host}:{ari_port or endpoints.ari_port}"
    router = ToTheEngine()
    async with (
        AriClient(base_url, endpoints.ari_user, endpoints.ari_password, endpoints.application) as client,
        FastAgiServer(router, endpoints.host, endpoints.agi_port),
    ):
        hands = Hands(client, router)
        stream = EventStream(client, Backoff(lambda: 0.5), heartbeat_s=heartbeat_s)
        running = asyncio.create_task(stream.run(hands.events.put_nowait))
        try:
            assert (await hands.event(StreamConnected)).first
            yield hands
        finally:
            await hands.clear()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    await parted(endpoints, endpoints.application)
