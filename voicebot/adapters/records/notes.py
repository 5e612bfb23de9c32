"""Notes: what a service asked to be written down, for staff to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.statements import word
from voicebot.adapters.records.tables.cases import NoteRow
from voicebot.records.resident import redacted_values

_DETAILS = "notes.details"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a service asked to be written down."""

    number: int
    work: str
    call_id: str
    noted_at: datetime
    details: Mapping[str, str]


class Notes:
    """Works that nobody acts upon by machine: staff read them, and nothing is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def put(
        self,
        connection: AsyncConnection,
        work: str,
        details: Mapping[str, str],
        *,
        at: datetime,
        call_id: str = "",
        work_id: str | None = None,
    ) -> int:
        """Add a note in a transaction that is open already; returns its number."""
        inserted = insert(NoteRow).values(
            work=word(work),
            call_id=word(call_id),
            noted_at=at,
            details_sealed=self._keys.seal_details(redacted_values(details), _DETAILS),
            work_id=work_id,
        )
        return (await connection.execute(inserted.returning(NoteRow.number))).scalar_one()

    async def newest(self, limit: int = 100) -> list[Note]:
        """The newest notes.

        Raises:
            RecordsError: They could not be read.
        """
        query = select(
            NoteRow.number, NoteRow.work, NoteRow.call_id, NoteRow.noted_at, NoteRow.details_sealed
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(NoteRow.number.desc()).limit(limit))).all()
        return [
            Note(
                number=number,
                work=work,
                call_id=call_id,
                noted_at=noted_at,
                details=self._keys.open_details(details, _DETAILS),
            )
            for number, work, call_id, noted_at, details in rows
        ]
