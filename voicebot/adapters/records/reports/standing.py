"""What stands open, for the follow-up list: alerts not seen, cases not begun with, people not reached."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.alerts import ALERTS, alert_of
from voicebot.adapters.records.cases import CASES, case_of
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.reports.missing import misses
from voicebot.adapters.records.reports.people import caller, people_by_id
from voicebot.adapters.records.reports.scope import Scope
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow
from voicebot.records.cases import number_in
from voicebot.records.status import CaseStatus
from voicebot.reports.facts import MOST_LISTED, AlertFact, CaseFact, Listed, Who
from voicebot.reports.following_up import ASKS_FOR_CALL

_AT_ONCE = ("P0", "P1", "urgent")
_TODAY = ("today", "")
"""A level that is not known is looked at today (``reports.words.urgency``)."""

_NOBODY_BEGAN = (CaseStatus.RECEIVED, CaseStatus.TRANSFERRED)


async def standing(connection: AsyncConnection, keys: Keyring, scope: Scope) -> Listed:
    """The follow-up list's parts.

    Raises:
        RecordsError: They could not be read.
    """
    alerts, more_alerts = await _alerts(connection, keys, scope)
    cases, more_cases = await _cases(connection, keys, scope)
    missed, more_missed = await misses(connection, keys, scope)
    return Listed(alerts=alerts, cases=cases, misses=missed, left_out=more_alerts + more_cases + more_missed)


async def _alerts(
    connection: AsyncConnection, keys: Keyring, scope: Scope
) -> tuple[tuple[AlertFact, ...], int]:
    conditions = (
        *scope.standing_alerts,
        AlertRow.seen_at.is_(None),
        AlertRow.level.in_((*_AT_ONCE, *_TODAY)),
    )
    query = (
        ALERTS.add_columns(CallRow.service, CallRow.phone_sealed, CampaignRow.name.label("campaign"))
        .join_from(AlertRow, CallRow, CallRow.id == AlertRow.call_id, isouter=True)
        .join(AttemptRow, AttemptRow.id == AlertRow.call_id, isouter=True)
        .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id, isouter=True)
        .where(*conditions)
        .order_by(_rank(AlertRow.level), AlertRow.raised_at, AlertRow.number)
        .limit(MOST_LISTED)
    )
    rows = (await connection.execute(query)).all()
    people = await people_by_id(connection, keys, (row.person_id for row in rows))
    found = tuple(
        AlertFact(
            alert=alert_of(row, keys),
            who=people.get(row.person_id) or caller(keys, row.phone_sealed),
            service=row.service or "",
            campaign=row.campaign or "",
        )
        for row in rows
    )
    return found, await _left_out(connection, select(AlertRow.number).where(*conditions), len(rows))


async def _cases(
    connection: AsyncConnection, keys: Keyring, scope: Scope
) -> tuple[tuple[CaseFact, ...], int]:
    urgent = CaseRow.level.in_([level for level in (*_AT_ONCE, *_TODAY) if level])
    conditions = (
        *scope.standing_cases,
        CaseRow.status.in_(_NOBODY_BEGAN),
        urgent | CaseRow.kind.in_(ASKS_FOR_CALL),
    )
    query = (
        CASES.add_columns(CallRow.phone_sealed, CaseRow.caller_sealed, CampaignRow.name.label("campaign"))
        .join(AttemptRow, AttemptRow.id == CaseRow.call_id, isouter=True)
        .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id, isouter=True)
        .where(*conditions)
        .order_by(_rank(CaseRow.level), CaseRow.opened_at, CaseRow.number)
        .limit(MOST_LISTED)
    )
    rows = (await connection.execute(query)).all()
    people = await people_by_id(connection, keys, (row.person_id for row in rows))
    found = []
    for row in rows:
        one = case_of(row, keys)
        # The number that the citizen asked to be called at, before the one that called.
        number = number_in(one.details, "callback", "caller_id")
        who = people.get(row.person_id) or caller(keys, row.phone_sealed)
        if not (number or who.phone) and row.caller_sealed is not None:
            # Of the call nothing is kept any more; the case is still owed an answer.
            number = keys.open(row.caller_sealed, "cases.caller")
        who = Who(
            person_id=who.person_id,
            name=who.name or one.details.get("name", ""),
            phone=number or who.phone,
            external_id=who.external_id,
        )
        found.append(CaseFact(case=one, who=who, campaign=row.campaign or ""))
    return tuple(found), await _left_out(connection, select(CaseRow.number).where(*conditions), len(rows))


def _rank(level: Any) -> ColumnElement[int]:
    return case((level.in_(_AT_ONCE), 0), (level.in_(_TODAY), 1), else_=2)


async def _left_out(connection: AsyncConnection, query: Select[Any], listed: int) -> int:
    if listed < MOST_LISTED:
        return 0
    counted = await connection.execute(select(func.count()).select_from(query.subquery()))
    return counted.scalar_one() - listed
