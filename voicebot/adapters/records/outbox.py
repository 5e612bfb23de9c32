"""Messages to the outside, written together with what they tell of and taken out once they were delivered.

At least once: a message that was delivered just before a crash is delivered again, under the same id.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.statements import word
from voicebot.adapters.records.tables.ledger import ERROR_LENGTH, OutboxRow

_PAYLOAD = "outbox.payload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one destination."""

    id: int
    event_id: str
    """The same for every destination and every delivery: receivers drop what they have seen."""
    topic: str
    payload: Mapping[str, str]
    tries: int
    """Deliveries that failed so far."""
    created_at: datetime


class Outbox:
    """What waits to be sent.

    Args:
        database: Where it waits.
        destinations: Names of all receivers (``mqtt``, one a webhook); each gets every message.
    """

    def __init__(self, database: Database, destinations: Sequence[str]) -> None:
        self._database = database
        self._destinations = tuple(destinations)

    async def put(
        self, connection: AsyncConnection, topic: str, payload: Mapping[str, str], at: datetime
    ) -> str:
        """Add a message in the transaction of what it tells of; returns its event id."""
        event_id = str(uuid.uuid4())
        if self._destinations:
            sealed = self._database.keys.seal_details(payload, _PAYLOAD)
            row = {
                "event_id": event_id,
                "topic": word(topic),
                "payload_sealed": sealed,
                "created_at": at,
                "next_try_at": at,
                "tries": 0,
                "last_error": "",
            }
            rows = [{**row, "destination": word(destination)} for destination in self._destinations]
            await connection.execute(insert(OutboxRow), rows)
        return event_id

    async def due(self, destination: str, now: datetime, limit: int = 100) -> list[Message]:
        """What may be delivered now, the oldest first.

        Raises:
            RecordsError: It could not be read.
        """
        query = (
            select(
                OutboxRow.id,
                OutboxRow.event_id,
                OutboxRow.topic,
                OutboxRow.payload_sealed,
                OutboxRow.tries,
                OutboxRow.created_at,
            )
            .where(
                OutboxRow.destination == destination,
                OutboxRow.delivered_at.is_(None),
                OutboxRow.next_try_at <= now,
            )
            .order_by(OutboxRow.next_try_at, OutboxRow.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Message(
                id=id,
                event_id=event_id,
                topic=topic,
                payload=self._database.keys.open_details(sealed, _PAYLOAD),
                tries=tries,
                created_at=created_at,
            )
            for id, event_id, topic, sealed, tries, created_at in rows
        ]

    async def delivered(self, messages: Sequence[Message], at: datetime) -> None:
        """These have arrived: they are not sent again.

        Raises:
            RecordsError: It could not be written; they will be sent again.
        """
        async with self._database.writing() as connection:
            ids = [message.id for message in messages]
            await connection.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(delivered_at=at))

    async def failed(self, message: Message, error: str, next_try_at: datetime) -> None:
        """This one did not arrive: it waits.

        Args:
            message: What was tried.
            error: Why, in words that hold nothing of the payload.
            next_try_at: When to try again; the sender's rule.

        Raises:
            RecordsError: It could not be written; it will be tried sooner.
        """
        change = update(OutboxRow).where(OutboxRow.id == message.id)
        values = {
            "tries": OutboxRow.tries + 1,
            "last_error": error[:ERROR_LENGTH],
            "next_try_at": next_try_at,
        }
        async with self._database.writing() as connection:
            await connection.execute(change.values(values))

    async def depth(self, destination: str) -> int:
        """How many messages wait for a destination.

        Raises:
            RecordsError: It could not be read.
        """
        query = select(func.count()).where(
            OutboxRow.destination == destination, OutboxRow.delivered_at.is_(None)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()
