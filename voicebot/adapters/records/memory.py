"""What care calls remember about a person, written as a whole after each call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.statements import word
from voicebot.adapters.records.tables.people import MemoryFactRow
from voicebot.records.people import Fact
from voicebot.records.resident import redacted

_SUBJECT, _TEXT = "memory_facts.subject", "memory_facts.text"


class Memory:
    """Short facts, at most some twenty a person."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def of(self, person_id: int) -> list[Fact]:
        """What is remembered about a person, in the order in which it was told.

        Raises:
            RecordsError: It could not be read.
        """
        query = (
            select(
                MemoryFactRow.kind,
                MemoryFactRow.subject_sealed,
                MemoryFactRow.text_sealed,
                MemoryFactRow.since,
            )
            .where(MemoryFactRow.person_id == person_id)
            .order_by(MemoryFactRow.position)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Fact(
                kind=kind,
                subject=self._keys.open(subject, _SUBJECT),
                text=self._keys.open(text, _TEXT),
                since=since.isoformat(),
            )
            for kind, subject, text, since in rows
        ]

    async def replace(self, person_id: int, facts: Sequence[Fact]) -> None:
        """Put facts in the place of all that was remembered; none of them: everything is forgotten.

        Raises:
            RecordsError: There is no such person, or it could not be written.
            ValueError: A ``since`` is no day.
        """
        async with self._database.writing() as connection:
            await self.put(connection, person_id, facts)

    async def put(self, connection: AsyncConnection, person_id: int, facts: Sequence[Fact]) -> None:
        """The same as ``replace``, in a transaction that is open already."""
        rows = [
            {
                "person_id": person_id,
                "position": position,
                "kind": word(fact.kind),
                "subject_sealed": self._keys.seal(redacted(fact.subject), _SUBJECT),
                "text_sealed": self._keys.seal(redacted(fact.text), _TEXT),
                "since": date.fromisoformat(fact.since),
            }
            for position, fact in enumerate(facts)
        ]
        await connection.execute(delete(MemoryFactRow).where(MemoryFactRow.person_id == person_id))
        if rows:
            await connection.execute(insert(MemoryFactRow), rows)
