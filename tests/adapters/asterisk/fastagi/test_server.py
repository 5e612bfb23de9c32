from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.adapters.asterisk.fastagi.test_request import REQUEST
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.adapters.asterisk.fastagi.server import FastAgiCounters, FastAgiLimits, FastAgiServer
from voicebot.errors import AsteriskUnavailable

ANSWER = {"VB_ROUTE": "stasis", "VB_SERVICE": "duty"}
SHORT = FastAgiLimits(request_s=0.1, route_s=0.1, reply_s=0.1, connections=3)
LIMIT_S = 5.0


class Router:
    """Answers as a test says, and remembers what it was asked."""

    def __init__(self, answer: Mapping[str, str] | Exception | None = None) -> None:
        self.answer = ANSWER if answer is None else answer
        self.asked: list[AgiRequest] = []
        self.ready = asyncio.Event()
        self.ready.set()

    async def route(self, request: AgiRequest) -> Mapping[str, str]:
        self.asked.append(request)
        await self.ready.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Client:
    """Plays Asterisk's side by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def line(self) -> bytes:
        async with asyncio.timeout(LIMIT_S):
            return await self.reader.readline()

    async def closed(self) -> None:
        """Wait until the server has closed the connection without another word."""
        async with asyncio.timeout(LIMIT_S):
            try:
                assert await self.reader.read() == b""
            except ConnectionResetError:
                pass

    def reset(self) -> None:
        """Leave as a crashed client does."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def client_of(server: FastAgiServer) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something is so."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - the counters of a running server tell nobody
            await asyncio.sleep(0.001)


async def ask(server: FastAgiServer) -> list[bytes]:
    """One good request from beginning to end; the commands that came."""
    commands: list[bytes] = []
    async with client_of(server) as client:
        client.writer.write(REQUEST)
        while command := await client.line():
            commands.append(command)
            client.writer.write(b"200 result=1\n")
    return commands


async def test_the_answer_becomes_variables() -> None:
    router = Router()
    async with FastAgiServer(router) as server:
        assert await ask(server) == [b'SET VARIABLE VB_ROUTE "stasis"\n', b'SET VARIABLE VB_SERVICE "duty"\n']
        assert router.asked[0].arguments == ("first", "", "셋째")
        assert server.counters == FastAgiCounters(accepted=1, routed=1)


async def test_a_router_without_an_answer_sets_nothing() -> None:
    async with FastAgiServer(Router({})) as server:
        assert await ask(server) == []
        assert (server.counters.routed, server.counters.unrouted) == (0, 0)


@pytest.mark.parametrize("answer", [RuntimeError("broken"), {"VB_ROUTE": "a\nb"}, {"SHELL(x)": "y"}])
async def test_a_failing_router_sets_nothing_at_all(answer: Mapping[str, str] | Exception) -> None:
    async with FastAgiServer(Router(answer)) as server:
        assert await ask(server) == []
        assert server.counters == FastAgiCounters(accepted=1, unrouted=1)


async def test_a_slow_router_sets_nothing() -> None:
    router = Router()
    router.ready.clear()
    async with FastAgiServer(router, limits=SHORT) as server:
        assert await ask(server) == []
        assert server.counters == FastAgiCounters(accepted=1, unrouted=1)


async def test_a_client_that_leaves_early_does_not_spin_the_loop() -> None:
    async with FastAgiServer(Router()) as server:
        for data in (b"", REQUEST[:50], REQUEST[:-1]):
            async with client_of(server) as client:
                client.writer.write(data)
                client.writer.write_eof()
                await client.closed()
        async with client_of(server) as client:
            client.writer.write(REQUEST[:50])
            await client.writer.drain()
            client.reset()
        await until(lambda: server.counters.incomplete == 4)
        # The loop is free: a good call is served at once.
        assert len(await ask(server)) == 2


async def test_a_client_that_leaves_during_the_answer_is_counted() -> None:
    async with FastAgiServer(Router()) as server:
        async with client_of(server) as client:
            client.writer.write(REQUEST)
            assert await client.line()
        await until(lambda: server.counters.incomplete == 1)
        assert server.counters.routed == 0


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\xff\n", b"A" * 10_000_000])
async def test_garbage_is_refused_without_waiting_for_its_end(data: bytes) -> None:
    async with FastAgiServer(Router(), limits=FastAgiLimits(request_s=60.0)) as server:
        async with client_of(server) as client:
            client.writer.write(data)
            await client.closed()
        assert server.counters == FastAgiCounters(accepted=1, malformed=1)
        assert len(await ask(server)) == 2


async def test_a_port_scan_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with FastAgiServer(Router()) as server:
        for _ in range(5):
            async with client_of(server) as client:
                client.writer.write(b"GET / HTTP/1.1\r\n\r\n")
                await client.closed()
        assert server.counters.malformed == 5
    assert len(caplog.records) == 1


async def test_a_request_that_drips_ends_at_the_deadline() -> None:
    async with FastAgiServer(Router(), limits=SHORT) as server:
        async with client_of(server) as client:
            for byte in REQUEST[:20]:
                client.writer.write(bytes([byte]))
                await asyncio.sleep(0)
            await client.closed()
        assert server.counters == FastAgiCounters(accepted=1, slow=1)


async def test_replies_that_do_not_come_end_the_connection() -> None:
    async with FastAgiServer(Router(), limits=SHORT) as server:
        async with client_of(server) as client:
            client.writer.write(REQUEST)
            assert await client.line()
            await client.closed()
        assert server.counters == FastAgiCounters(accepted=1, slow=1)


async def test_a_caller_who_hung_up_meanwhile_is_no_fault() -> None:
    async with FastAgiServer(Router()) as server:
        async with client_of(server) as client:
            client.writer.write(REQUEST)
            assert await client.line()
            client.writer.write(b"HANGUP\n511 Command Not Permitted on a dead channel\n")
            await client.closed()
        assert server.counters == FastAgiCounters(accepted=1)


async def test_more_clients_than_allowed_are_turned_away() -> None:
    router = Router()
    router.ready.clear()
    limits = FastAgiLimits(route_s=60.0, connections=3)
    async with FastAgiServer(router, limits=limits) as server:
        waiting = [asyncio.create_task(ask(server)) for _ in range(3)]
        await until(lambda: len(router.asked) == 3)
        async with client_of(server) as client:
            await client.closed()
        assert server.counters.crowded == 1
        router.ready.set()
        assert [len(commands) for commands in await asyncio.gather(*waiting)] == [2, 2, 2]


async def test_many_calls_at_once_are_all_routed() -> None:
    async with FastAgiServer(Router()) as server:
        answers = await asyncio.gather(*(ask(server) for _ in range(100)))
        assert {len(commands) for commands in answers} == {2}
        assert server.counters == FastAgiCounters(accepted=100, routed=100)


async def test_the_end_of_the_server_ends_its_connections() -> None:
    router = Router()
    router.ready.clear()
    async with FastAgiServer(router, limits=FastAgiLimits(route_s=60.0)) as server:
        waiting = asyncio.create_task(ask(server))
        await until(lambda: len(router.asked) == 1)
    async with asyncio.timeout(LIMIT_S):
        await asyncio.wait({waiting})
    assert waiting.exception() is not None or waiting.result() == []


async def test_a_port_in_use_is_told() -> None:
    async with FastAgiServer(Router()) as server:
        with pytest.raises(AsteriskUnavailable, match="set another agi_port"):
            async with FastAgiServer(Router(), port=server.port):
                pass
