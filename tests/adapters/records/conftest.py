"""The records' databases: every test that takes ``database`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import upgrade
from voicebot.testing.postgres import Cluster, running_cluster

KEYS = Keyring([b"1" * 32])
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One cluster for all tests."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    asyncio.run(_upgraded(f"sqlite:///{path}"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """The name of a PostgreSQL database with the tables, to be copied."""
    asyncio.run(_create(postgres, "prepared", "template0"))
    asyncio.run(_upgraded(postgres.url("prepared")))
    return "prepared"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of one's own, with the tables."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "records.db")
        return f"sqlite:///{tmp_path / 'records.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def postgres_url(postgres: Cluster, postgres_template: str) -> str:
    """The address of a PostgreSQL database of one's own, with the tables."""
    name = f"test_{next(_numbers)}"
    asyncio.run(_create(postgres, name, postgres_template))
    return postgres.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of one's own, without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    asyncio.run(_create(cluster, name, "template0"))
    return cluster.url(name)


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    """All records, their outbox with two receivers."""
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt", "webhook")) as opened:
        yield opened


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database with the tables."""
    opened = Database(url, KEYS)
    yield opened
    await opened.close()


async def _create(cluster: Cluster, name: str, template: str) -> None:
    address = cluster.url().replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await engine.dispose()


async def _upgraded(address: str) -> None:
    database = Database(address, KEYS)
    await upgrade(database)
    await database.close()
