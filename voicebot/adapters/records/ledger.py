"""Who did what to which record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.statements import word
from voicebot.adapters.records.tables.ledger import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit."""

    at: datetime
    actor: str
    """An officer's account, or ``voicebot``."""
    action: str
    """``entity.verb``: ``case.changed``, ``person.forgotten``, ``records.purged``."""
    subject: str
    """Which record: ``case/1001``."""
    details: Mapping[str, Any]
    """Numbers and words of ours; never personal data."""


async def write_down(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Add a line in the transaction of what it tells of."""
    await connection.execute(
        insert(AuditRow).values(
            at=entry.at,
            actor=word(entry.actor),
            action=word(entry.action),
            subject=word(entry.subject),
            details=dict(entry.details),
        )
    )


class Audit:
    """The audit on its own: access that changes nothing, and reading it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: AuditEntry) -> None:
        """Write down an access, e.g. that an officer looked at a person's record.

        Raises:
            RecordsError: It could not be written.
        """
        async with self._database.writing() as connection:
            await write_down(connection, entry)

    async def newest(self, limit: int = 100, subject: str = "") -> list[AuditEntry]:
        """The newest lines, of one record where ``subject`` names it.

        Raises:
            RecordsError: They could not be read.
        """
        query = select(AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.subject, AuditRow.details)
        if subject:
            query = query.where(AuditRow.subject == subject)
        async with self._database.reading() as connection:
            rows = await connection.execute(
                query.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit)
            )
            return [
                AuditEntry(at=at, actor=actor, action=action, subject=subject, details=details)
                for at, actor, action, subject, details in rows
            ]
