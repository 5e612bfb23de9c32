"""A backup that is made beside an engine at work is restored, with what only its journal held."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.kept import Trouble, kept, until
from tests.adapters.records.test_calls import CALL
from tests.databases import Server
from voicebot.adapters.records.backing_up import (
    ABOUT_FILE,
    JOURNAL_FOLDER,
    POSTGRES_FILE,
    SQLITE_FILE,
    back_up,
    backups,
)
from voicebot.adapters.records.calls import LOST
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import newest_revision
from voicebot.errors import ConfigurationError, RecordsError, RecordsKeyError
from voicebot.records.people import Source
from voicebot.testing.postgres import find_programs


@pytest.fixture
def new_place(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the same kind, to restore into."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'again.db'}"
    server: Server = request.getfixturevalue("server")
    return server.create("restored")


def _restore(backup: Path, url: str) -> None:
    """As ``docs/OPERATIONS.md`` tells it."""
    if url.startswith("sqlite"):
        shutil.copy(backup / SQLITE_FILE, url.removeprefix("sqlite:///"))
        return
    restore = [str(find_programs() / "pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={url}"]
    subprocess.run([*restore, str(backup / POSTGRES_FILE)], check=True)


async def test_a_backup_is_restored(records: Records, new_place: str, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    trouble = Trouble(records.database)
    async with AsyncExitStack() as opened:
        one = await opened.enter_async_context(kept(records, journal))
        await one.keeper.perform(CALL.call_id, "open_case", {"about": "가로등"})
        await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL)
        trouble.down = True  # and what is told now is in the journal alone
        one.keeper.begin(CALL)
        await one.keeper.perform(CALL.call_id, "alert", {"level": "P0", "said": "넘어졌어요"})
        await until(lambda: one.pauses.asked)
        trouble.down = False
        made = await back_up(records.database, journal, tmp_path / "backups", at=NOON, keep=14)
        one.die()
    about = json.loads((made / ABOUT_FILE).read_text(encoding="utf-8"))
    assert about["revision"] == newest_revision() and about["keys"] == [KEYS.newest]
    _restore(made, new_place)
    shutil.copytree(made / JOURNAL_FOLDER, tmp_path / "journal-again")
    async with (
        open_records(new_place, KEYS, at=NOON, destinations=("mqtt",)) as again,
        kept(again, tmp_path / "journal-again") as next_one,
    ):
        assert await next_one.keeper.drain(60)
        (case,), (alert,) = await again.cases.newest(), await again.alerts.unseen()
        assert (case.number, case.details["about"]) == (1001, "가로등")
        assert alert.details["said"] == "넘어졌어요"
        assert await again.opt_outs.stands("010-1234-5678", None)
        call = await again.calls.get(CALL.call_id)
        assert call is not None and call.outcome == LOST
    with pytest.raises(RecordsKeyError, match="add the missing one"):
        async with open_records(new_place, Keyring([b"o" * 32]), at=NOON):
            pass


async def test_only_its_owner_reads_it_and_the_oldest_go(records: Records, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / "notes").mkdir(parents=True)  # somebody else's: left alone
    for day in range(4):
        at = NOON + timedelta(days=day)
        made = await back_up(records.database, tmp_path / "absent", folder, at=at, keep=2)
        assert all(path.stat().st_mode & 0o077 == 0 for path in (made, *made.glob("records.*")))
    assert [path.name for path in backups(folder)] == ["20261124-120000", "20261125-120000"]
    assert (folder / "notes").is_dir()


async def test_a_backup_that_fails_leaves_nothing_and_takes_nothing_away(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_records(sqlite_url, KEYS, at=NOON) as records:
        await back_up(records.database, tmp_path / "absent", tmp_path / "b", at=NOON, keep=1)
        (tmp_path / "file").touch()
        with pytest.raises(RecordsError, match=r"the backup failed .*make room"):
            await back_up(records.database, tmp_path / "absent", tmp_path / "file", at=NOON, keep=1)
        later = NOON + timedelta(hours=1)
        monkeypatch.setattr(shutil, "copy2", _full)
        (tmp_path / "journal").mkdir()
        (tmp_path / "journal" / "x.journal").touch()
        with pytest.raises(RecordsError, match="No space left"):
            await back_up(records.database, tmp_path / "journal", tmp_path / "b", at=later, keep=1)
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["20261122-120000"]


def _full(*paths: Path) -> None:
    raise OSError(28, "No space left on device")


async def test_without_pg_dump_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    database = Database("postgresql://voicebot:secret@127.0.0.1:1/none", KEYS)
    with pytest.raises(ConfigurationError, match="postgresql-client"):
        await back_up(database, tmp_path / "absent", tmp_path / "b", at=NOON, keep=1)


async def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    database = Database("postgresql://voicebot:secret@127.0.0.1:1/none?ssl=disable", KEYS)
    with pytest.raises(RecordsError, match="pg_dump failed: ") as told:
        await back_up(database, tmp_path / "absent", tmp_path / "b", at=NOON, keep=1)
    assert "secret" not in str(told.value)
