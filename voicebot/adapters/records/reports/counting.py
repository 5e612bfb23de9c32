"""What the database counts for a report; nothing sealed is opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.reports.scope import Scope
from voicebot.adapters.records.statements import korean_day
from voicebot.adapters.records.tables.calls import CallRow, SlotRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow
from voicebot.adapters.records.tables.people import OptOutRow
from voicebot.records.campaigns import Disposition
from voicebot.records.status import CaseStatus
from voicebot.reports.facts import (
    AnomalyCount,
    BenefitCount,
    CallCount,
    CaseCount,
    DayCount,
    OtherCalls,
    PeopleCount,
)

_ANSWERED = AttemptRow.disposition == Disposition.ANSWERED
_BENEFITS = "benefits"
"""Slot of the welfare call, kept readable for this (``records.calls.PLAIN_SLOTS``)."""
_WISHES = ("welfare_application", "welfare_officer_call", "welfare_message")


async def call_counts(connection: AsyncConnection, scope: Scope) -> tuple[CallCount, ...]:
    """Attempts by campaign, disposition and result."""
    grouped = (CampaignRow.name, CampaignRow.service, AttemptRow.disposition, CallRow.result)
    query = (
        select(*grouped, func.count())
        .select_from(AttemptRow)
        .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
        .join(CallRow, CallRow.id == AttemptRow.id, isouter=True)
        .where(*scope.attempts)
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return tuple(
        CallCount(campaign=name, service=service, disposition=disposition, result=result, count=count)
        for name, service, disposition, result, count in await connection.execute(query)
    )


async def people_counts(connection: AsyncConnection, scope: Scope) -> tuple[PeopleCount, ...]:
    """People called and reached, by campaign."""
    query = (
        select(
            CampaignRow.name,
            CampaignRow.service,
            func.count(AttemptRow.target_id.distinct()),
            func.count(case((_ANSWERED, AttemptRow.target_id)).distinct()),
        )
        .select_from(AttemptRow)
        .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
        .where(*scope.attempts)
        .group_by(CampaignRow.id, CampaignRow.name, CampaignRow.service)
        .order_by(CampaignRow.id)
    )
    return tuple(
        PeopleCount(campaign=name, service=service, called=called, reached=reached)
        for name, service, called, reached in await connection.execute(query)
    )


async def people_in_all(connection: AsyncConnection, scope: Scope) -> PeopleCount:
    """People called and reached by any of the campaigns, each counted once."""
    query = select(
        func.count(AttemptRow.person_id.distinct()),
        func.count(case((_ANSWERED, AttemptRow.person_id)).distinct()),
    ).where(*scope.attempts)
    called, reached = (await connection.execute(query)).one()
    return PeopleCount(campaign="", service="", called=called, reached=reached)


async def other_calls(
    connection: AsyncConnection, starts: datetime, ends: datetime
) -> tuple[OtherCalls, ...]:
    """Calls of a span that belong to no campaign, by service and result."""
    grouped = (CallRow.service, CallRow.direction, CallRow.result)
    query = (
        select(*grouped, func.count())
        .where(CallRow.began_at >= starts, CallRow.began_at < ends, CallRow.attempt_id.is_(None))
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return tuple(
        OtherCalls(service=service, direction=direction, result=result, count=count)
        for service, direction, result, count in await connection.execute(query)
    )


async def day_counts(connection: AsyncConnection, scope: Scope) -> tuple[DayCount, ...]:
    """Attempts and people of each day in Korea, the oldest first."""
    day = korean_day(connection, AttemptRow.begun_at)
    query = (
        select(
            day,
            func.count(),
            func.count(AttemptRow.target_id.distinct()),
            func.count(case((_ANSWERED, AttemptRow.target_id)).distinct()),
        )
        .where(*scope.attempts)
        .group_by(day)
        .order_by(day)
    )
    return tuple(
        DayCount(day=on, attempts=attempts, people=people, reached=reached)
        for on, attempts, people, reached in await connection.execute(query)
    )


async def anomaly_counts(connection: AsyncConnection, scope: Scope) -> tuple[AnomalyCount, ...]:
    """Alerts by kind and level."""
    unseen = func.count(case((AlertRow.seen_at.is_(None), AlertRow.number)))
    query = (
        select(AlertRow.kind, AlertRow.level, func.count(), unseen)
        .where(*scope.alerts)
        .group_by(AlertRow.kind, AlertRow.level)
        .order_by(AlertRow.kind, AlertRow.level)
    )
    return tuple(
        AnomalyCount(kind=kind, level=level, count=count, unseen=left)
        for kind, level, count, left in await connection.execute(query)
    )


async def case_counts(connection: AsyncConnection, scope: Scope) -> tuple[CaseCount, ...]:
    """Cases by kind, type and level."""
    still_open = func.count(case((CaseRow.status != CaseStatus.COMPLETED, CaseRow.number)))
    grouped = (CaseRow.kind, CaseRow.type, CaseRow.level)
    query = (
        select(*grouped, func.count(), still_open).where(*scope.cases).group_by(*grouped).order_by(*grouped)
    )
    return tuple(
        CaseCount(kind=kind, type=type, level=level, count=count, open=left)
        for kind, type, level, count, left in await connection.execute(query)
    )


async def benefit_counts(connection: AsyncConnection, scope: Scope) -> tuple[BenefitCount, ...]:
    """What citizens of the welfare call asked for, by the benefits that were found for them."""
    query = (
        select(CaseRow.kind, SlotRow.value_plain, func.count())
        .join(SlotRow, (SlotRow.call_id == CaseRow.call_id) & (SlotRow.name == _BENEFITS), isouter=True)
        .where(*scope.cases, CaseRow.kind.in_(_WISHES))
        .group_by(CaseRow.kind, SlotRow.value_plain)
        .order_by(CaseRow.kind, SlotRow.value_plain)
    )
    return tuple(
        BenefitCount(kind=kind, benefits=tuple((benefits or "").split()), count=count)
        for kind, benefits, count in await connection.execute(query)
    )


async def opt_out_count(connection: AsyncConnection, scope: Scope) -> int:
    """Numbers that are not to be called any more."""
    counted = select(func.count()).select_from(OptOutRow).where(scope.opt_outs)
    return (await connection.execute(counted)).scalar_one()
