"""What a call leaves behind reaches the broker, the web server and the citizen."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiomqtt
import pytest
from aiohttp import web

from tests.databases import KEYS, NOON
from voicebot.adapters.records.records import open_records
from voicebot.config import load_settings
from voicebot.engine.events.assembly import run_relays
from voicebot.engine.events.receivers import outbox_topics
from voicebot.errors import ConfigurationError
from voicebot.records.cases import NewCase
from voicebot.testing.mosquitto import running_mosquitto

SECRET = "a secret of sixteen bytes"
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


async def test_everybody_is_told(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "broker").mkdir()
    posted: asyncio.Queue[str] = asyncio.Queue()

    async def board(request: web.Request) -> web.Response:
        posted.put_nowait(request.headers["X-Voicebot-Event"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/", board)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with running_mosquitto(tmp_path / "broker") as mosquitto:
        config = tmp_path / "voicebot.toml"
        config.write_text(
            f"""
            [events]
            site = "example"
            [events.mqtt]
            host = "127.0.0.1"
            port = {mosquitto.port}
            [events.webhooks.board]
            url = "http://127.0.0.1:{runner.addresses[0][1]}/"
            topics = ["alert"]
            [messages]
            number = "02-120"
            folder = "{tmp_path / "messages"}"
            """
        )
        settings = load_settings(config)
        topics = outbox_topics(settings)
        environment = {"VOICEBOT_WEBHOOK_BOARD_SECRET": SECRET}
        async with (
            aiomqtt.Client("127.0.0.1", mosquitto.port) as city,
            open_records(sqlite_url, KEYS, at=NOON, destinations=tuple(topics), topics=topics) as records,
            run_relays(
                settings, records, environment=environment, now=lambda: TEN, jitter=random.random
            ) as relays,
        ):
            await city.subscribe("voicebot/example/+", qos=1)
            number = await records.cases.open(NewCase(details={"callback": "010-2345-6789"}), at=TEN)
            await records.alerts.raise_alert({"kind": "danger", "level": "P0"}, at=TEN)
            assert await relays.told(f"case/{number}", within_s=60)
            heard = {str((await asyncio.wait_for(anext(city.messages), 60)).topic) for _ in range(2)}
            assert heard == {"voicebot/example/case", "voicebot/example/alert"}
            assert await asyncio.wait_for(posted.get(), 60) == "alert"
            while depth := await records.outbox.depth("messages"):
                assert depth <= 1
                await asyncio.sleep(0)
    (message,) = (tmp_path / "messages").glob("*.json")
    told = json.loads(message.read_text(encoding="utf-8"))
    assert told["text"] == f"[예시시] 민원이 접수되었습니다. 접수번호 {number}. 문의 02-120"
    assert posted.empty()
    await runner.cleanup()


async def test_nobody_waits_for_a_broker_that_is_down(tmp_path: Path, sqlite_url: str) -> None:
    config = tmp_path / "voicebot.toml"
    config.write_text('[events.mqtt]\nhost = "127.0.0.1"\nport = 1')
    settings = load_settings(config)
    async with (
        open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records,
        run_relays(settings, records, environment={}, now=lambda: TEN, jitter=random.random) as relays,
    ):
        number = await records.cases.open(NewCase(), at=TEN)
        assert not await relays.told(f"case/{number}", within_s=0)
        assert await records.outbox.pending("mqtt", f"case/{number}") == 1
        without = replace(relays, relays=())
        assert await without.told(f"case/{number}", within_s=0)


async def test_a_missing_secret_is_told_before_anything_runs(tmp_path: Path, sqlite_url: str) -> None:
    config = tmp_path / "voicebot.toml"
    config.write_text('[events.webhooks.board]\nurl = "https://board.example.kr/"')
    settings = load_settings(config)
    async with open_records(sqlite_url, KEYS, at=NOON) as records:
        with pytest.raises(ConfigurationError, match="VOICEBOT_WEBHOOK_BOARD_SECRET is empty"):
            async with run_relays(settings, records, environment={}, now=lambda: TEN, jitter=random.random):
                pass
