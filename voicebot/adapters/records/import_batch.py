"""A batch of a list beside the records: who is known, in the campaign already, opted out, has withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.encryption import Keyring
from voicebot.campaigns.rows import ListedPerson, Problem

_PARAMETERS = 30_000
"""A query. SQLite takes 32,766, PostgreSQL's protocol 32,767."""

_T = TypeVar("_T")


class ImportBatch:
    """Rows with their keyed hashes and what is sealed of them, and the ids of those that are known.

    Args:
        keys: Hashes and seals.
        people: No number twice.
        to_be_written: Whether to seal them.
    """

    def __init__(self, keys: Keyring, people: Sequence[ListedPerson], *, to_be_written: bool) -> None:
        self.people = people
        self.known: dict[str, int] = {}
        """Number → id of the person."""
        self._hashes = keys.hashes
        hashes = [keys.hashes(person.phone) for person in people]
        self.hash_of = {person.phone: found[0] for person, found in zip(people, hashes, strict=True)}
        """Number → the hash under which it is written."""
        self.sealed = _sealed(keys, people) if to_be_written else {}
        """Number → number and name."""
        self._by_hash = {
            hashed: person.phone for person, found in zip(people, hashes, strict=True) for hashed in found
        }

    def note(self, rows: Iterable[Any]) -> None:
        """Take ids by hashes."""
        by_hash = self._by_hash
        self.known.update((by_hash[bytes(hashed)], id) for hashed, id in rows)

    async def look_up(self, connection: AsyncConnection, numbers: Collection[str] | None = None) -> None:
        """Find who is known, of all or of some numbers."""
        wanted = (
            list(self._by_hash)
            if numbers is None
            else [hashed for number in numbers for hashed in self._hashes(number)]
        )
        self.note(await _select_in(connection, "SELECT phone_hash, id FROM people WHERE phone_hash", wanted))

    async def problems(self, connection: AsyncConnection, campaign_id: int) -> dict[int, Problem]:
        """Look up who is known, and tell line by line who cannot be added to a campaign."""
        await self.look_up(connection)
        lines = {person.phone: person.line for person in self.people}
        numbers = {id: number for number, id in self.known.items()}
        there = f"SELECT person_id FROM targets WHERE campaign_id = {campaign_id:d} AND person_id"
        in_campaign = [id for (id,) in await _select_in(connection, there, list(numbers))]
        problems = {lines[numbers[id]]: Problem.KNOWN for id in in_campaign}
        problems |= await self._taken_keys(connection)
        withdrawn = await _withdrawn(connection, list(numbers))
        problems |= {lines[numbers[id]]: Problem.NOT_AGREED for id in withdrawn}
        for_campaign = f"(campaign_id IS NULL OR campaign_id = {campaign_id:d})"
        opted_out = f"SELECT phone_hash FROM opt_outs WHERE {for_campaign} AND phone_hash"
        for (hashed,) in await _select_in(connection, opted_out, list(self._by_hash)):
            problems[lines[self._by_hash[bytes(hashed)]]] = Problem.OPTED_OUT
        return problems

    async def _taken_keys(self, connection: AsyncConnection) -> dict[int, Problem]:
        """Rows whose id belongs to another person, in the records or further up."""
        keys = list({person.external_id for person in self.people if person.external_id})
        taken = "SELECT external_id, id FROM people WHERE external_id"
        owners = {key: id for key, id in await _select_in(connection, taken, keys)}
        first: dict[str, ListedPerson] = {}
        problems: dict[int, Problem] = {}
        for person in self.people:
            key = person.external_id
            if not key:
                continue
            if key in owners:
                mine = self.known.get(person.phone) == owners[key]
            else:
                mine = first.setdefault(key, person) is person
            if not mine:
                problems[person.line] = Problem.KEY_TAKEN
        return problems


def _sealed(keys: Keyring, people: Sequence[ListedPerson]) -> dict[str, tuple[bytes, bytes | None]]:
    numbers = [person.phone for person in people]
    named = iter(keys.seal_many([person.name for person in people if person.name], "people.name"))
    names = [next(named) if person.name else None for person in people]
    sealed = zip(keys.seal_many(numbers, "people.phone"), names, strict=True)
    return dict(zip(numbers, sealed, strict=True))


async def _withdrawn(connection: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Known people who last said that they do not agree to be called."""
    last: dict[int, bool] = {}
    said = "SELECT person_id, granted, at, id FROM consents WHERE kind = 'calls' AND person_id"
    rows = await _select_in(connection, said, ids)
    for id, granted, _, _ in sorted(rows, key=lambda row: (row[2], row[3])):
        last[id] = bool(granted)
    return {id for id, granted in last.items() if not granted}


async def _select_in(connection: AsyncConnection, query: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a query that ends in a column, where the column holds one of some values.

    An array for PostgreSQL, a list of places for SQLite: SQLAlchemy would name each of the thousands.
    """
    rows: list[Any] = []
    for some in parts(values, _PARAMETERS):
        if connection.dialect.name == "sqlite":
            places = ",".join("?" * len(some))
            found = await connection.exec_driver_sql(f"{query} IN ({places})", tuple(some))
        else:
            found = await connection.exec_driver_sql(f"{query} = ANY($1)", (some,))
        rows += found.all()
    return rows


def parts(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Values in their order, so many at a time."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
