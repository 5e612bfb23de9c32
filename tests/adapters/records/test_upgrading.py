"""The steps make the schema that the code describes, once, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, text

from tests.adapters.records.conftest import KEYS
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.upgrading import check_current, newest_revision, upgrade
from voicebot.errors import ConfigurationError

_SQLITE_SCHEMA = "SELECT name, sql FROM sqlite_master WHERE name <> 'alembic_version'"
_POSTGRES_SCHEMA = """
SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT table_name || '.' || column_name,
    concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default, identity_start)
FROM information_schema.columns WHERE table_schema = 'public'
"""


def _schema(connection: Connection) -> dict[str, object]:
    query = _SQLITE_SCHEMA if connection.dialect.name == "sqlite" else _POSTGRES_SCHEMA
    rows = connection.execute(text(query)).all()
    return {
        name: sorted(line.strip(" ,") for line in (sql or "").splitlines())
        for name, sql in rows
        if "alembic_version" not in name
    }


async def test_the_steps_make_what_the_tables_say(empty_url: str) -> None:
    database = Database(empty_url, KEYS)
    await upgrade(database)
    async with database.writing() as connection:
        by_steps = await connection.run_sync(_schema)
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        assert by_steps == await connection.run_sync(_schema)
    assert len(by_steps) > 17
    await database.close()


async def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url, KEYS)
    first = await upgrade(database)
    assert (first.before, first.after, first.changed) == ("", newest_revision(), True)
    assert not (await upgrade(database)).changed
    await database.close()


async def test_two_at_once_wait_for_each_other(empty_url: str) -> None:
    databases = [Database(empty_url, KEYS) for _ in range(2)]
    done = await asyncio.gather(*(upgrade(database) for database in databases))
    assert sorted(one.changed for one in done) == [False, True]
    for database in databases:
        await database.close()


async def test_old_tables_are_told_with_the_remedy(empty_url: str) -> None:
    database = Database(empty_url, KEYS)
    async with database.reading() as connection:
        with pytest.raises(ConfigurationError, match=r"of revision none.*then run: voicebot records upgrade"):
            await check_current(connection, "here")
    await database.close()


async def test_tables_of_a_newer_version_are_left_alone(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"revision 9999, which this voicebot does not know"):
        await upgrade(database)
    async with database.reading() as connection:
        with pytest.raises(ConfigurationError, match="or a newer one"):
            await check_current(connection, "here")
