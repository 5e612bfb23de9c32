"""The records' databases: every test that takes ``url`` runs on SQLite and on PostgreSQL.

One PostgreSQL serves all tests; a test finds its tables empty and its numbers at their beginning, which costs
a twentieth of a database of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import create_engine, text

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.upgrading import newest_revision, upgrade
from voicebot.testing.postgres import Cluster, memory_folder, running_cluster

SECRET = b"1" * 32
KEYS = Keyring([SECRET])
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_SHARED = "prepared"
_numbers = itertools.count()


class Server:
    """The one PostgreSQL of all tests, and a connection to it that lasts as long."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._runner = asyncio.Runner()
        self._admin = self._connect("postgres")
        self._shared: asyncpg.Connection | None = None

    def create(self, name: str) -> str:
        """Make a database without any tables; returns its address."""
        self._runner.run(self._admin.execute(f"CREATE DATABASE {name} TEMPLATE template0"))
        return self.cluster.url(name)

    def emptied(self) -> str:
        """The address of the database with the tables, as if they had just been made."""
        if self._shared is None:
            self._runner.run(upgraded(self.create(_SHARED)))
            self._shared = self._connect(_SHARED)
        tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
        statements = [
            *(f"DELETE FROM {name}" for name in tables),
            "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence",
            f"UPDATE alembic_version SET version_num = '{newest_revision()}'",
        ]
        self._runner.run(self._shared.execute("; ".join(statements)))
        return self.cluster.url(_SHARED)

    def close(self) -> None:
        """Close the connections."""
        for connection in filter(None, (self._shared, self._admin)):
            self._runner.run(connection.close())
        self._runner.close()

    def _connect(self, database: str) -> asyncpg.Connection:
        name = {"application_name": "tests"}
        folder = str(self.cluster.folder)
        connecting = asyncpg.connect(host=folder, user="voicebot", database=database, server_settings=name)
        return self._runner.run(connecting)


async def upgraded(address: str) -> None:
    """Make the tables."""
    database = Database(address, KEYS)
    await upgrade(database)
    await database.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL for all tests."""
    with running_cluster() as cluster:
        server = Server(cluster)
        yield server
        server.close()


@pytest.fixture(scope="session")
def mortal_cluster() -> Iterator[Cluster]:
    """A PostgreSQL that tests may kill, since no other test uses it."""
    with running_cluster() as cluster:
        yield cluster


async def made_in(cluster: Cluster) -> str:
    """The address of a database of one's own with the tables, in a cluster that a test may have killed."""
    if cluster.process is None:
        cluster.start()  # here, not in a thread: it ends with the thread that has started it
    name = f"mortal_{next(_numbers)}"
    connection = await asyncpg.connect(host=str(cluster.folder), user="voicebot", database="postgres")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    await upgraded(cluster.url(name))
    return cluster.url(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    asyncio.run(upgraded(f"sqlite:///{path}"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """The address of an SQLite file of one's own, with the tables; in memory, where no write waits."""
    with tempfile.TemporaryDirectory(prefix="voicebot-sqlite-", dir=memory_folder()) as folder:
        shutil.copy(sqlite_template, folder)
        yield f"sqlite:///{folder}/{sqlite_template.name}"


@pytest.fixture
def postgres_url(server: Server) -> str:
    """The address of a PostgreSQL database with empty tables."""
    return server.emptied()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database with empty tables."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of one's own, without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: Server = request.getfixturevalue("server")
    return server.create(f"empty_{next(_numbers)}")
