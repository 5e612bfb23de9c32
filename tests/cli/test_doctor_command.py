"""``voicebot doctor``: one line a part, whatever the parts do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from yarl import URL

from tests.adapters.asterisk.ari.fake_ari import running_fake
from voicebot.adapters.records.encryption import VARIABLE, new_key
from voicebot.cli import doctor as module
from voicebot.config import RECORDS_URL_VARIABLE, Settings
from voicebot.errors import AsteriskUnavailable, ConfigurationError

app = typer.Typer()
app.command()(module.doctor)
runner = CliRunner()

Check = Callable[[Settings], Awaitable[str]]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _answers(result: str | Exception) -> Check:
    async def check(settings: Settings) -> str:
        if isinstance(result, Exception):
            raise result
        return result

    return check


def _with(monkeypatch: pytest.MonkeyPatch, **results: str | Exception) -> None:
    monkeypatch.setattr(module, "CHECKS", {part: _answers(result) for part, result in results.items()})


def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, Asterisk="22.10.1", database="cases.db, 0 cases")
    done = runner.invoke(app, [])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["ok   Asterisk     22.10.1", "ok   database     cases.db, 0 cases"]


def test_what_is_to_be_done_is_told_and_the_rest_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    down = AsteriskUnavailable("Asterisk is not running; start it: voicebot asterisk up")
    _with(monkeypatch, ARI=down, recogniser=ZeroDivisionError("a fault"), broker="none configured")
    done = runner.invoke(app, [])
    assert done.exit_code == 1
    first, second, third = done.stdout.splitlines()
    assert first == f"todo ARI          {down}"
    assert second.startswith("todo recogniser   fails in a way of its own (ZeroDivisionError: a fault)")
    assert third.startswith("ok   broker")


def test_a_program_may_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, ARI=AsteriskUnavailable("start it"), broker="없음")
    done = runner.invoke(app, ["--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout) == [
        {"part": "ARI", "ok": False, "detail": "start it"},
        {"part": "broker", "ok": True, "detail": "없음"},
    ]


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    (tmp_path / "voicebot.toml").write_text('[asterisk]\nmode = "none"\n')
    done = runner.invoke(app, [])
    assert isinstance(done.exception, ConfigurationError)
    assert "asterisk.mode" in str(done.exception)


def _detail(part: str, settings: Settings | None = None) -> tuple[bool, str]:
    async def examine() -> list[module.Finding]:
        return await module.examine(settings or Settings())

    (finding,) = [finding for finding in asyncio.run(examine()) if finding.part == part]
    return finding.ok, finding.detail


@pytest.mark.parametrize("part", ["ARI", "AMI"])
def test_an_asterisk_that_does_not_run(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKS", {part: module.CHECKS[part]})
    assert _detail(part) == (False, "Asterisk is not running; start it: voicebot asterisk up")


def test_a_system_asterisk_needs_its_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_ARI_PASSWORD", raising=False)
    monkeypatch.setattr(module, "CHECKS", {"ARI": module.CHECKS["ARI"]})
    ok, detail = _detail("ARI", Settings.model_validate({"asterisk": {"mode": "system"}}))
    assert not ok and "VOICEBOT_ARI_PASSWORD is empty" in detail


def test_a_module_that_hangs_asterisk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def with_asterisk(modules: dict[str, tuple[int, object]]) -> tuple[bool, str]:
        async with running_fake() as fake:
            fake.answer("GET", "/asterisk/info", (200, {"system": {"version": "22.10.1"}}))
            for name, answer in modules.items():
                fake.answer("GET", f"/asterisk/modules/{name}", answer)
            address = URL(fake.url)
            system = {"mode": "system", "host": address.host, "ari_port": address.port}
            (finding,) = await module.examine(Settings.model_validate({"asterisk": system}))
            return finding.ok, finding.detail

    monkeypatch.setenv("VOICEBOT_ARI_PASSWORD", "geheim")
    monkeypatch.setenv("VOICEBOT_AMI_PASSWORD", "geheim")
    monkeypatch.setattr(module, "CHECKS", {"ARI": module.CHECKS["ARI"]})
    missing = (404, {"message": "Module could not be found"})
    ok, detail = asyncio.run(with_asterisk({module.HARMFUL_MODULE: missing}))
    assert ok and detail.startswith("Asterisk 22.10.1 answers on http://")
    ok, detail = asyncio.run(with_asterisk({module.HARMFUL_MODULE: (200, {"name": module.HARMFUL_MODULE})}))
    assert not ok and "take it and res_ari_device_states.so out of modules.conf" in detail


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of records that can be opened."""
    monkeypatch.setattr(module, "CHECKS", {"database": module.CHECKS["database"]})
    monkeypatch.setenv(VARIABLE, new_key())
    monkeypatch.delenv(RECORDS_URL_VARIABLE, raising=False)
    values = {"url": f"sqlite:///{tmp_path}/records.db", "journal": str(tmp_path / "journal")}
    return Settings.model_validate({"records": values})


def test_the_database_is_told_with_its_key(records: Settings) -> None:
    ok, detail = _detail("database", records)
    assert ok and detail.startswith(records.records.url + ", revision ") and "0 open cases, key " in detail


def test_records_of_another_key(records: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _detail("database", records)[0]
    monkeypatch.setenv(VARIABLE, new_key())
    ok, detail = _detail("database", records)
    assert not ok and "is sealed with the key" in detail and "add the missing one" in detail
    monkeypatch.delenv(VARIABLE)
    ok, detail = _detail("database", records)
    assert not ok and "voicebot records new-key" in detail


def test_a_database_that_is_none(records: Settings, tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"no database at all, but long enough to be looked at" * 30)
    ok, detail = _detail("database", records)
    assert not ok and "file is not a database" in detail


def test_what_the_database_refused_is_told(records: Settings, tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "a.refused").write_bytes(b"")
    ok, detail = _detail("database", records)
    assert not ok and "refused (1 files)" in detail and "restart voicebot" in detail


def test_the_parts_that_need_nothing_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = ("broker", "clock zone")
    monkeypatch.setattr(module, "CHECKS", {part: module.CHECKS[part] for part in parts})
    done = runner.invoke(app, ["--json"])
    assert done.exit_code == 0
    assert [finding["part"] for finding in json.loads(done.stdout)] == list(parts)
