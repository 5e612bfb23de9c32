"""Names and numbers of those who stand in a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.reports.facts import Who

_T = TypeVar("_T")

CHUNK = 500
"""Ids in one statement; SQLite takes 32,766, and a list is short."""


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Some values after the other, ``CHUNK`` at a time."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


async def people_by_id(
    connection: AsyncConnection, keys: Keyring, ids: Iterable[int | None]
) -> dict[int, Who]:
    """Id → who it is.

    Raises:
        RecordsError: They could not be read.
    """
    wanted = sorted({id for id in ids if id is not None})
    found = {}
    for some in chunks(wanted):
        query = select(
            PersonRow.id, PersonRow.name_sealed, PersonRow.phone_sealed, PersonRow.external_id
        ).where(PersonRow.id.in_(some))
        for row in await connection.execute(query):
            found[row.id] = Who(
                person_id=row.id,
                name="" if row.name_sealed is None else keys.open(row.name_sealed, "people.name"),
                phone=keys.open(row.phone_sealed, "people.phone"),
                external_id=row.external_id or "",
            )
    return found


def caller(keys: Keyring, sealed: bytes | None) -> Who:
    """Somebody of whom only the number of a call is known."""
    return Who(phone="" if sealed is None else keys.open(sealed, "calls.phone"))
