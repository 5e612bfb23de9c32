"""A keeper at work for tests, and databases in trouble."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.databases import KEYS, NOON
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.journal import Journal
from voicebot.adapters.records.keeper import RecordKeeper
from voicebot.adapters.records.records import Records
from voicebot.errors import RecordsUnavailable


class Trouble:
    """Takes a database down, or holds it up, for writing and reading."""

    def __init__(self, database: Database) -> None:
        self._transactions = {"writing": database.writing, "reading": database.reading}
        self.down = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.refused = 0
        database.writing = lambda: self._through("writing")  # type: ignore[method-assign]
        database.reading = lambda: self._through("reading")  # type: ignore[method-assign]

    @asynccontextmanager
    async def _through(self, kind: str) -> AsyncIterator[AsyncConnection]:
        if self.down:
            self.refused += 1
            raise RecordsUnavailable("the database is down")
        await self.answers.wait()
        async with self._transactions[kind]() as connection:
            yield connection


class Pauses:
    """Waits between tries until the test lets the next one happen."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self._go.wait()
        self._go.clear()

    def over(self) -> None:
        """The next try."""
        self._go.set()


class Kept:
    """A keeper, its journal and its pauses."""

    def __init__(self, records: Records, folder: Path, answer_limit_s: float) -> None:
        self.records = records
        self.journal = Journal(folder, KEYS)
        self.pauses = Pauses()
        self.keeper = RecordKeeper(
            records, self.journal, now=lambda: NOON, pause=self.pauses, answer_limit_s=answer_limit_s
        )
        self.died = False

    def die(self) -> None:
        """kill -9: nothing is put in order, and the lock is gone."""
        self.died = True
        os.close(self.journal._file)


@asynccontextmanager
async def kept(records: Records, folder: Path, *, answer_limit_s: float = 60.0) -> AsyncIterator[Kept]:
    """A keeper that writes, after it has taken over what others left."""
    one = Kept(records, folder, answer_limit_s)
    await one.keeper.adopt()
    running = asyncio.ensure_future(one.keeper.run())
    try:
        yield one
    finally:
        running.cancel()
        await asyncio.wait({running})
        if not one.died:
            one.journal.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is true, turn by turn of the event loop, whose threads are at work meanwhile.

    Raises:
        AssertionError: It did not come about.
    """
    for _ in range(60_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come about")
