"""Announces a campaign's calls to those whom it will call."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from voicebot.adapters.records.records import Records
from voicebot.events.message import PRE_NOTICE

_NAMESPACE = uuid.UUID("6d6e9f52-2f6f-5d6e-9c1c-0d4f8a1b7c30")
"""Ours: makes the same id of the same campaign, person and day (RFC 9562, 5.5)."""
_BATCH = 500
"""A transaction: some tenths of a second, so that a call that wants to write waits no longer."""


async def announce(
    records: Records, campaign_id: int, person_ids: Sequence[int], day: date, *, at: datetime
) -> None:
    """Put one message each into the outbox; a second time (after a crash) changes nothing.

    Args:
        records: Open, with ``messages`` among the destinations; without it nothing is put.
        campaign_id: Whose calls.
        person_ids: Whom it will call on that day.
        day: The day of the calls; messages that could not be sent before its end are dropped.
        at: Now.

    Raises:
        RecordsError: It could not be written; what was put so far stands.
    """
    for some in _batches(person_ids):
        async with records.database.writing() as connection:
            for person_id in some:
                name = f"pre_notice/{campaign_id}/{person_id}/{day.isoformat()}"
                payload = {
                    "campaign_id": str(campaign_id),
                    "person_id": str(person_id),
                    "day": day.isoformat(),
                }
                event_id = str(uuid.uuid5(_NAMESPACE, name))
                await records.outbox.put(connection, PRE_NOTICE, payload, at, event_id=event_id)


def _batches(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(person_ids), _BATCH):
        yield person_ids[first : first + _BATCH]
