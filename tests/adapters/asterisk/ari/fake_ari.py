"""A small HTTP server that answers as ARI does, where a test says so, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

Answer = tuple[int, object]


@dataclass(slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object
    authorization: str


@dataclass(slots=True)
class FakeAri:
    """Answers ``answers[method + path]`` (the last of a list stays), or 204."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    hang: asyncio.Event = field(default_factory=asyncio.Event)
    arrivals: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """Released once for each request."""
    silent: bool = False
    """Whether websockets leave pings unanswered, as over a link that was cut without a word."""
    deaf: bool = False
    """Whether events of the client's own do not come back by the websocket."""
    handshake_status: int = 0
    """What the websocket's opening is refused with; 0 for not at all."""

    def __post_init__(self) -> None:
        self.hang.set()

    def answer(self, method: str, path: str, *answers: Answer) -> None:
        """Prepare the answers to a request; the last one stays."""
        self.answers[f"{method} {path}"] = list(answers)

    def times(self, method: str, path: str) -> int:
        """How often something was asked."""
        return sum(1 for asked in self.asked if (asked.method, asked.path) == (method, path))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        path = request.raw_path.partition("?")[0].removeprefix("/ari")
        if path == "/events":
            return await self._websocket(request)
        text = await request.text()
        self.asked.append(
            Asked(
                request.method,
                path,
                dict(request.query),
                json.loads(text) if text else None,
                request.headers.get("Authorization", ""),
            )
        )
        self.arrivals.release()
        await self.hang.wait()
        if path.startswith("/events/user/") and self.sockets and not (self.deaf or self.silent):
            own = {"type": "ChannelUserevent", "eventname": path.rpartition("/")[2]}
            await self.sockets[-1].send_str(json.dumps(own))
        answers = self.answers.get(f"{request.method} {path}", [(204, None)])
        status, value = answers.pop(0) if len(answers) > 1 else answers[0]
        if value is None:
            return web.Response(status=status)
        return web.Response(status=status, body=value if isinstance(value, bytes) else json.dumps(value))

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self.handshake_status:
            return web.Response(status=self.handshake_status)
        socket = web.WebSocketResponse(autoping=not self.silent)
        await socket.prepare(request)
        self.asked.append(
            Asked("WS", "/events", dict(request.query), None, request.headers.get("Authorization", ""))
        )
        self.sockets.append(socket)
        async for message in socket:
            assert message.type in (WSMsgType.TEXT, WSMsgType.PING)
        return socket


@asynccontextmanager
async def running_fake() -> AsyncIterator[FakeAri]:
    """A fake that listens on a free port of loopback."""
    fake = FakeAri()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", fake.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}"
    try:
        yield fake
    finally:
        fake.hang.set()
        for socket in fake.sockets:
            await socket.close()
        await runner.cleanup()
