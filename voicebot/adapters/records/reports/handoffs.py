"""Citizens who were brought, or should have been brought, to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.reports.people import caller, chunks, people_by_id
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.cases import NoteRow
from voicebot.outcome import CallResult
from voicebot.reports.facts import MOST_LISTED, HandoffFact, HandoffStep

_WORK = "handoff"


async def handoffs(
    connection: AsyncConnection, keys: Keyring, starts: datetime, ends: datetime
) -> tuple[HandoffFact, ...]:
    """Of all calls that began in a span, in their order; at most ``MOST_LISTED``.

    Raises:
        RecordsError: They could not be read.
    """
    # By the call's beginning alone: a night's call that is taken after midnight is of one day, not of two.
    stepped = exists().where(NoteRow.call_id == CallRow.id, NoteRow.work == _WORK)
    query = (
        select(
            CallRow.id,
            CallRow.person_id,
            CallRow.phone_sealed,
            CallRow.service,
            CallRow.began_at,
            CallRow.result,
        )
        .where(
            CallRow.began_at >= starts,
            CallRow.began_at < ends,
            or_(CallRow.result == CallResult.HANDED_OVER, stepped),
        )
        .order_by(CallRow.began_at, CallRow.id)
        .limit(MOST_LISTED)
    )
    rows = (await connection.execute(query)).all()
    people = await people_by_id(connection, keys, (row.person_id for row in rows))
    steps = await steps_of(connection, keys, [row.id for row in rows])
    return tuple(
        HandoffFact(
            call_id=row.id,
            who=people.get(row.person_id) or caller(keys, row.phone_sealed),
            service=row.service,
            began_at=row.began_at,
            result=row.result,
            steps=steps.get(row.id, ()),
        )
        for row in rows
    )


async def steps_of(
    connection: AsyncConnection, keys: Keyring, call_ids: Sequence[str]
) -> dict[str, tuple[HandoffStep, ...]]:
    """Call → its steps on the way to a person, in order.

    Raises:
        RecordsError: They could not be read.
    """
    found: list[HandoffStep] = []
    for some in chunks(call_ids):
        query = (
            select(NoteRow.call_id, NoteRow.noted_at, NoteRow.details_sealed)
            .where(NoteRow.work == _WORK, NoteRow.call_id.in_(some))
            .order_by(NoteRow.call_id, NoteRow.number)
        )
        for row in await connection.execute(query):
            details = keys.open_details(row.details_sealed, "notes.details")
            found.append(
                HandoffStep(
                    call_id=row.call_id,
                    at=row.noted_at,
                    step=details.get("step", ""),
                    reason=details.get("reason", ""),
                    summary=details.get("summary", ""),
                    level=details.get("level", ""),
                )
            )
    return {call_id: tuple(steps) for call_id, steps in groupby(found, key=attrgetter("call_id"))}
