"""Deletes what is due, a little at a time, and writes down that it did.

Theory of operation
    Where an index knows the age of a row, the first ones that are due are deleted again and again until none
    is left. Where another table knows it (turns, slots, targets, people), such a search would pass the same
    young rows each time: a table is walked from its first key to its last instead, a page at a time, and
    whatever is due on a page is deleted. Pages are read outside of the transaction that writes, which
    therefore takes as long in a large table as in a small one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.calls import CallRow, SlotRow, TurnRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow, TargetRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow, NoteRow
from voicebot.adapters.records.tables.ledger import AuditRow, OutboxRow
from voicebot.adapters.records.tables.people import ConsentRow, MemoryFactRow, PersonRow
from voicebot.errors import ConfigurationError
from voicebot.records.campaigns import CampaignState
from voicebot.records.retention import Due, Kept

_BATCH = 500
"""Rows a transaction: some milliseconds, so that a call that wants to write waits no longer."""

_PAGE = 5_000
"""Keys that are looked at together where a table is walked: some tens of milliseconds of reading."""

_LONGEST_SILENCE = timedelta(days=31)
"""A purge every night leaves a line; a server that was off for longer is looked at by somebody first."""

Condition = Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Step:
    table: type[Base]
    key: InstrumentedAttribute[Any]
    """The column by which its rows are chosen."""
    condition: Condition
    """Which of them are due."""
    walked: bool = False
    """Whether no index of the table answers the condition."""


def _old_calls_with(table: type[TurnRow] | type[SlotRow]) -> _Step:
    def condition(before: datetime) -> ColumnElement[bool]:
        old = select(CallRow.id).where(CallRow.id == table.call_id, CallRow.began_at < before)
        return exists(old)

    return _Step(table, table.call_id, condition, walked=True)


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
        # A refusal of yesterday, of somebody who came in years ago: the next list must still meet it.
        select(ConsentRow.id).where(ConsentRow.person_id == PersonRow.id, ConsentRow.at >= before),
    ]
    return (PersonRow.changed_at < before) & ~or_(*(exists(query) for query in holding))


_STEPS: dict[Kept, tuple[_Step, ...]] = {
    Kept.CONVERSATIONS: (_old_calls_with(TurnRow), _old_calls_with(SlotRow)),
    Kept.CALLS: (_Step(CallRow, CallRow.id, lambda before: CallRow.began_at < before),),
    Kept.ATTEMPTS: (
        _Step(AttemptRow, AttemptRow.id, lambda before: AttemptRow.ended_at < before),
        _Step(TargetRow, TargetRow.id, _target_of_old_campaign, walked=True),
    ),
    Kept.CASES: (_Step(CaseRow, CaseRow.number, lambda before: CaseRow.completed_at < before),),
    Kept.ALERTS: (_Step(AlertRow, AlertRow.number, lambda before: AlertRow.seen_at < before),),
    Kept.NOTES: (_Step(NoteRow, NoteRow.number, lambda before: NoteRow.noted_at < before),),
    Kept.MEMORY: (
        _Step(MemoryFactRow, MemoryFactRow.person_id, lambda before: MemoryFactRow.since < before.date()),
    ),
    Kept.OUTBOX: (
        _Step(OutboxRow, OutboxRow.id, lambda before: OutboxRow.delivered_at < before),
        _Step(OutboxRow, OutboxRow.id, lambda before: OutboxRow.refused_at < before),
    ),
    Kept.AUDIT: (_Step(AuditRow, AuditRow.id, lambda before: AuditRow.at < before),),
    Kept.PEOPLE: (_Step(PersonRow, PersonRow.id, _unneeded_person, walked=True),),
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
            async for keys in (_walk if step.walked else _repeat)(database, step, one.before):
                deleted[one.kind] += await _delete(database, one, step, keys, by, at)
    return deleted


async def check_clock(database: Database, now: datetime) -> None:
    """Make sure that a clock that is wrong by months deletes nothing: something has been written lately.

    Raises:
        ConfigurationError: Nothing has, so that the clock must be looked at first.
        RecordsError: The database failed.
    """
    async with database.reading() as connection:
        newest = [
            (await connection.execute(select(func.max(column)))).scalar_one()
            for column in (CallRow.began_at, AuditRow.at)
        ]
    last = max(filter(None, newest), default=None)
    if last is not None and now - last > _LONGEST_SILENCE:
        raise ConfigurationError(
            f"by this machine's clock it is {now:%Y-%m-%d}, but nothing was written since {last:%Y-%m-%d}: "
            "nothing is deleted; set the clock; if it is right: voicebot records purge --clock-is-right"
        )


async def note_run(database: Database, deleted: Mapping[Kept, int], *, by: str, at: datetime) -> None:
    """Write down that a purge was made, also where nothing was due: the next one knows the clock by it.

    Raises:
        RecordsError: It could not be written.
    """
    details = {"rows": sum(deleted.values())}
    entry = AuditEntry(at=at, actor=by, action="records.purge_ended", subject="records", details=details)
    async with database.writing() as connection:
        await write_down(connection, entry)


async def _repeat(database: Database, step: _Step, before: datetime) -> AsyncIterator[Sequence[Any]]:
    """The first keys that are due, until none is left; each time what was found before has been deleted."""
    query = select(step.key).where(step.condition(before)).distinct().limit(_BATCH)
    while True:
        async with database.reading() as connection:
            keys = (await connection.execute(query)).scalars().all()
        if not keys:
            return
        yield keys


async def _walk(database: Database, step: _Step, before: datetime) -> AsyncIterator[Sequence[Any]]:
    """The keys that are due, page by page from the first to the last."""
    query = select(step.key).distinct().order_by(step.key).limit(_PAGE)
    page = query
    while True:
        async with database.reading() as connection:
            keys = (await connection.execute(page)).scalars().all()
            if not keys:
                return
            on_page = select(step.key).where(step.key.between(keys[0], keys[-1]))
            due_there = on_page.where(step.condition(before)).distinct()
            found = (await connection.execute(due_there)).scalars().all()
        for start in range(0, len(found), _BATCH):
            yield found[start : start + _BATCH]
        page = query.where(step.key > keys[-1])


async def _delete(
    database: Database, due: Due, step: _Step, keys: Sequence[Any], by: str, at: datetime
) -> int:
    async with database.writing() as connection:
        # The condition again: of a person some facts may be old and others new, and calls went on meanwhile.
        these = delete(step.table).where(step.key.in_(keys), step.condition(due.before))
        done = await connection.execute(these)
        if done.rowcount:
            details = {
                "kind": due.kind.value,
                "table": step.table.__tablename__,
                "rows": done.rowcount,
                "before": due.before.isoformat(timespec="seconds"),
            }
            entry = AuditEntry(at=at, actor=by, action="records.purged", subject="records", details=details)
            await write_down(connection, entry)
        return done.rowcount
