"""Opening, refusing and losing a database; what goes wrong is told without anything personal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from tests.adapters.records.conftest import KEYS, NOON
from tests.databases import Server
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.errors import ConfigurationError, RecordsError, RecordsKeyError, RecordsUnavailable
from voicebot.records.cases import NewCase


@pytest.mark.parametrize("url", ["", "records.db", "mysql://host/records", "sqlite://"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\[records\] url: "):
        Database(url, KEYS)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="choose another"):
        Database(f"sqlite:///{tmp_path / 'file' / 'records.db'}", KEYS)


def test_a_password_is_not_shown() -> None:
    assert Database("postgresql://voicebot:secret@db/city", KEYS).where == "postgresql://voicebot:***@db/city"


async def test_another_key_is_noticed_at_the_start(url: str) -> None:
    async with open_records(url, KEYS, at=NOON):
        pass
    with pytest.raises(
        RecordsKeyError, match=rf"sealed with the key {KEYS.newest}, but VOICEBOT_RECORDS_KEYS"
    ):
        async with open_records(url, Keyring([b"w" * 32]), at=NOON):
            pass


async def test_records_without_tables_are_not_opened(empty_url: str) -> None:
    with pytest.raises(ConfigurationError, match="voicebot records upgrade"):
        async with open_records(empty_url, KEYS, at=NOON):
            pass


async def test_a_moment_without_a_zone_is_a_mistake(records: Records) -> None:
    with pytest.raises(RecordsError, match="time zone"):
        await records.cases.open(NewCase(), at=NOON.replace(tzinfo=None))


async def test_sqlite_keeps_what_was_committed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'records.db'}", KEYS)
    async with database.reading() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


async def test_two_writers_on_one_file_wait_for_each_other(url: str) -> None:
    async with open_records(url, KEYS, at=NOON) as one, open_records(url, KEYS, at=NOON) as two:
        opened = (owner.cases.open(NewCase(), at=NOON) for _ in range(15) for owner in (one, two))
        assert len(set(await asyncio.gather(*opened))) == 30


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("connection is closed"),
    ],
)
async def test_a_server_that_is_starting_up_may_be_asked_again(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raised while connecting: what waits for it must not be taken for refused."""

    async def refusing(*values: object, **named: object) -> object:
        raise error

    monkeypatch.setattr(asyncpg, "connect", refusing)
    database = Database("postgresql://voicebot:secret@db/city", KEYS)
    for transaction in (database.reading, database.writing):
        with pytest.raises(RecordsUnavailable, match=str(error)):
            async with transaction():
                pass


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_text("not a database" * 100)
    with pytest.raises(RecordsError, match=r"records\.db could not be written: file is not a database"):
        async with open_records(f"sqlite:///{tmp_path / 'records.db'}", KEYS, at=NOON):
            pass


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(RecordsError, match=r"postgresql://voicebot:\*\*\*@127\.0\.0\.1:1/city could not be"):
        async with open_records("postgresql://voicebot:secret@127.0.0.1:1/city", KEYS, at=NOON):
            pass


async def test_connections_that_the_server_closed_are_opened_anew(server: Server, postgres_url: str) -> None:
    async with open_records(postgres_url, KEYS, at=NOON) as records:
        await records.cases.open(NewCase(), at=NOON)
        admin = Database(server.cluster.url(), KEYS)
        async with admin.writing() as connection:
            closed = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = :name AND application_name <> 'tests'"
            )
            await connection.execute(text(closed), {"name": records.database.url.database})
        await admin.close()
        assert await records.cases.open(NewCase(), at=NOON) == 1002


async def test_a_full_disk_loses_nothing_and_ends(sqlite_url: str) -> None:
    story = NewCase(details={"what": "가로등이 꺼졌어요 " * 200})
    async with open_records(sqlite_url, KEYS, at=NOON) as records:
        async with records.database.writing() as connection:  # the only one, so far: the pool gives it again
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages + 10}"))
        told = []
        with pytest.raises(RecordsError, match="could not be written: database or disk is full"):
            while True:
                told.append(await records.cases.open(story, at=NOON))
        assert told
        assert sorted(case.number for case in await records.cases.newest()) == told
        async with records.database.reading() as connection:
            await connection.execute(text(f"PRAGMA max_page_count = {pages * 100}"))
        assert await records.cases.open(story, at=NOON) == told[-1] + 1


async def test_an_error_holds_nothing_personal(records: Records) -> None:
    statement = text("INSERT INTO people (id, external_id) VALUES (1, :said)")
    with pytest.raises(RecordsError) as error:
        async with records.database.writing() as connection:
            await connection.execute(statement, {"said": "010-1234-5678"})
    assert "1234" not in str(error.value)


async def test_an_error_of_the_driver_holds_nothing_personal(postgres_url: str) -> None:
    async with open_records(postgres_url, KEYS, at=NOON) as records:
        with pytest.raises(RecordsError, match="invalid input for query argument") as error:
            async with records.database.reading() as connection:
                await connection.execute(text("SELECT CAST(:said AS bigint)"), {"said": "010-1234-5678"})
    assert "1234" not in str(error.value)
