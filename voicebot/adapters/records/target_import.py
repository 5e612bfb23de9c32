"""People of a list into a campaign, some thousand in a transaction, as fast as the databases take them.

Theory of operation
    A batch is looked up in a handful of queries (who is known, opted out, has withdrawn consent, is in the
    campaign already), then the rest is written by one statement a table. Statements are written out for both
    databases: SQLAlchemy's own would cost more than the database. SQLite has a single writer, so that new
    rows can be numbered here; PostgreSQL takes arrays and tells the numbers that it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.tables.base import UtcDateTime
from voicebot.adapters.records.tables.people import ConsentRow, PersonRow
from voicebot.campaigns.rows import ListedPerson, Problem
from voicebot.records.campaigns import Priority
from voicebot.records.people import ConsentKind, Source

BATCH = 20_000
"""Rows a transaction: few enough that writers beside the import wait for about a second. Many, since each
transaction writes nearly every page of the indexes anew: numbers come in no order."""

_SQLITE_CACHE_KB = 65_536
"""For the import's connection: the indexes of a million people then stay in memory; by default it is 2 MB."""

_PARAMETERS = 5_000
"""A query. SQLite takes 32,766, PostgreSQL's protocol 32,767."""

_T = TypeVar("_T")

_SQLITE_PEOPLE = (
    "INSERT INTO people (id, phone_hash, phone_sealed, name_sealed, external_id, created_at, changed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_SQLITE_TARGETS = (
    "INSERT INTO targets (campaign_id, person_id, state, priority, due_at, attempts) "
    "VALUES (?, ?, 'waiting', ?, ?, 0) ON CONFLICT DO NOTHING"
)
_POSTGRES_PEOPLE = (
    "INSERT INTO people (phone_hash, phone_sealed, name_sealed, external_id, created_at, changed_at) "
    "SELECT hash, sealed, name, key, $5, $5 "
    "FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::varchar[]) AS row (hash, sealed, name, key) "
    "ON CONFLICT DO NOTHING RETURNING phone_hash, id"
)
_POSTGRES_TARGETS = (
    "INSERT INTO targets (campaign_id, person_id, state, priority, due_at, attempts) "
    "SELECT $1, person, 'waiting', $3, $4, 0 FROM unnest($2::bigint[]) AS row (person) "
    "ON CONFLICT DO NOTHING"
)


class TargetImport:
    """Adds the people of lists to campaigns.

    Args:
        database: Open.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def add(
        self, campaign_id: int, people: Sequence[ListedPerson], *, due_at: datetime, at: datetime
    ) -> dict[int, Problem]:
        """Add people who may be called, in one transaction.

        Args:
            campaign_id: The campaign.
            people: At most ``BATCH``, no number twice.
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
            batch = _Batch(self._keys.hashes, people)
            problems = await _problems(connection, campaign_id, batch)
            new = [
                person for person in people if person.line not in problems and person.phone not in batch.known
            ]
            await self._insert_people(connection, batch, new, at)
            for person in new:
                if person.phone not in batch.known:  # another engine gave the id away in this very moment
                    problems[person.line] = Problem.KEY_TAKEN
            added = [person for person in people if person.line not in problems]
            ids = [batch.known[person.phone] for person in added]
            await _insert_targets(connection, campaign_id, ids, due_at)
            agreed = [batch.known[person.phone] for person in added if person.agreed]
            await _insert_consents(connection, agreed, at)
        return problems

    async def check(self, campaign_id: int, people: Sequence[ListedPerson]) -> dict[int, Problem]:
        """What ``add`` would leave out, with nothing written.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            return await _problems(connection, campaign_id, _Batch(self._keys.hashes, people))

    async def _insert_people(
        self, connection: AsyncConnection, batch: _Batch, new: Sequence[ListedPerson], at: datetime
    ) -> None:
        if not new:
            return
        seal = self._keys.seal
        rows = [
            (
                batch.hash_of[person.phone],
                seal(person.phone, "people.phone"),
                seal(person.name, "people.name") if person.name else None,
                person.external_id or None,
            )
            for person in new
        ]
        moment = _moment(connection, at)
        if self._database.is_sqlite:
            query = select(func.coalesce(func.max(PersonRow.id), 0))
            first = (await connection.execute(query)).scalar_one() + 1
            numbered = [(id, *row, moment, moment) for id, row in enumerate(rows, start=first)]
            await connection.exec_driver_sql(_SQLITE_PEOPLE, numbered)
            batch.known |= {person.phone: id for id, person in enumerate(new, start=first)}
        else:
            columns = [list(column) for column in zip(*rows, strict=True)]
            made = await connection.exec_driver_sql(_POSTGRES_PEOPLE, (*columns, moment))
            batch.note(made.all())
            missing = [person.phone for person in new if person.phone not in batch.known]
            if missing:  # enrolled by another engine meanwhile
                await batch.look_up(connection, missing)


class _Batch:
    """Rows with their keyed hashes, and the ids of those that are known."""

    def __init__(self, hashes: Callable[[str], list[bytes]], people: Sequence[ListedPerson]) -> None:
        self.people = people
        self.hash_of: dict[str, bytes] = {}
        self.by_hash: dict[bytes, str] = {}
        self.known: dict[str, int] = {}
        self._hashes = hashes
        for person in people:
            found = hashes(person.phone)
            self.hash_of[person.phone] = found[0]
            for hashed in found:
                self.by_hash[hashed] = person.phone

    def note(self, rows: Iterable[Any]) -> None:
        """Ids by hashes."""
        self.known |= {self.by_hash[bytes(hashed)]: id for hashed, id in rows}

    async def look_up(self, connection: AsyncConnection, numbers: Collection[str] | None = None) -> None:
        """Find who is known."""
        wanted = (
            list(self.by_hash)
            if numbers is None
            else [hashed for number in numbers for hashed in self._hashes(number)]
        )
        self.note(await _select_in(connection, "SELECT phone_hash, id FROM people WHERE phone_hash", wanted))


async def _problems(connection: AsyncConnection, campaign_id: int, batch: _Batch) -> dict[int, Problem]:
    await batch.look_up(connection)
    lines = {person.phone: person.line for person in batch.people}
    problems = {lines[number]: Problem.KNOWN for number in await _in_campaign(connection, campaign_id, batch)}
    problems |= await _taken_keys(connection, batch)
    problems |= {lines[number]: Problem.NOT_AGREED for number in await _withdrawn(connection, batch)}
    opted_out = f"SELECT phone_hash FROM opt_outs WHERE {_for_campaign(campaign_id)} AND phone_hash"
    for (hashed,) in await _select_in(connection, opted_out, list(batch.by_hash)):
        problems[lines[batch.by_hash[bytes(hashed)]]] = Problem.OPTED_OUT
    return problems


async def _in_campaign(connection: AsyncConnection, campaign_id: int, batch: _Batch) -> set[str]:
    numbers = {id: number for number, id in batch.known.items()}
    there = f"SELECT person_id FROM targets WHERE campaign_id = {campaign_id:d} AND person_id"
    return {numbers[id] for (id,) in await _select_in(connection, there, list(numbers))}


async def _taken_keys(connection: AsyncConnection, batch: _Batch) -> dict[int, Problem]:
    """Rows whose id belongs to another person, in the records or further up."""
    keys = list({person.external_id for person in batch.people if person.external_id})
    taken = "SELECT external_id, id FROM people WHERE external_id"
    owners = {key: id for key, id in await _select_in(connection, taken, keys)}
    first: dict[str, ListedPerson] = {}
    problems: dict[int, Problem] = {}
    for person in batch.people:
        key = person.external_id
        if not key:
            continue
        if key in owners:
            mine = batch.known.get(person.phone) == owners[key]
        else:
            mine = first.setdefault(key, person) is person
        if not mine:
            problems[person.line] = Problem.KEY_TAKEN
    return problems


async def _withdrawn(connection: AsyncConnection, batch: _Batch) -> set[str]:
    """Known people who last said that they do not agree to be called."""
    numbers = {id: number for number, id in batch.known.items()}
    last: dict[int, bool] = {}
    said = "SELECT person_id, granted, at, id FROM consents WHERE kind = 'calls' AND person_id"
    rows = await _select_in(connection, said, list(numbers))
    for id, granted, _, _ in sorted(rows, key=lambda row: (row[2], row[3])):
        last[id] = bool(granted)
    return {numbers[id] for id, granted in last.items() if not granted}


async def _insert_targets(
    connection: AsyncConnection, campaign_id: int, ids: Sequence[int], due_at: datetime
) -> None:
    if not ids:
        return
    moment, priority = _moment(connection, due_at), int(Priority.NORMAL)
    if connection.dialect.name == "sqlite":
        rows = [(campaign_id, id, priority, moment) for id in ids]
        await connection.exec_driver_sql(_SQLITE_TARGETS, rows)
    else:
        await connection.exec_driver_sql(_POSTGRES_TARGETS, (campaign_id, list(ids), priority, moment))


async def _insert_consents(connection: AsyncConnection, ids: Sequence[int], at: datetime) -> None:
    if ids:
        rows = [
            {
                "person_id": id,
                "kind": ConsentKind.CALLS,
                "granted": True,
                "at": at,
                "source": Source.IMPORT,
                "call_id": "",
            }
            for id in ids
        ]
        await connection.execute(insert(ConsentRow), rows)


def _moment(connection: AsyncConnection, at: datetime) -> Any:
    """A moment as the driver takes it."""
    process = UtcDateTime().bind_processor(connection.dialect)
    return process(at) if process is not None else at


def _for_campaign(campaign_id: int) -> str:
    return f"(campaign_id IS NULL OR campaign_id = {campaign_id:d})"


async def _select_in(connection: AsyncConnection, query: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a query that ends in a column, where the column holds one of some values.

    An array for PostgreSQL, a list of places for SQLite: SQLAlchemy would name each of the thousands.
    """
    rows: list[Any] = []
    for some in _parts(values):
        if connection.dialect.name == "sqlite":
            places = ",".join("?" * len(some))
            found = await connection.exec_driver_sql(f"{query} IN ({places})", tuple(some))
        else:
            found = await connection.exec_driver_sql(f"{query} = ANY($1)", (some,))
        rows += found.all()
    return rows


def _parts(values: Sequence[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(islice(rest, _PARAMETERS)):
        yield some
