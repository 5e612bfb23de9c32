"""People whom campaigns that look after them could not reach, and how often in a row.

Theory of operation
    Which people, is asked first: those of the day who answered no attempt of it, or those of a campaign who
    have missed three in a row. For these the row of misses is counted, which may reach far back before the
    day. Of the ``MOST_LISTED`` longest rows names are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.reports.people import chunks, people_by_id
from voicebot.adapters.records.reports.scope import Condition, Scope
from voicebot.adapters.records.tables.campaigns import AttemptRow
from voicebot.records.campaigns import Disposition
from voicebot.reports.facts import MOST_LISTED, MissFact, Who
from voicebot.reports.following_up import MISSES_TO_CALL
from voicebot.reports.words import MISSES, WRONG_NUMBERS

_ANSWERED = AttemptRow.disposition == Disposition.ANSWERED
_NOT_REACHED = AttemptRow.disposition.in_([*MISSES, *WRONG_NUMBERS])
_WRONG = AttemptRow.disposition.in_([*WRONG_NUMBERS])
_OF_ONE = (AttemptRow.campaign_id, AttemptRow.person_id)


async def misses(
    connection: AsyncConnection, keys: Keyring, scope: Scope
) -> tuple[tuple[MissFact, ...], int]:
    """Those who were not reached, and how many more there are.

    Raises:
        RecordsError: They could not be read.
    """
    if not scope.watched:
        return (), 0
    wanted, more = await _wanted(connection, scope)
    found: list[Any] = []
    for some in chunks(sorted({person_id for _, person_id in wanted})):
        rows = await _rows_of_misses(connection, scope, some)
        found += [row for row in rows if (row.campaign_id, row.person_id) in wanted]
    found.sort(key=_how_urgent)
    listed = found[:MOST_LISTED]
    people = await people_by_id(connection, keys, (row.person_id for row in listed))
    names = {campaign.id: campaign for campaign in scope.campaigns}
    facts = tuple(
        MissFact(
            who=people.get(row.person_id, Who()),
            service=names[row.campaign_id].service,
            campaign=names[row.campaign_id].name,
            in_a_row=row.in_a_row,
            since=row.since,
            last=row.disposition,
        )
        for row in listed
    )
    return facts, more + len(found) - len(listed)


async def _wanted(connection: AsyncConnection, scope: Scope) -> tuple[set[tuple[int, int]], int]:
    """Campaign and person of those to be looked at, and how many more there are.

    Of a day all: their misses reach back before it, so only these tell who comes first, and a day has no more
    calls than the lines can carry. A campaign may have missed a million.
    """
    if scope.ends is not None:
        return _pairs(await connection.execute(_of_the_day(scope))), 0
    query = _of_the_campaign(scope)
    wanted = _pairs(await connection.execute(query.limit(MOST_LISTED)))
    if len(wanted) < MOST_LISTED:
        return wanted, 0
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return wanted, (await connection.execute(counted)).scalar_one() - MOST_LISTED


def _pairs(rows: Iterable[Any]) -> set[tuple[int, int]]:
    return {(row.campaign_id, row.person_id) for row in rows}


def _how_urgent(row: Any) -> tuple[bool, int, datetime, int]:
    """Whom a person must call goes first: a wrong number, then the longest row of misses."""
    return row.disposition not in WRONG_NUMBERS, -row.in_a_row, row.since, row.person_id


def _of_the_day(scope: Scope) -> Select[int, int]:
    """Who was called on the day and answered not once."""
    return (
        select(*_OF_ONE)
        .where(*scope.attempts, AttemptRow.campaign_id.in_(scope.watched))
        .group_by(*_OF_ONE)
        .having(func.count(case((_ANSWERED, 1))) == 0, func.count(case((_NOT_REACHED, 1))) > 0)
    )


def _of_the_campaign(scope: Scope) -> Select[int, int]:
    """Who has missed three in a row up to now, or has a wrong number; in the order of ``_how_urgent``."""
    conditions = (*scope.attempts, AttemptRow.campaign_id.in_(scope.watched))
    answered = _last_answers(conditions)
    wrong = func.count(case((_WRONG, 1)))
    return (
        select(*_OF_ONE)
        .join(answered, _same(answered), isouter=True)
        .where(*conditions, _NOT_REACHED, _after(answered))
        .group_by(*_OF_ONE)
        .having(or_(func.count() >= MISSES_TO_CALL, wrong > 0))
        .order_by(
            case((wrong > 0, 0), else_=1),
            func.count().desc(),
            func.min(AttemptRow.begun_at),
            AttemptRow.person_id,
        )
    )


def _last_answers(conditions: Sequence[Condition]) -> Subquery:
    return (
        select(*_OF_ONE, func.max(AttemptRow.begun_at).label("at"))
        .where(*conditions, _ANSWERED)
        .group_by(*_OF_ONE)
        .subquery()
    )


def _same(answered: Subquery) -> Condition:
    return and_(
        answered.c.campaign_id == AttemptRow.campaign_id, answered.c.person_id == AttemptRow.person_id
    )


def _after(answered: Subquery) -> Condition:
    return or_(answered.c.at.is_(None), AttemptRow.begun_at > answered.c.at)


async def _rows_of_misses(
    connection: AsyncConnection, scope: Scope, person_ids: Sequence[int]
) -> Sequence[Any]:
    """How many misses since the last answer, since when, and what the last one was."""
    until: tuple[Condition, ...] = () if scope.ends is None else (_begun_before(scope.ends),)
    conditions = (
        AttemptRow.person_id.in_(person_ids),
        AttemptRow.campaign_id.in_(scope.watched),
        *until,
    )
    answered = _last_answers(conditions)
    missed = (
        select(
            *_OF_ONE,
            AttemptRow.begun_at,
            AttemptRow.disposition,
            func.row_number().over(partition_by=_OF_ONE, order_by=AttemptRow.begun_at.desc()).label("back"),
            func.count().over(partition_by=_OF_ONE).label("in_a_row"),
            func.min(AttemptRow.begun_at).over(partition_by=_OF_ONE).label("since"),
        )
        .join(answered, _same(answered), isouter=True)
        .where(*conditions, _NOT_REACHED, _after(answered))
        .subquery()
    )
    return (await connection.execute(select(missed).where(missed.c.back == 1))).all()


def _begun_before(moment: datetime) -> Condition:
    return AttemptRow.begun_at < moment
