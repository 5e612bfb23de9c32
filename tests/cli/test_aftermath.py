"""The demo shows the case, the alert, and the message of them that has travelled."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tests.databases import KEYS, NOON
from voicebot.adapters.events.broker import Broker
from voicebot.adapters.events.mqtt import MqttSender
from voicebot.adapters.records.records import Records, open_records
from voicebot.cli import aftermath
from voicebot.cli.aftermath import print_aftermath
from voicebot.config import Settings
from voicebot.engine.events.relay import Relay
from voicebot.records.cases import NewCase
from voicebot.testing import city_desk
from voicebot.testing.city_desk import SITE, CityDesk, open_desk
from voicebot.testing.mosquitto import find_mosquitto


@pytest.fixture
async def records(sqlite_url: str) -> AsyncIterator[Records]:
    """A case and an alert, and their messages in the outbox."""
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as opened:
        details = {"what": "가로등", "level": "P3", "callback": "01012345678"}
        await opened.cases.open(NewCase(call_id="call-1", details=details), at=NOON)
        await opened.alerts.raise_alert({"kind": "fall", "level": "P1", "said": "[넘어졌어요]"}, at=NOON)
        yield opened


def _console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=200), out


@asynccontextmanager
async def _relaying(records: Records, desk: CityDesk) -> AsyncIterator[None]:
    """What the engine does beside its calls."""
    broker = Broker(host="127.0.0.1", port=desk.port, site=SITE, engine="one")
    sender = MqttSender(broker, jitter=lambda: 0.0, now=lambda: NOON)
    relay = Relay(
        "mqtt",
        records.outbox,
        sender,
        now=lambda: datetime.now(UTC),
        jitter=lambda: 0.0,
        rate_per_s=50,
        most_at_once=5,
    )
    stop = asyncio.Event()
    working = [asyncio.ensure_future(sender.run()), asyncio.ensure_future(relay.run(stop))]
    try:
        yield
    finally:
        for work in working:
            work.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def test_what_is_shown_has_travelled(records: Records, tmp_path: Path) -> None:
    find_mosquitto()
    console, out = _console()
    async with open_desk(tmp_path / "broker") as desk, _relaying(records, desk):
        assert await print_aftermath(console, records, desk)
        assert Settings.model_validate(desk.settings).events.site == SITE
    shown = out.getvalue()
    assert "case 1001" in shown and "010-****-5678" in shown
    assert "alert 1001" in shown and "[넘어졌어요]" in shown
    sent = {message.topic: message.text for message in desk.arrived}
    assert set(sent) == {"voicebot/demo/case", "voicebot/demo/alert"}
    assert all(text in shown and '"event_id"' in text for text in sent.values())


async def test_what_does_not_arrive_is_told(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aftermath, "_TOLD_LIMIT_S", 0.0)
    console, out = _console()
    async with open_desk(tmp_path / "broker") as desk:
        assert not await print_aftermath(console, records, desk)
    assert "was not told of [('alert', '1001'), ('case', '1001')]" in out.getvalue()


async def test_without_a_broker_it_says_so_and_shows_what_waits(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voicebot.errors import ConfigurationError

    def absent() -> str:
        raise ConfigurationError("no mosquitto")

    monkeypatch.setattr(city_desk, "find_mosquitto", absent)
    console, out = _console()
    async with open_desk(tmp_path / "broker") as desk:
        assert await print_aftermath(console, records, desk)
    assert "no broker is installed" in out.getvalue() and "2 messages wait" in out.getvalue()
    assert "voicebot/demo/alert kind fall" in out.getvalue()
