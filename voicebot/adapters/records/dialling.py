"""What the dialler asks of the records beside ``Attempts``: how it stands with a person, and with a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.statements import word
from voicebot.adapters.records.tables.calls import CallRow, TurnRow
from voicebot.adapters.records.tables.campaigns import AttemptRow, TargetRow
from voicebot.adapters.records.tables.cases import NoteRow
from voicebot.campaigns.causes import NOT_RUNG
from voicebot.outcome import CallOutcome
from voicebot.records.campaigns import AttemptRecord, Disposition, TargetState

_MOST_ATTEMPTS = 100
"""Of one person that are looked back on; more than any cap lets happen in the slots that matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAttempt:
    """An attempt that has ended."""

    slot: str
    begun_at: datetime
    disposition: Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the records hold of an attempt's call."""

    began: bool
    """Whether the engine had the citizen on the line."""
    outcome: CallOutcome | None
    heard: tuple[str, ...]
    call_again: str | None
    """What was said about when to call again; ``None``: nothing."""


class DiallingRecords:
    """Reads for the dialler.

    Args:
        database: Open.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def past(self, target_id: int) -> list[PastAttempt]:
        """The attempts to reach a person in a campaign that have ended, the newest first.

        Raises:
            RecordsError: They could not be read.
        """
        query = (
            select(AttemptRow.slot, AttemptRow.begun_at, AttemptRow.disposition)
            .where(AttemptRow.target_id == target_id, AttemptRow.disposition.is_not(None))
            .order_by(AttemptRow.begun_at.desc())
            .limit(_MOST_ATTEMPTS)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            PastAttempt(slot=slot, begun_at=begun_at, disposition=disposition)
            for slot, begun_at, disposition in rows
            if disposition is not None
        ]

    async def conversation(self, attempt_id: str) -> Conversation:
        """What an attempt's call came to, as far as it was written down.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            call = select(CallRow.result, CallRow.reason).where(CallRow.id == attempt_id)
            row = (await connection.execute(call)).one_or_none()
            outcome = None
            if row is not None and row.result is not None:
                outcome = CallOutcome(result=row.result, reason=row.reason)
            return Conversation(
                began=row is not None,
                outcome=outcome,
                heard=await self._heard(connection, attempt_id),
                call_again=await self._call_again(connection, attempt_id),
            )

    async def nobody_left(self, campaign_id: int) -> bool:
        """Whether nobody waits and no attempt is open.

        Raises:
            RecordsError: It could not be read.
        """
        # Both look into an index that holds nobody else; the word is part of the index's condition.
        word_itself = literal(TargetState.WAITING, TargetRow.state.type, literal_execute=True)
        waiting = select(TargetRow.id).where(
            TargetRow.campaign_id == campaign_id, TargetRow.state == word_itself
        )
        async with self._database.reading() as connection:
            if (await connection.execute(waiting.limit(1))).first() is not None:
                return False
            return not await self._any_open(connection, campaign_id)

    async def nothing_open(self, campaign_id: int) -> bool:
        """Whether no attempt of a campaign is open, on any engine.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            return not await self._any_open(connection, campaign_id)

    async def open_of_others(self, engine: str) -> list[AttemptRecord]:
        """What other engines have begun and not ended.

        Raises:
            RecordsError: They could not be read.
        """
        columns = (
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
        query = select(*columns).where(AttemptRow.disposition.is_(None), AttemptRow.engine != word(engine))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [AttemptRecord(**row._mapping) for row in rows]

    async def _any_open(self, connection: AsyncConnection, campaign_id: int) -> bool:
        query = select(AttemptRow.id).where(
            AttemptRow.campaign_id == campaign_id, AttemptRow.disposition.is_(None)
        )
        return (await connection.execute(query.limit(1))).first() is not None

    async def _heard(self, connection: AsyncConnection, attempt_id: str) -> tuple[str, ...]:
        query = select(TurnRow.heard_sealed).where(TurnRow.call_id == attempt_id).order_by(TurnRow.number)
        rows = (await connection.execute(query)).scalars()
        return tuple(self._keys.open(sealed, "turns.heard") for sealed in rows)

    async def _call_again(self, connection: AsyncConnection, attempt_id: str) -> str | None:
        query = (
            select(NoteRow.details_sealed)
            .where(NoteRow.call_id == word(attempt_id), NoteRow.work == "call_again")
            .order_by(NoteRow.number.desc())
        )
        sealed = (await connection.execute(query.limit(1))).scalar_one_or_none()
        return None if sealed is None else self._keys.open_details(sealed, "notes.details").get("when", "")


def rung_since(past: list[PastAttempt], since: datetime) -> int:
    """How many of some attempts may have rung since a moment."""
    return sum(attempt.begun_at >= since and attempt.disposition not in NOT_RUNG for attempt in past)
