"""Deletes what is due, a little at a time, and writes down that it did."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.calls import CallRow, SlotRow, TurnRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow, TargetRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow, NoteRow
from voicebot.adapters.records.tables.ledger import AuditRow, OutboxRow
from voicebot.adapters.records.tables.people import MemoryFactRow, PersonRow
from voicebot.records.campaigns import CampaignState
from voicebot.records.retention import Due, Kept

_BATCH = 500
"""Rows a transaction: some milliseconds, so that a call that wants to write waits no longer."""

Condition = Callable[[datetime], ColumnElement[bool]]
_Step = tuple[type[Base], InstrumentedAttribute[Any], Condition]
"""A table, the column by which its rows are chosen, and which of them are due."""


def _old_calls_with(table: type[TurnRow] | type[SlotRow]) -> _Step:
    def condition(before: datetime) -> ColumnElement[bool]:
        old = select(CallRow.id).where(CallRow.id == table.call_id, CallRow.began_at < before)
        return exists(old)

    return table, table.call_id, condition


_ENDED = (CampaignState.STOPPED, CampaignState.FINISHED)


def _target_of_old_campaign(before: datetime) -> ColumnElement[bool]:
    ended = (CampaignRow.state.in_(_ENDED), CampaignRow.changed_at < before)
    return exists(select(CampaignRow.id).where(CampaignRow.id == TargetRow.campaign_id, *ended))


def _unneeded_person(before: datetime) -> ColumnElement[bool]:
    awaited = select(TargetRow.id).join(CampaignRow, CampaignRow.id == TargetRow.campaign_id)
    holding = [
        *(
            select(column).where(column == PersonRow.id)
            for column in (
                CallRow.person_id,
                CaseRow.person_id,
                AlertRow.person_id,
                AttemptRow.person_id,
                MemoryFactRow.person_id,
            )
        ),
        awaited.where(TargetRow.person_id == PersonRow.id, CampaignRow.state.not_in(_ENDED)),
    ]
    return (PersonRow.changed_at < before) & ~or_(*(exists(query) for query in holding))


_STEPS: dict[Kept, tuple[_Step, ...]] = {
    Kept.CONVERSATIONS: (_old_calls_with(TurnRow), _old_calls_with(SlotRow)),
    Kept.CALLS: ((CallRow, CallRow.id, lambda before: CallRow.began_at < before),),
    Kept.ATTEMPTS: (
        (AttemptRow, AttemptRow.id, lambda before: AttemptRow.ended_at < before),
        (TargetRow, TargetRow.id, _target_of_old_campaign),
    ),
    Kept.CASES: ((CaseRow, CaseRow.number, lambda before: CaseRow.completed_at < before),),
    Kept.ALERTS: ((AlertRow, AlertRow.number, lambda before: AlertRow.seen_at < before),),
    Kept.NOTES: ((NoteRow, NoteRow.number, lambda before: NoteRow.noted_at < before),),
    Kept.MEMORY: (
        (MemoryFactRow, MemoryFactRow.person_id, lambda before: MemoryFactRow.since < before.date()),
    ),
    Kept.OUTBOX: (
        (OutboxRow, OutboxRow.id, lambda before: OutboxRow.delivered_at < before),
        (OutboxRow, OutboxRow.id, lambda before: OutboxRow.refused_at < before),
    ),
    Kept.AUDIT: ((AuditRow, AuditRow.id, lambda before: AuditRow.at < before),),
    Kept.PEOPLE: ((PersonRow, PersonRow.id, _unneeded_person),),
}


async def purge(database: Database, due: Iterable[Due], *, by: str, at: datetime) -> dict[Kept, int]:
    """Delete everything that is due; stopped half-way, the next run goes on.

    Args:
        database: Open.
        due: Of ``retention.due``.
        by: Who asked for it, for the audit.
        at: Now.

    Returns:
        Rows deleted of each kind.

    Raises:
        RecordsError: The database failed; what was deleted so far stands in the audit.
    """
    deleted: dict[Kept, int] = {}
    for one in due:
        deleted[one.kind] = 0
        for step in _STEPS[one.kind]:
            while rows := await _delete_some(database, one, step, by, at):
                deleted[one.kind] += rows
    return deleted


async def _delete_some(database: Database, due: Due, step: _Step, by: str, at: datetime) -> int:
    table, key, condition = step
    some = select(key).where(condition(due.before)).distinct().limit(_BATCH).scalar_subquery()
    async with database.writing() as connection:
        # The condition again: of a person some facts may be old and others new.
        done = await connection.execute(delete(table).where(key.in_(some), condition(due.before)))
        if done.rowcount:
            details = {
                "kind": due.kind.value,
                "table": table.__tablename__,
                "rows": done.rowcount,
                "before": due.before.isoformat(timespec="seconds"),
            }
            entry = AuditEntry(at=at, actor=by, action="records.purged", subject="records", details=details)
            await write_down(connection, entry)
        return done.rowcount
