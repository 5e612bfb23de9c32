"""Messages to the outside, written together with what they tell of and taken out once they were delivered.

At least once: a message that was delivered just before a crash is delivered again, under the same id.

Theory of operation
    Whoever sends takes a message for a while (``claim``): until it ends ``next_try_at`` lies in the future,
    and no other engine sees it. A sender that dies never gives it back, and the while ends by itself. Of one
    subject (a case) only the oldest undelivered message can be claimed: steps arrive in their order.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.statements import insert_if_new, word
from voicebot.adapters.records.tables.ledger import ERROR_LENGTH, OutboxRow
from voicebot.errors import RecordsError, RecordsKeyError
from voicebot.events.message import Message, haste, subject

__all__ = ["Message", "Outbox", "OutboxState"]

_PAYLOAD = "outbox.payload"

_FURTHEST = timedelta(hours=1)
"""No try is put off for longer (``relay``): what waits beyond is from before the clock was set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """How a destination stands."""

    waiting: int
    oldest_at: datetime | None
    """When the oldest of those who wait was written."""
    refused: int
    """Put aside for the operator."""


class Outbox:
    """What waits to be sent.

    Args:
        database: Where it waits.
        destinations: Names of all receivers (``mqtt``, one a webhook); each gets every message.
        topics: Destination → the only topics that it gets, where it does not get all.
    """

    def __init__(
        self,
        database: Database,
        destinations: Sequence[str],
        topics: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._database = database
        self._destinations = tuple(destinations)
        self._topics = topics or {}

    @property
    def destinations(self) -> tuple[str, ...]:
        """All receivers."""
        return self._destinations

    async def put(
        self,
        connection: AsyncConnection,
        topic: str,
        payload: Mapping[str, str],
        at: datetime,
        *,
        event_id: str = "",
    ) -> str:
        """Add a message in the transaction of what it tells of; returns its event id.

        Args:
            connection: Of that transaction.
            topic: What it is about.
            payload: Flat.
            at: Now.
            event_id: A UUID that names what is told; put a second time, it changes nothing. Empty: a new one.
        """
        event_id = event_id or str(uuid.uuid4())
        receivers = [one for one in self._destinations if topic in self._topics.get(one, (topic,))]
        if receivers:
            sealed = self._database.keys.seal_details(payload, _PAYLOAD)
            row = {
                "event_id": event_id,
                "topic": word(topic),
                "subject": word(subject(topic, payload)),
                "haste": haste(topic),
                "payload_sealed": sealed,
                "created_at": at,
                "next_try_at": at,
                "tries": 0,
                "last_error": "",
            }
            rows = [{**row, "destination": word(receiver)} for receiver in receivers]
            await connection.execute(insert_if_new(connection, OutboxRow), rows)
        return event_id

    async def due(self, destination: str, now: datetime, limit: int = 100) -> list[Message]:
        """What may be delivered now, the oldest first.

        Raises:
            RecordsError: It could not be read.
        """
        query = (
            select(*_COLUMNS)
            .where(*_waiting(destination), OutboxRow.next_try_at <= now)
            .order_by(OutboxRow.next_try_at, OutboxRow.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [self._message(row) for row in rows]

    async def claim(self, destination: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        """Take what may be delivered now, so that no other engine does; hasty topics first, then by age.

        A message that does not open (it was changed outside of voicebot) is put aside and holds up no other;
        one that is sealed with a key of another engine is left to that.

        Args:
            destination: Whose.
            now: The moment.
            until: When they become free again, if nothing is said of them until then.
            limit: How many at most.

        Raises:
            RecordsError: It could not be read or written; nothing is claimed.
        """
        async with self._database.reading() as connection:
            # A look first: an idle relay never makes the writers of SQLite wait.
            if not (await connection.execute(_claimable(destination, now, 1))).all():
                return []
        claimed, broken, taken = [], [], []
        async with self._database.writing() as connection:
            query = _claimable(destination, now, limit).with_for_update(skip_locked=True, of=OutboxRow)
            for row in (await connection.execute(query)).all():
                try:
                    claimed.append(self._message(row))
                except RecordsKeyError:
                    pass
                except RecordsError:
                    broken.append(row.id)
                    continue
                taken.append(row.id)
            if taken:
                change = update(OutboxRow).where(OutboxRow.id.in_(taken))
                await connection.execute(change.values(next_try_at=until))
            if broken:
                aside = update(OutboxRow).where(OutboxRow.id.in_(broken))
                await connection.execute(aside.values(refused_at=now, last_error="its payload does not open"))
        return claimed

    async def release(self, messages: Sequence[Message], at: datetime) -> None:
        """These were claimed and not tried: they are free at once.

        Raises:
            RecordsError: It could not be written; they are free when the claim ends.
        """
        ids = [message.id for message in messages]
        async with self._database.writing() as connection:
            await connection.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(next_try_at=at))

    async def refused(self, message: Message, error: str, at: datetime) -> None:
        """This one will never be taken: it is put aside until an operator asks for it again.

        Raises:
            RecordsError: It could not be written; it will be tried again.
        """
        values = {"tries": OutboxRow.tries + 1, "last_error": error[:ERROR_LENGTH], "refused_at": at}
        async with self._database.writing() as connection:
            await connection.execute(update(OutboxRow).where(OutboxRow.id == message.id).values(values))

    async def retry(self, destination: str, at: datetime) -> int:
        """Try again what was refused; returns how many messages that are.

        Raises:
            RecordsError: It could not be written.
        """
        again = update(OutboxRow).where(
            OutboxRow.destination == destination,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.refused_at.is_not(None),
        )
        async with self._database.writing() as connection:
            return (await connection.execute(again.values(refused_at=None, next_try_at=at))).rowcount

    async def strangers(self) -> list[str]:
        """Destinations for which something is kept though they are not named any more.

        Raises:
            RecordsError: It could not be read.
        """
        query = select(OutboxRow.destination).where(OutboxRow.delivered_at.is_(None)).distinct()
        async with self._database.reading() as connection:
            kept = (await connection.execute(query)).scalars().all()
        return sorted(set(kept) - set(self._destinations))

    async def drop(self, destination: str, *, by: str, at: datetime) -> int:
        """Delete what was not delivered to a destination that is gone; returns how many messages.

        Raises:
            RecordsError: It could not be written; nothing was deleted.
        """
        gone = delete(OutboxRow).where(OutboxRow.destination == destination, OutboxRow.delivered_at.is_(None))
        async with self._database.writing() as connection:
            count = (await connection.execute(gone)).rowcount
            details = {"rows": count}
            subject = f"outbox/{destination}"
            entry = AuditEntry(at=at, actor=by, action="outbox.dropped", subject=subject, details=details)
            await write_down(connection, entry)
            return count

    async def pending(self, destination: str, subject: str) -> int:
        """How many steps of one subject (``case/1001``) wait for a destination.

        Raises:
            RecordsError: It could not be read.
        """
        of_subject = OutboxRow.subject == subject
        query = select(func.count()).where(*_waiting(destination), of_subject)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def refusals(self, destination: str) -> dict[str, int]:
        """Why messages of a destination were put aside: reason → how many.

        Raises:
            RecordsError: It could not be read.
        """
        query = (
            select(OutboxRow.last_error, func.count())
            .where(
                OutboxRow.destination == destination,
                OutboxRow.delivered_at.is_(None),
                OutboxRow.refused_at.is_not(None),
            )
            .group_by(OutboxRow.last_error)
        )
        async with self._database.reading() as connection:
            return {reason: count for reason, count in await connection.execute(query)}

    async def state(self, destination: str) -> OutboxState:
        """How a destination stands.

        Raises:
            RecordsError: It could not be read.
        """
        undelivered = (OutboxRow.destination == destination, OutboxRow.delivered_at.is_(None))
        waits = OutboxRow.refused_at.is_(None)
        query = select(
            func.count().filter(waits),
            func.min(OutboxRow.created_at).filter(waits),
            func.count().filter(~waits),
        ).where(*undelivered)
        async with self._database.reading() as connection:
            waiting, oldest_at, refused = (await connection.execute(query)).one()
        return OutboxState(waiting=waiting, oldest_at=oldest_at, refused=refused)

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
        query = select(func.count()).where(*_waiting(destination))
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    def _message(self, row: Row[*tuple[Any, ...]]) -> Message:
        return Message(
            id=row.id,
            event_id=row.event_id,
            topic=row.topic,
            payload=self._database.keys.open_details(row.payload_sealed, _PAYLOAD),
            tries=row.tries,
            created_at=row.created_at,
        )


_COLUMNS = (
    OutboxRow.id,
    OutboxRow.event_id,
    OutboxRow.topic,
    OutboxRow.payload_sealed,
    OutboxRow.tries,
    OutboxRow.created_at,
)


def _waiting(destination: str, row: Any = OutboxRow) -> tuple[Any, ...]:
    return (row.destination == destination, row.delivered_at.is_(None), row.refused_at.is_(None))


def _claimable(destination: str, now: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    earlier = aliased(OutboxRow)
    step_before = select(earlier.id).where(
        *_waiting(destination, earlier),
        earlier.subject == OutboxRow.subject,
        earlier.subject != "",
        earlier.id < OutboxRow.id,
    )
    return (
        select(*_COLUMNS)
        .where(
            *_waiting(destination),
            or_(OutboxRow.next_try_at <= now, OutboxRow.next_try_at > now + _FURTHEST),
            or_(OutboxRow.subject == "", ~exists(step_before)),
        )
        .order_by(OutboxRow.haste, OutboxRow.id)
        .limit(limit)
    )
