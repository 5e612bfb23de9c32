"""One database of records, SQLite or PostgreSQL: connections, short transactions, errors of ours.

Theory of operation
    SQLite runs in write-ahead mode with full synchronisation: readers never wait, and what was committed is
    on the disk. It has one writer at a time, so a write transaction says so at its beginning (``BEGIN
    IMMEDIATE``) and waits its turn: behind a lock in this process, by the busy time-out behind others. Begun
    as a reader it could be refused half-way. PostgreSQL needs none of this.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from voicebot.adapters.records.encryption import Keyring
from voicebot.errors import ConfigurationError, RecordsError, RecordsUnavailable

_BUSY_MS = 5_000
"""How long a writer waits for another process (a command line beside the engine) to let go of the file."""

_CONNECTIONS = 5
"""Held open; as many more for a burst. Transactions take milliseconds, so few serve many calls."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_WRITES = "voicebot_writes"

_OF_THE_STATEMENT = (DataError, IntegrityError, ProgrammingError)
"""What a database refuses because of what it was told; whatever else a driver raises may be over later."""

_QUOTED_VALUE = re.compile(r"(?<=query argument )\$\d+:.*")
"""asyncpg: ``invalid input for query argument $1: '010…'``."""


class Database:
    """Connections to the records of one installation.

    Args:
        url: ``sqlite:///run/records.db`` (four slashes for an absolute path) or
            ``postgresql://user:password@host/name``.
        keys: Opens and seals what is encrypted.

    Raises:
        ConfigurationError: The address is no such URL, or SQLite's folder cannot be made.
    """

    def __init__(self, url: str, keys: Keyring) -> None:
        self.keys = keys
        self.url = _checked(url)
        self._engine = _engine(self.url)
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def where(self) -> str:
        """The database as it may be shown: without its password."""
        return self.url.set(drivername=self.url.get_backend_name()).render_as_string(hide_password=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One transaction for reading; never waits for a writer.

        Raises:
            RecordsUnavailable: The database cannot be reached or read now.
            RecordsError: It refuses the statement.
        """
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError, OverflowError) as error:  # of a number beyond 64 bits
            raise _explained(error, f"{self.where} could not be read") from error

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back by an error in it.

        Raises:
            RecordsUnavailable: The database cannot be reached or written now; nothing of the block was kept,
                unless the connection broke in the very commit.
            RecordsError: It refuses a statement; nothing of the block was kept.
        """
        try:
            async with AsyncExitStack() as stack:
                if self._writer is not None:
                    await stack.enter_async_context(self._writer)
                connection = await stack.enter_async_context(self._engine.connect())
                await connection.execution_options(**{_WRITES: True})
                async with connection.begin():
                    yield connection
        except (SQLAlchemyError, OSError, OverflowError) as error:
            raise _explained(error, f"{self.where} could not be written") from error

    async def check(self) -> None:
        """Ask it anything.

        Raises:
            RecordsUnavailable: It does not answer.
        """
        async with self.reading() as connection:
            await connection.execute(select(1))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
        driver = _DRIVERS[url.get_backend_name()]
    except (ArgumentError, KeyError) as error:
        raise ConfigurationError(
            "[records] url: write sqlite:///run/records.db or postgresql://user:password@host/name"
        ) from error
    if url.get_backend_name() == "sqlite" and not url.database:
        raise ConfigurationError("[records] url: name the SQLite file, e.g. sqlite:///run/records.db")
    return url.set(drivername=driver)


def _engine(url: URL) -> AsyncEngine:
    # Parameters may be personal: they are in no error and in no log.
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=_CONNECTIONS, pool_pre_ping=True, hide_parameters=True)
    assert url.database is not None
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"[records] url: {url.database}: {error.strerror}; choose another"
        ) from error
    engine = create_async_engine(url, pool_size=_CONNECTIONS, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: object) -> None:
    connection.isolation_level = None  # sqlite3 begins no transactions by itself: _begin does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explained(error: Exception, what: str) -> RecordsError:
    # The driver's own words, without the values that they may quote: there, and in the lines below.
    reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
    passing = isinstance(error, DBAPIError | NoFreeConnection | OSError)
    kind = RecordsUnavailable if passing and not isinstance(error, _OF_THE_STATEMENT) else RecordsError
    return kind(f"{what}: {_QUOTED_VALUE.sub('', reason)}")
