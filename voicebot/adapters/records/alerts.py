"""Alerts: what staff must know at once, until somebody has seen it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.statements import number_of_work, word
from voicebot.adapters.records.tables.cases import AlertRow
from voicebot.records.cases import AlertRecord, known_level
from voicebot.records.resident import redacted_values

_DETAILS = "alerts.details"


class Alerts:
    """Emergencies and anomalies; topic ``alert`` of the outbox carries each of them."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._keys = database.keys
        self._outbox = outbox

    async def raise_alert(
        self,
        details: Mapping[str, str],
        *,
        at: datetime,
        call_id: str = "",
        person_id: int | None = None,
        work_id: str | None = None,
    ) -> int:
        """Keep an alert together with its message; returns its number.

        Args:
            details: What the flow tells; ``kind`` and ``level`` are read from it.
            at: Now.
            call_id: The call, if it came from one.
            person_id: The person, if known.
            work_id: Of what asked for it; asked a second time, it is the same alert.

        Raises:
            RecordsError: It could not be written: bring the citizen to a person.
        """
        clean = redacted_values(details)
        async with self._database.writing() as connection:
            if (done := await number_of_work(connection, AlertRow, work_id)) is not None:
                return done
            inserted = insert(AlertRow).values(
                call_id=word(call_id),
                person_id=person_id,
                kind=word(clean.get("kind", "")),
                level=known_level(clean),
                raised_at=at,
                seen_by="",
                details_sealed=self._keys.seal_details(clean, _DETAILS),
                work_id=work_id,
            )
            number = (await connection.execute(inserted.returning(AlertRow.number))).scalar_one()
            told = {**clean, "number": str(number), "call_id": call_id}
            await self._outbox.put(connection, "alert", told, at)
        return number

    async def see(self, number: int, *, by: str, at: datetime) -> bool:
        """An officer takes note of an alert; whether they were the first.

        Raises:
            RecordsError: It could not be written.
        """
        change = update(AlertRow).where(AlertRow.number == number, AlertRow.seen_at.is_(None))
        async with self._database.writing() as connection:
            done = await connection.execute(change.values(seen_at=at, seen_by=word(by)))
            if not done.rowcount:
                return False
            subject = f"alert/{number}"
            entry = AuditEntry(at=at, actor=by, action="alert.seen", subject=subject, details={})
            await write_down(connection, entry)
            return True

    async def unseen(self, limit: int = 100) -> list[AlertRecord]:
        """What nobody has seen yet, the oldest first.

        Raises:
            RecordsError: They could not be read.
        """
        query = (
            ALERTS.where(AlertRow.seen_at.is_(None))
            .order_by(AlertRow.raised_at, AlertRow.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [alert_of(row, self._keys) for row in rows]


ALERTS = select(
    AlertRow.number,
    AlertRow.call_id,
    AlertRow.person_id,
    AlertRow.kind,
    AlertRow.level,
    AlertRow.raised_at,
    AlertRow.seen_at,
    AlertRow.seen_by,
    AlertRow.details_sealed,
)
"""Every alert, as ``alert_of`` reads it."""


def alert_of(row: Row[*tuple[Any, ...]], keys: Keyring) -> AlertRecord:
    """An alert from a row of ``ALERTS``.

    Raises:
        RecordsError: It does not open.
    """
    return AlertRecord(
        number=row.number,
        call_id=row.call_id,
        person_id=row.person_id,
        kind=row.kind,
        level=row.level,
        raised_at=row.raised_at,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
        details=keys.open_details(row.details_sealed, _DETAILS),
    )
