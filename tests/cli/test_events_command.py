"""``voicebot events`` tells what waits, and sends again what was refused."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.adapters.records.records import open_records
from voicebot.cli.main import app
from voicebot.errors import ConfigurationError


async def _refuse_one(url: str, keys: Keyring) -> None:
    async with open_records(url, keys, at=NOON, destinations=("mqtt",)) as records:
        async with records.database.writing() as connection:
            for _ in range(2):
                await records.outbox.put(connection, "call", {}, NOON)
        (first, _) = await records.outbox.due("mqtt", NOON)
        await records.outbox.refused(first, "the broker answered 0x87", NOON)


def test_what_was_refused_is_told_and_sent_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, new_key())
    monkeypatch.setenv("VOICEBOT_RECORDS_URL", sqlite_url)
    asyncio.run(_refuse_one(sqlite_url, Keyring.from_environment(os.environ)))
    config = tmp_path / "voicebot.toml"
    config.write_text('[events.mqtt]\nhost = "127.0.0.1"\n')
    at = ["--config", str(config)]

    told = CliRunner().invoke(app, ["events", "status", "--json", *at], catch_exceptions=False)
    (one,) = json.loads(told.stdout)
    assert (one["destination"], one["waiting"], one["refused"]) == ("mqtt", 1, 1)
    assert one["reasons"] == {"the broker answered 0x87": 1}
    shown = CliRunner().invoke(app, ["events", "status", *at], catch_exceptions=False)
    assert "mqtt: 1 wait since 2026-11-22 21:00, 1 refused" in shown.stdout

    again = CliRunner().invoke(app, ["events", "retry", "mqtt", *at], catch_exceptions=False)
    assert again.stdout == "mqtt: 1 messages wait again\n"
    with pytest.raises(ConfigurationError, match="'mqtt' is in the settings: take it out there first"):
        CliRunner().invoke(app, ["events", "drop", "mqtt", *at], catch_exceptions=False)
    config.write_text("")
    empty = CliRunner().invoke(app, ["events", "status", *at], catch_exceptions=False)
    assert "mqtt: not in the settings any more; voicebot events drop mqtt" in empty.output
    gone = CliRunner().invoke(app, ["events", "drop", "mqtt", *at], catch_exceptions=False)
    assert gone.stdout == "mqtt: 2 messages deleted\n"
    config.write_text('[events.mqtt]\nhost = "127.0.0.1"\n')
    with pytest.raises(ConfigurationError, match="no receiver 'board'; the settings name mqtt"):
        CliRunner().invoke(app, ["events", "retry", "board", *at], catch_exceptions=False)
