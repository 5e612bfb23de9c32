"""``voicebot records``: tables are made and upgraded, old rows deleted, keys changed."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from voicebot.adapters.records.encryption import VARIABLE, Keyring
from voicebot.adapters.records.records import open_records
from voicebot.adapters.records.upgrading import newest_revision
from voicebot.cli import records
from voicebot.config import RECORDS_URL_VARIABLE
from voicebot.errors import ConfigurationError, RecordsKeyError

KEY = base64.b64encode(b"1" * 32).decode()
NEWER = base64.b64encode(b"2" * 32).decode()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.delenv(RECORDS_URL_VARIABLE, raising=False)
    path = tmp_path / "voicebot.toml"
    path.write_text(f'[records]\nurl = "sqlite:///{tmp_path}/run/records.db"\n', encoding="utf-8")
    return path


def _run(command: str, config: Path, *more: str) -> Result:
    return CliRunner().invoke(records.app, [command, "--config", str(config), *more])


def test_tables_are_made_once(config: Path) -> None:
    first = _run("upgrade", config, "--json")
    assert json.loads(first.stdout) == {"before": "", "after": newest_revision(), "changed": True}
    assert "nothing to do" in _run("upgrade", config).stdout


def test_before_the_tables_are_made_everything_else_says_so(config: Path) -> None:
    for command in ("purge", "rotate"):
        result = _run(command, config)
        assert isinstance(result.exception, ConfigurationError)
        assert "run: voicebot records upgrade" in str(result.exception)


def test_nothing_is_due_in_new_records(config: Path) -> None:
    _run("upgrade", config)
    assert _run("purge", config).stdout == "deleted: nothing is due\n"
    assert set(json.loads(_run("purge", config, "--json").stdout)["deleted"].values()) == {0}


def test_a_clock_that_may_be_wrong_deletes_nothing(config: Path) -> None:
    _run("upgrade", config)
    long_ago = datetime.now(UTC) - timedelta(days=400)
    asyncio.run(_alert(config, long_ago))
    refused = _run("purge", config)
    assert isinstance(refused.exception, ConfigurationError)
    assert f"nothing was written since {long_ago:%Y-%m-%d}" in str(refused.exception)
    assert "1 of alerts" in _run("purge", config, "--clock-is-right").stdout
    assert "nothing is due" in _run("purge", config).stdout  # the purge itself was written down


async def _alert(config: Path, at: datetime) -> None:
    """One that somebody has seen, and nothing since."""
    url = f"sqlite:///{config.parent}/run/records.db"
    async with open_records(url, Keyring([b"1" * 32]), at=at) as records:
        await records.alerts.raise_alert({"kind": "fall"}, at=at)
        (alert,) = await records.alerts.unseen()
        assert await records.alerts.see(alert.number, by="kim", at=at)


def test_a_period_that_is_too_long_is_refused(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write("[records.retention]\ncases = 4000\nletters = 3\n")
    result = _run("purge", config)
    assert isinstance(result.exception, ConfigurationError)
    assert "[records.retention.cases]" in str(result.exception)
    assert "[records.retention.letters" in str(result.exception)


def test_a_key_is_changed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run("upgrade", config)
    assert _run("purge", config).exit_code == 0  # from now on this key is known
    monkeypatch.setenv(VARIABLE, f"{NEWER},{KEY}")
    newest = Keyring([b"2" * 32]).newest
    assert json.loads(_run("rotate", config, "--json").stdout) == {"key": newest, "rows": 0}
    assert f"only the key {newest} is needed now" in _run("rotate", config).stdout
    monkeypatch.setenv(VARIABLE, KEY)
    assert isinstance(_run("purge", config).exception, RecordsKeyError)


def test_without_a_key_nothing_is_opened(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    result = _run("upgrade", config)
    assert isinstance(result.exception, RecordsKeyError)
    assert not (config.parent / "run").exists()


def test_a_new_key_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(records.app, ["new-key"])
    assert Keyring.from_environment({VARIABLE: result.stdout}).newest


def test_an_address_with_a_password_comes_from_the_environment(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RECORDS_URL_VARIABLE, f"sqlite:///{tmp_path}/elsewhere.db")
    assert _run("upgrade", config).exit_code == 0
    assert (tmp_path / "elsewhere.db").exists() and not (tmp_path / "run").exists()
