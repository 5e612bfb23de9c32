"""All tries to reach a person, and all calls of theirs, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.alerts import ALERTS, alert_of
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.reports.people import chunks
from voicebot.adapters.records.tables.calls import CallRow, SlotRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow
from voicebot.adapters.records.tables.cases import AlertRow
from voicebot.outcome import CallOutcome
from voicebot.records.calls import Direction
from voicebot.records.cases import AlertRecord
from voicebot.records.people import Person
from voicebot.reports.facts import MOST_LISTED, Contact


async def contacts(
    connection: AsyncConnection, keys: Keyring, person: Person, slots: Collection[str]
) -> tuple[tuple[Contact, ...], int]:
    """The newest contacts with a person, at most ``MOST_LISTED``, and how many older ones there are.

    Args:
        connection: Reading.
        keys: Open what is sealed.
        person: The person; a call of their number from before they were known is theirs.
        slots: Names of the slots that are opened; no other is.

    Raises:
        RecordsError: They could not be read.
    """
    theirs = or_(
        CallRow.person_id == person.id,
        CallRow.person_id.is_(None) & CallRow.phone_hash.in_(keys.hashes(person.phone)),
    )
    moments = union_all(
        select(AttemptRow.id.label("id"), AttemptRow.begun_at.label("at")).where(
            AttemptRow.person_id == person.id
        ),
        select(CallRow.id, CallRow.began_at).where(theirs, CallRow.attempt_id.is_(None)),
    ).subquery()
    newest = select(moments.c.id).order_by(moments.c.at.desc(), moments.c.id).limit(MOST_LISTED)
    ids = list((await connection.execute(newest)).scalars())
    counted = select(func.count()).select_from(moments)
    left_out = (await connection.execute(counted)).scalar_one() - len(ids)
    found: list[Contact] = []
    for some in chunks(ids):
        found += await _page(connection, keys, some, slots)
    return tuple(found), left_out


async def _page(
    connection: AsyncConnection, keys: Keyring, ids: Sequence[str], slots: Collection[str]
) -> list[Contact]:
    told = await _slots(connection, keys, ids, slots)
    alerts = await alerts_of(connection, keys, ids)
    attempts = {
        row.id: row
        for row in await connection.execute(
            select(
                AttemptRow.id,
                AttemptRow.begun_at,
                AttemptRow.disposition,
                CampaignRow.name,
                CampaignRow.service,
            )
            .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
            .where(AttemptRow.id.in_(ids))
        )
    }
    calls = {
        row.id: row
        for row in await connection.execute(
            select(
                CallRow.id,
                CallRow.direction,
                CallRow.service,
                CallRow.began_at,
                CallRow.ended_at,
                CallRow.result,
                CallRow.reason,
            ).where(CallRow.id.in_(ids))
        )
    }
    return [
        _contact(one, attempts.get(one), calls.get(one), told.get(one, {}), alerts.get(one, ()))
        for one in ids
    ]


def _contact(
    id: str, attempt: Any, call: Any, slots: dict[str, str], alerts: tuple[AlertRecord, ...]
) -> Contact:
    ended = call is not None and call.result is not None
    return Contact(
        call_id=id,
        at=call.began_at if call is not None else attempt.begun_at,
        ended_at=call.ended_at if call is not None else None,
        service=call.service if call is not None else attempt.service,
        campaign=attempt.name if attempt is not None else "",
        direction=call.direction if call is not None else Direction.OUTBOUND,
        disposition=attempt.disposition if attempt is not None else None,
        outcome=CallOutcome(result=call.result, reason=call.reason) if ended else None,
        slots=slots,
        alerts=alerts,
    )


async def _slots(
    connection: AsyncConnection, keys: Keyring, ids: Sequence[str], names: Collection[str]
) -> dict[str, dict[str, str]]:
    query = select(SlotRow.call_id, SlotRow.name, SlotRow.value_plain, SlotRow.value_sealed).where(
        SlotRow.call_id.in_(ids), SlotRow.name.in_(names)
    )
    found: dict[str, dict[str, str]] = {}
    for call_id, name, plain, sealed in await connection.execute(query):
        value = keys.open(sealed, "slots.value") if sealed is not None else plain or ""
        found.setdefault(call_id, {})[name] = value
    return found


async def alerts_of(
    connection: AsyncConnection, keys: Keyring, call_ids: Sequence[str]
) -> dict[str, tuple[AlertRecord, ...]]:
    """Call → its alerts, in order.

    Raises:
        RecordsError: They could not be read.
    """
    query = ALERTS.where(AlertRow.call_id.in_(call_ids)).order_by(AlertRow.number)
    found: dict[str, tuple[AlertRecord, ...]] = {}
    for row in await connection.execute(query):
        found[row.call_id] = (*found.get(row.call_id, ()), alert_of(row, keys))
    return found
