"""People of a list into a campaign, some thousand in a transaction, as fast as the databases take them.

Theory of operation
    A batch is looked up in a handful of queries (who is known, opted out, has withdrawn consent, is in the
    campaign already), then the rest is written by few statements a table. Statements are written out for both
    databases: SQLAlchemy's own would cost more than the database. SQLite has a single writer, so that new
    rows can be numbered here, and takes many rows in one statement at half of the price that as many
    statements have; PostgreSQL takes arrays and tells the numbers that it gave.

    Hashing and sealing need no database and come before the transaction (``prepare``), which other writers
    wait for. A thread that does them for the next batch meanwhile made imports no faster on a machine with
    other work: statements then wait for Python's lock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.import_batch import ImportBatch, parts
from voicebot.adapters.records.tables.base import UtcDateTime
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.campaigns.rows import ListedPerson, Problem
from voicebot.records.campaigns import Priority
from voicebot.records.people import ConsentKind, Source

BATCH = 20_000
"""Rows a transaction: few enough that writers beside the import wait for about a second. Many, since each
transaction writes nearly every page of the indexes anew: numbers come in no order."""

_SQLITE_CACHE_KB = 65_536
"""For the import's connection: the indexes of a million people then stay in memory; by default it is 2 MB."""

_SQLITE_ROWS = 4_000
"""A statement: 28,000 parameters of the 32,766 that SQLite takes."""

_SQLITE_PEOPLE = (
    "INSERT INTO people (id, phone_hash, phone_sealed, name_sealed, external_id, created_at, changed_at) "
    "VALUES "
)
_SQLITE_PERSON = "(?, ?, ?, ?, ?, ?, ?)"
_SQLITE_TARGETS = (
    "INSERT INTO targets (campaign_id, person_id, state, priority, due_at, attempts) "
    "SELECT ?, value, 'waiting', ?, ?, 0 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING"
)
_SQLITE_CONSENTS = (
    "INSERT INTO consents (person_id, kind, granted, at, source, call_id) "
    "SELECT value, ?, true, ?, ?, '' FROM json_each(?)"
)
_POSTGRES_PEOPLE = (
    "INSERT INTO people (phone_hash, phone_sealed, name_sealed, external_id, created_at, changed_at) "
    "SELECT hash, sealed, name, key, $5, $5 "
    "FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::varchar[]) AS row (hash, sealed, name, key) "
    "ON CONFLICT DO NOTHING RETURNING phone_hash, id"
)
_POSTGRES_TARGETS = (
    "INSERT INTO targets (campaign_id, person_id, state, priority, due_at, attempts) "
    "SELECT $1, person, 'waiting', $2, $3, 0 FROM unnest($4::bigint[]) AS row (person) "
    "ON CONFLICT DO NOTHING"
)
_POSTGRES_CONSENTS = (
    "INSERT INTO consents (person_id, kind, granted, at, source, call_id) "
    "SELECT person, $1, true, $2, $3, '' FROM unnest($4::bigint[]) AS row (person)"
)


class TargetImport:
    """Adds the people of lists to campaigns.

    Args:
        database: Open.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    def prepare(self, people: Sequence[ListedPerson], *, to_be_written: bool = True) -> ImportBatch:
        """Whatever needs no database.

        Args:
            people: At most ``BATCH``, no number twice.
            to_be_written: By ``add``; ``check`` needs less.
        """
        return ImportBatch(self._keys, people, to_be_written=to_be_written)

    async def add(
        self, campaign_id: int, batch: ImportBatch, *, due_at: datetime, at: datetime
    ) -> dict[int, Problem]:
        """Add people who may be called, in one transaction.

        Args:
            campaign_id: The campaign.
            batch: Of ``prepare``.
            due_at: When they may be called first.
            at: Now.

        Returns:
            Line → why the row was left out.

        Raises:
            RecordsError: It could not be written; nothing of these rows was kept.
        """
        async with self._database.writing() as connection:
            if self._database.is_sqlite:
                await connection.exec_driver_sql(f"PRAGMA cache_size = -{_SQLITE_CACHE_KB:d}")
            people, known = batch.people, batch.known
            problems = await batch.problems(connection, campaign_id)
            new = [person for person in people if person.line not in problems and person.phone not in known]
            new.sort(key=lambda person: batch.hash_of[person.phone])  # page after page of the largest index
            await self._insert_people(connection, batch, new, at)
            for person in new:
                if person.phone not in known:  # another engine gave the id away in this very moment
                    problems[person.line] = Problem.KEY_TAKEN
            added = [person for person in people if person.line not in problems]
            ids = [known[person.phone] for person in added]
            await _insert_targets(connection, campaign_id, ids, due_at)
            agreed = [known[person.phone] for person in added if person.agreed]
            await _insert_consents(connection, agreed, at)
        return problems

    async def check(self, campaign_id: int, batch: ImportBatch) -> dict[int, Problem]:
        """What ``add`` would leave out, with nothing written.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            return await batch.problems(connection, campaign_id)

    async def _insert_people(
        self, connection: AsyncConnection, batch: ImportBatch, new: Sequence[ListedPerson], at: datetime
    ) -> None:
        if not new:
            return
        columns = _columns(batch, new)
        moment = _moment(connection, at)
        if self._database.is_sqlite:
            query = select(func.coalesce(func.max(PersonRow.id), 0))
            first = (await connection.execute(query)).scalar_one() + 1
            for start, rows in enumerate(parts(zip(*columns, strict=True), _SQLITE_ROWS)):
                numbered = enumerate(rows, start=first + start * _SQLITE_ROWS)
                values = [value for id, row in numbered for value in (id, *row, moment, moment)]
                places = ",".join([_SQLITE_PERSON] * len(rows))
                await connection.exec_driver_sql(_SQLITE_PEOPLE + places, tuple(values))
            batch.known |= {person.phone: id for id, person in enumerate(new, start=first)}
        else:
            made = await connection.exec_driver_sql(_POSTGRES_PEOPLE, (*columns, moment))
            batch.note(made.all())
            missing = [person.phone for person in new if person.phone not in batch.known]
            if missing:  # enrolled by another engine meanwhile
                await batch.look_up(connection, missing)


def _columns(batch: ImportBatch, new: Sequence[ListedPerson]) -> tuple[list[Any], ...]:
    """Hashes, sealed numbers, sealed names, ids."""
    sealed = [batch.sealed[person.phone] for person in new]
    return (
        [batch.hash_of[person.phone] for person in new],
        [number for number, _ in sealed],
        [name for _, name in sealed],
        [person.external_id or None for person in new],
    )


async def _insert_targets(
    connection: AsyncConnection, campaign_id: int, ids: Sequence[int], due_at: datetime
) -> None:
    if ids:
        statement = _SQLITE_TARGETS if connection.dialect.name == "sqlite" else _POSTGRES_TARGETS
        same = (campaign_id, int(Priority.NORMAL), _moment(connection, due_at))
        await connection.exec_driver_sql(statement, (*same, _listed(connection, ids)))


async def _insert_consents(connection: AsyncConnection, ids: Sequence[int], at: datetime) -> None:
    if ids:
        statement = _SQLITE_CONSENTS if connection.dialect.name == "sqlite" else _POSTGRES_CONSENTS
        same = (ConsentKind.CALLS.value, _moment(connection, at), Source.IMPORT.value)
        await connection.exec_driver_sql(statement, (*same, _listed(connection, ids)))


def _listed(connection: AsyncConnection, ids: Sequence[int]) -> Any:
    """Many ids as one parameter."""
    return json.dumps(ids) if connection.dialect.name == "sqlite" else list(ids)


def _moment(connection: AsyncConnection, at: datetime) -> Any:
    """A moment as the driver takes it."""
    process = UtcDateTime().bind_processor(connection.dialect)
    return process(at) if process is not None else at
