"""Real calls by scripted citizens: their own Asterisk, controlled by ARI, with their own RTP."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import (
    AriEvent,
    ChannelDestroyed,
    ChannelHangupRequest,
    StasisEnd,
    StasisStart,
    read_event,
)
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.errors import AsteriskUnavailable, ChannelGone
from voicebot.testing.media import CitizenMedia

APPLICATION = "citizen"

_HEARTBEAT_S = 20.0
"""Seconds between pings. A busy Asterisk answers one late; a dead one closes the connection at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AriAccess:
    """How to reach the citizens' Asterisk."""

    base_url: str
    user: str
    password: str
    endpoint: str = "engine"
    """The PJSIP endpoint towards the engine."""


def access_to(endpoints: Endpoints) -> AriAccess:
    """The access to a running embedded Asterisk of role citizen."""
    return AriAccess(
        base_url=f"http://{endpoints.host}:{endpoints.ari_port}",
        user=endpoints.ari_user,
        password=endpoints.ari_password,
    )


class CallEnd:
    """Waits for what ends one call; told by the exchange's reader."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        self.cause = ""
        self.lost = False
        """Whether it ended because our own Asterisk is gone."""

    def tell(self, event: AriEvent) -> None:
        """One event of this call's channel."""
        match event:
            case StasisStart():
                if not self.answered.done():
                    self.answered.set_result(True)
            case StasisEnd() | ChannelDestroyed() | ChannelHangupRequest():
                if isinstance(event, ChannelDestroyed):
                    self.cause = f"{event.cause_text} (cause {event.cause}, SIP {event.technical_cause})"
                    if not self.answered.done():
                        self.answered.set_result(False)
                self.ended.set()
            case _:
                pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenLine:
    """A dialled call in our hands."""

    client: AriClient
    call_id: str
    remote: tuple[str, int]
    """Asterisk's RTP port of this call."""
    end: CallEnd
    answered: bool

    async def press(self, keys: str) -> None:
        """Press telephone keys: they travel as RFC 4733 events."""
        with contextlib.suppress(ChannelGone):
            await self.client.send_digits(self.call_id, keys)


class CitizenExchange:
    """One Asterisk, one socket and one clock for many citizens; made by ``open_exchange``."""

    def __init__(self, client: AriClient, media: CitizenMedia, access: AriAccess) -> None:
        self.client = client
        self.media = media
        self._access = access
        self._calls: dict[str, CallEnd] = {}
        self._gone = False

    def tell(self, event: AriEvent) -> None:
        """Hand one event to the call whose channel it is about."""
        match event:
            case StasisStart() | StasisEnd() | ChannelDestroyed() | ChannelHangupRequest():
                call = self._calls.get(event.channel.id)
                if call is not None:
                    call.tell(event)
            case _:
                pass

    def fail(self, reason: str) -> None:
        """Asterisk is gone: every call is over."""
        self._gone = True
        for call in self._calls.values():
            call.cause, call.lost = reason, True
            if not call.answered.done():
                call.answered.set_result(False)
            call.ended.set()

    @asynccontextmanager
    async def dialled(self, number: str, caller_id: str, ring_s: int = 30) -> AsyncIterator[CitizenLine]:
        """Dial; inside, the line is answered, or ``line.answered`` is false. Everything is taken down after.

        Raises:
            TelephonyError: The citizens' Asterisk refused, or is gone.
        """
        call_id = f"citizen-{secrets.token_hex(6)}"
        bridge, media_id = f"bridge-{call_id}", f"media-{call_id}"
        end = self._calls[call_id] = CallEnd()
        host, port = self.media.address
        client = self.client
        try:
            await client.create_bridge(bridge)
            leg = await client.external_media(media_id, external_host=f"{host}:{port}", media_format="alaw")
            await client.add_to_bridge(bridge, media_id)
            await client.dial_into_application(
                call_id, f"PJSIP/{number}@{self._access.endpoint}", caller_id=caller_id, ring_s=ring_s
            )
            answered = await end.answered
            if end.lost:
                raise AsteriskUnavailable(end.cause)
            if answered:
                await client.add_to_bridge(bridge, call_id)
            yield CitizenLine(
                client=client, call_id=call_id, remote=(leg.host, leg.port), end=end, answered=answered
            )
        finally:
            del self._calls[call_id]
            if not self._gone:
                await client.hang_up(call_id)
                await client.hang_up(media_id)
                await client.destroy_bridge(bridge)


@asynccontextmanager
async def open_exchange(access: AriAccess) -> AsyncIterator[CitizenExchange]:
    """Connect to the citizens' Asterisk and open their socket and clock.

    Raises:
        AsteriskUnavailable: It does not answer.
    """
    client = AriClient(access.base_url, access.user, access.password, APPLICATION)
    async with client, CitizenMedia() as media, asyncio.TaskGroup() as tasks:
        async with await client.open_events(heartbeat_s=_HEARTBEAT_S) as events:
            await client.filter_events()
            exchange = CitizenExchange(client, media, access)
            reader = tasks.create_task(_read_events(events, exchange))
            try:
                yield exchange
            finally:
                reader.cancel()


async def _read_events(events: aiohttp.ClientWebSocketResponse, exchange: CitizenExchange) -> None:
    async for message in events:
        if message.type is aiohttp.WSMsgType.TEXT:
            event = read_event(message.data)
            if event is not None:
                exchange.tell(event)
    exchange.fail("the citizens' Asterisk is gone; see console.log in its run folder")
