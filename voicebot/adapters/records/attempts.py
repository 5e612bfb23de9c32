"""Attempts: written before the call is placed, so that a crash leaves a row and never a second ring.

Theory of operation
    ``begin`` takes the target from those who wait, checks the campaign and the opt-outs, and writes the
    attempt, all in one transaction. Only then may the channel be originated, under the attempt's id. Two
    engines cannot both take a target; two campaigns cannot both ring a person (a unique index over the open
    attempts). ``end`` writes the disposition once: the first counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.statements import insert_if_new, word
from voicebot.adapters.records.tables.campaigns import AttemptRow, CampaignRow, TargetRow
from voicebot.adapters.records.tables.people import OptOutRow, PersonRow
from voicebot.records.campaigns import (
    AttemptRecord,
    CampaignState,
    Disposition,
    NewAttempt,
    Priority,
    Refusal,
    TargetState,
)

_PHONE = "people.phone"


class Attempts:
    """Calls that campaigns place; topic ``attempt`` of the outbox tells how each ended."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._keys = database.keys
        self._outbox = outbox

    async def begin(self, attempt: NewAttempt, *, at: datetime) -> AttemptRecord | Refusal:
        """Take a target and write its attempt; call only if this returns the attempt.

        Raises:
            RecordsError: It could not be written: do not call.
        """
        async with self._database.writing() as connection:
            target = await self._take(connection, attempt.target_id)
            if target is None:
                return Refusal.TAKEN
            if target.state is not CampaignState.RUNNING:
                return Refusal.NOT_RUNNING
            if await self._opted_out(connection, target.phone_sealed, target.campaign_id):
                await self._set_target(connection, attempt.target_id, TargetState.EXCLUDED)
                return Refusal.OPTED_OUT
            same_slot = (AttemptRow.target_id == attempt.target_id, AttemptRow.slot == word(attempt.slot))
            before = await connection.execute(select(func.count()).where(*same_slot))
            number = before.scalar_one() + 1
            inserted = insert_if_new(connection, AttemptRow).values(
                id=attempt.id,
                campaign_id=target.campaign_id,
                target_id=attempt.target_id,
                person_id=target.person_id,
                slot=word(attempt.slot),
                number=number,
                engine=word(attempt.engine),
                begun_at=at,
                tech_cause="",
            )
            written = await connection.execute(inserted.returning(AttemptRow.id))
            if written.scalar_one_or_none() is None:
                return Refusal.RINGING
            await self._set_target(connection, attempt.target_id, TargetState.DIALLING, attempts=1)
            return AttemptRecord(
                id=attempt.id,
                campaign_id=target.campaign_id,
                target_id=attempt.target_id,
                person_id=target.person_id,
                slot=word(attempt.slot),
                number=number,
                engine=word(attempt.engine),
                begun_at=at,
                ended_at=None,
                disposition=None,
            )

    async def answered(self, attempt_id: str, *, at: datetime) -> None:
        """Somebody picked up.

        Raises:
            RecordsError: It could not be written.
        """
        change = update(AttemptRow).where(AttemptRow.id == attempt_id, AttemptRow.answered_at.is_(None))
        async with self._database.writing() as connection:
            await connection.execute(change.values(answered_at=at))

    async def end(
        self,
        attempt_id: str,
        disposition: Disposition,
        *,
        at: datetime,
        retry_at: datetime | None = None,
        priority: Priority | None = None,
        exclude: bool = False,
        cause: int | None = None,
        tech_cause: str = "",
    ) -> bool:
        """Write how an attempt ended and what becomes of its target; whether it was open.

        Args:
            attempt_id: Of ``begin``.
            disposition: The one word.
            at: Now.
            retry_at: When to try again; ``None``: the target is done, or excluded.
            priority: A new one for the next try, e.g. high where the citizen named the hour.
            exclude: Never again in this campaign, e.g. a number that does not exist.
            cause: Q.850 cause of the hang-up.
            tech_cause: The channel driver's own, e.g. a SIP status.

        Raises:
            RecordsError: It could not be written: the attempt stays open and is found by ``open_ones``.
        """
        ended = (
            update(AttemptRow)
            .where(AttemptRow.id == attempt_id, AttemptRow.ended_at.is_(None))
            .values(ended_at=at, disposition=disposition, cause=cause, tech_cause=word(tech_cause))
            .returning(AttemptRow.target_id, AttemptRow.campaign_id)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(ended)).one_or_none()
            if row is None:
                return False
            state = TargetState.EXCLUDED if exclude else TargetState.DONE
            if retry_at is not None and not exclude:
                state = TargetState.WAITING
            await self._set_target(connection, row.target_id, state, due_at=retry_at, priority=priority)
            told = {
                "attempt_id": attempt_id,
                "campaign_id": str(row.campaign_id),
                "disposition": disposition.value,
            }
            await self._outbox.put(connection, "attempt", told, at)
            return True

    async def get(self, attempt_id: str) -> AttemptRecord | None:
        """The attempt with this id, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        found = await self._select(_ATTEMPT.where(AttemptRow.id == attempt_id))
        return found[0] if found else None

    async def open_ones(self, engine: str) -> list[AttemptRecord]:
        """What an engine has begun and not ended: after a restart compared with Asterisk's channels.

        Raises:
            RecordsError: They could not be read.
        """
        return await self._select(
            _ATTEMPT.where(AttemptRow.engine == word(engine), AttemptRow.disposition.is_(None))
        )

    async def of_person(self, person_id: int, limit: int = 100) -> list[AttemptRecord]:
        """The newest attempts to reach a person.

        Raises:
            RecordsError: They could not be read.
        """
        query = _ATTEMPT.where(AttemptRow.person_id == person_id).order_by(AttemptRow.begun_at.desc())
        return await self._select(query.limit(limit))

    async def _take(
        self, connection: AsyncConnection, target_id: int
    ) -> Row[int, int, CampaignState, bytes] | None:
        query = (
            select(TargetRow.campaign_id, TargetRow.person_id, CampaignRow.state, PersonRow.phone_sealed)
            .join(CampaignRow, CampaignRow.id == TargetRow.campaign_id)
            .join(PersonRow, PersonRow.id == TargetRow.person_id)
            .where(TargetRow.id == target_id, TargetRow.state == TargetState.WAITING)
            .with_for_update(of=TargetRow)
        )
        return (await connection.execute(query)).one_or_none()

    async def _opted_out(self, connection: AsyncConnection, phone_sealed: bytes, campaign_id: int) -> bool:
        hashes = self._keys.hashes(self._keys.open(phone_sealed, _PHONE))
        query = select(OptOutRow.id).where(
            OptOutRow.phone_hash.in_(hashes),
            OptOutRow.campaign_id.is_(None) | (OptOutRow.campaign_id == campaign_id),
        )
        return (await connection.execute(query.limit(1))).first() is not None

    async def _set_target(
        self,
        connection: AsyncConnection,
        target_id: int,
        state: TargetState,
        *,
        attempts: int = 0,
        due_at: datetime | None = None,
        priority: Priority | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state, "attempts": TargetRow.attempts + attempts}
        if due_at is not None:
            values["due_at"] = due_at
        if priority is not None:
            values["priority"] = priority
        await connection.execute(update(TargetRow).where(TargetRow.id == target_id).values(values))

    async def _select(self, query: Select[*tuple[Any, ...]]) -> list[AttemptRecord]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [AttemptRecord(**row._mapping) for row in rows]


_ATTEMPT = select(
    AttemptRow.id,
    AttemptRow.campaign_id,
    AttemptRow.target_id,
    AttemptRow.person_id,
    AttemptRow.slot,
    AttemptRow.number,
    AttemptRow.engine,
    AttemptRow.begun_at,
    AttemptRow.ended_at,
    AttemptRow.disposition,
)
