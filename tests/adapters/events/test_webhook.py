"""Webhooks to a real web server: signed, in bounded time, nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from tests.adapters.events.schemas import valid
from tests.adapters.events.test_mqtt import _message
from tests.adapters.records.conftest import NOON
from voicebot.adapters import posting
from voicebot.adapters.events.webhook import Webhook, WebhookSender
from voicebot.events.envelope import MOST_BYTES
from voicebot.events.message import Message
from voicebot.events.signing import HEADER, verified
from voicebot.events.verdict import Delivered, Failed, Postponed, Refused

SECRET = b"a secret of sixteen bytes"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def _sender(answer: Answer, path: str = "/events") -> AsyncIterator[WebhookSender]:
    """A sender to a server on loopback that answers as the test says."""
    app = web.Application()
    app.router.add_post("/events", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with aiohttp.ClientSession() as session:
            hook = Webhook(name="board", url=f"http://127.0.0.1:{port}{path}", site="example", secret=SECRET)
            yield WebhookSender(hook, session, lambda: NOON)
    finally:
        await runner.cleanup()


async def test_what_is_posted_is_signed_and_validates() -> None:
    asked: list[tuple[dict[str, str], bytes]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((dict(request.headers), await request.read()))
        return web.Response(status=202)

    async with _sender(answer) as sender:
        assert await sender.send(_message(1001)) == Delivered()
    ((headers, body),) = asked
    assert valid(body)["data"]["number"] == "1001"
    assert verified(headers[HEADER], body, [SECRET], NOON.timestamp())
    assert headers["X-Voicebot-Event"] == "case"
    assert headers["X-Voicebot-Event-Id"] == _message(1001).event_id
    assert headers["Content-Type"] == "application/json; charset=utf-8"


async def test_a_redirect_is_not_followed() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.path == "/events"
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with _sender(answer) as sender:
        verdict = await sender.send(_message())
    assert isinstance(verdict, Refused) and "sends elsewhere" in verdict.reason


async def test_retry_after_is_kept() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "42"})

    async with _sender(answer) as sender:
        assert await sender.send(_message()) == Postponed(reason="the receiver answered 429", after_s=42.0)


async def test_a_path_that_is_not_there() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response()

    async with _sender(answer, "/wrong") as sender:
        assert await sender.send(_message()) == Refused(reason="the receiver answered 404")


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_LIMIT", aiohttp.ClientTimeout(total=0.01))
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with _sender(answer) as sender:
        verdict = await sender.send(_message())
        over.set()
    assert isinstance(verdict, Failed)


async def test_a_server_that_breaks_off() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with _sender(answer) as sender:
        verdict = await sender.send(_message())
    assert verdict == Failed(reason="the connection broke (ServerDisconnectedError)")


async def test_where_nobody_listens_no_message_is_to_blame() -> None:
    async with aiohttp.ClientSession() as session:
        hook = Webhook(name="board", url="http://127.0.0.1:1/", site="example", secret=SECRET)
        verdict = await WebhookSender(hook, session, lambda: NOON).send(_message())
    assert verdict == Postponed(reason="no connection (ClientConnectorError)")


async def test_what_is_too_large_is_not_posted() -> None:
    async with aiohttp.ClientSession() as session:
        hook = Webhook(name="board", url="http://127.0.0.1:1/", site="example", secret=SECRET)
        large = Message(
            id=1, event_id="1", topic="case", payload={"note": "가" * MOST_BYTES}, tries=0, created_at=NOON
        )
        assert isinstance(await WebhookSender(hook, session, lambda: NOON).send(large), Refused)


def test_a_secret_is_not_shown() -> None:
    assert "sixteen" not in repr(Webhook(name="board", url="http://x/", site="example", secret=SECRET))
