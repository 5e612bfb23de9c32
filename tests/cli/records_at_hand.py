"""Records on each database, a settings file that names them, and a way to run commands on them."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.databases import KEYS, NOON, SECRET
from voicebot.adapters.records.encryption import VARIABLE
from voicebot.adapters.records.records import Records, open_records
from voicebot.config import RECORDS_URL_VARIABLE

T = TypeVar("T")


class AtHand:
    """The records of one test."""

    def __init__(self, url: str, config: Path) -> None:
        self._url = url
        self._config = config

    def do(self, work: Callable[[Records], Awaitable[T]]) -> T:
        """Do something with the records."""

        async def opened() -> T:
            async with open_records(self._url, KEYS, at=NOON) as records:
                return await work(records)

        return asyncio.run(opened())

    def run(self, app: typer.Typer, *arguments: str) -> Result:
        """Run a command on them."""
        return CliRunner().invoke(app, [*arguments, "--config", str(self._config)])

    def json(self, app: typer.Typer, *arguments: str) -> Any:
        """What a command prints as JSON."""
        result = self.run(app, *arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def at_hand(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtHand:
    """Records on each database, and the settings file that names them."""
    monkeypatch.setenv(VARIABLE, base64.b64encode(SECRET).decode())
    monkeypatch.delenv(RECORDS_URL_VARIABLE, raising=False)
    config = tmp_path / "voicebot.toml"
    config.write_text(f"[records]\nurl = {json.dumps(url)}\n", encoding="utf-8")
    return AtHand(url, config)
