from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.adapters.asterisk.ari.fake_ari import FakeAri
from tests.adapters.asterisk.ari.samples import event_json
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import ApplicationReplaced, StasisEnd
from voicebot.adapters.asterisk.ari.stream import EventStream, StreamConnected, StreamEvent, StreamLost
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.errors import TelephonyError

LIMIT_S = 5.0


class Receiver:
    """Keeps the events of a stream for the test to take one by one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[StreamEvent] = asyncio.Queue()

    async def next(self) -> StreamEvent:
        async with asyncio.timeout(LIMIT_S):
            return await self.queue.get()


@asynccontextmanager
async def running(stream: EventStream) -> AsyncIterator[Receiver]:
    """A stream that runs beside the test."""
    receiver = Receiver()
    task = asyncio.create_task(stream.run(receiver.queue.put_nowait))
    try:
        yield receiver
    finally:
        task.cancel()
        await asyncio.wait({task})


def stream_of(client: AriClient, heartbeat_s: float = 2.0) -> EventStream:
    return EventStream(client, Backoff(lambda: 0.0, first_s=0.01, longest_s=0.02), heartbeat_s=heartbeat_s)


async def test_events_arrive_in_order_and_bad_ones_are_counted(fake: FakeAri, client: AriClient) -> None:
    stream = stream_of(client)
    async with running(stream) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
        socket = fake.sockets[0]
        await socket.send_str("{broken")
        await socket.send_str(json.dumps({"type": "ChannelVarset"}))
        await socket.send_bytes(json.dumps(event_json("StasisEnd")).encode())
        assert isinstance(await receiver.next(), StasisEnd)
    counters = stream.counters
    assert (counters.malformed, counters.ignored, counters.events, counters.connections) == (1, 1, 1, 1)


async def test_asterisk_is_told_which_events_we_read(fake: FakeAri, client: AriClient) -> None:
    async with running(stream_of(client)) as receiver:
        await receiver.next()
    assert fake.asked[0].query == {"app": "voicebot", "subscribeAll": "true"}
    assert fake.asked[0].authorization.startswith("Basic ")
    assert fake.asked[1].path == "/applications/voicebot/eventFilter"
    assert {"type": "StasisStart"} in fake.asked[1].body["allowed"]  # type: ignore[index]


async def test_a_lost_connection_is_told_and_made_again(fake: FakeAri, client: AriClient) -> None:
    async with running(stream_of(client)) as receiver:
        await receiver.next()
        transport = fake.sockets[0]._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()
        assert isinstance(await receiver.next(), StreamLost)
        assert await receiver.next() == StreamConnected(first=False)
        await fake.sockets[1].send_str(json.dumps(event_json("StasisEnd")))
        assert isinstance(await receiver.next(), StasisEnd)


async def test_a_link_that_was_cut_without_a_word_is_noticed(fake: FakeAri, client: AriClient) -> None:
    fake.silent = True
    async with running(stream_of(client, heartbeat_s=0.1)) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
        lost = await receiver.next()
        assert isinstance(lost, StreamLost)
        assert "ping" in lost.reason
        assert await receiver.next() == StreamConnected(first=False)


async def test_a_link_that_brings_no_events_is_made_again(fake: FakeAri, client: AriClient) -> None:
    fake.deaf = True
    async with running(stream_of(client, heartbeat_s=0.1)) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
        lost = await receiver.next()
        assert isinstance(lost, StreamLost)
        assert "did not come back" in lost.reason
        assert await receiver.next() == StreamConnected(first=False)


async def test_an_application_that_asterisk_forgot_is_registered_again(
    fake: FakeAri, client: AriClient
) -> None:
    fake.answer("POST", "/events/user/voicebot-roll-call", (404, {"message": "gone"}), (204, None))
    async with running(stream_of(client)) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
        lost = await receiver.next()
        assert isinstance(lost, StreamLost)
        assert "forgotten the application" in lost.reason
        assert await receiver.next() == StreamConnected(first=False)


async def test_an_asterisk_that_refuses_roll_calls_is_used_all_the_same(
    fake: FakeAri, client: AriClient
) -> None:
    fake.answer("POST", "/events/user/voicebot-roll-call", (403, None))
    async with running(stream_of(client, heartbeat_s=0.05)) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await receiver.queue.get()
    assert fake.times("POST", "/events/user/voicebot-roll-call") > 2


async def test_a_quiet_link_is_kept(fake: FakeAri) -> None:
    async with AriClient(fake.url, "voicebot", "geheim", "voicebot", timeout_s=0.1) as client:
        async with running(stream_of(client, heartbeat_s=0.05)) as receiver:
            await receiver.next()
            # Longer than several heartbeats and than the deadline of requests.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.4):
                    await receiver.queue.get()


async def test_another_engine_with_the_same_name_is_told(fake: FakeAri, client: AriClient) -> None:
    async with running(stream_of(client)) as receiver:
        await receiver.next()
        await fake.sockets[0].send_str('{"type": "ApplicationReplaced"}')
        assert await receiver.next() == ApplicationReplaced()
        lost = await receiver.next()
        assert isinstance(lost, StreamLost)
        assert "one engine for each name" in lost.reason


async def test_a_wrong_password_ends_the_start(fake: FakeAri, client: AriClient) -> None:
    fake.handshake_status = 401
    with pytest.raises(TelephonyError, match="user and password"):
        await stream_of(client).run(lambda event: None)


async def test_an_asterisk_that_is_still_starting_is_waited_for(fake: FakeAri, client: AriClient) -> None:
    fake.handshake_status = 404
    stream = stream_of(client)
    async with running(stream) as receiver:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await receiver.queue.get()
        fake.handshake_status = 0
        assert await receiver.next() == StreamConnected(first=True)


async def test_an_asterisk_without_event_filters_is_used_all_the_same(
    fake: FakeAri, client: AriClient
) -> None:
    fake.answer("PUT", "/applications/voicebot/eventFilter", (500, None))
    async with running(stream_of(client)) as receiver:
        assert await receiver.next() == StreamConnected(first=True)
