"""Calls from their first ring to their outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.statements import insert_if_new, word
from voicebot.adapters.records.tables.calls import REASON_LENGTH, CallRow, SlotRow, TurnRow
from voicebot.adapters.records.tables.campaigns import AttemptRow
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.errors import PhoneNumberError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import CallRecord, NewCall, Turn, is_plain
from voicebot.records.phone import normalised
from voicebot.records.resident import redacted

_PHONE, _PROMPT, _HEARD, _VALUE = "calls.phone", "turns.prompt", "turns.heard", "slots.value"

LOST = CallOutcome(result=CallResult.FAILED, reason="the engine was lost")
"""How a call ended whose engine died: Asterisk took the citizen to the duty queue."""


class Calls:
    """What was said in each call and how it ended; topic ``call`` of the outbox tells of the end."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._keys = database.keys
        self._outbox = outbox

    async def begin(self, call: NewCall, *, at: datetime) -> None:
        """Write a call down when it begins; a second time (an engine that came back) changes nothing.

        A caller whose number belongs to a person is that person, where none is given; a call of an attempt
        is with the attempt's person. An attempt that is not kept (any more) is left out.

        Raises:
            RecordsError: It could not be written.
        """
        async with self._database.writing() as connection:
            attempt_id, person_id, number = await self._with_whom(connection, call)
            await connection.execute(
                insert_if_new(connection, CallRow).values(
                    id=call.call_id,
                    direction=call.direction,
                    service=word(call.service),
                    person_id=person_id,
                    phone_hash=self._keys.hashed(number) if number else None,
                    phone_sealed=self._keys.seal(number, _PHONE) if number else None,
                    attempt_id=attempt_id,
                    began_at=at,
                    reason="",
                    engine=word(call.engine),
                )
            )

    async def add_turn(self, call_id: str, turn: Turn) -> None:
        """Write one exchange down as soon as it is over; a second time changes nothing.

        Raises:
            RecordsError: There is no such call, or it could not be written.
        """
        async with self._database.writing() as connection:
            await connection.execute(
                insert_if_new(connection, TurnRow).values(
                    call_id=call_id,
                    number=turn.number,
                    at_ms=turn.at_ms,
                    prompt_sealed=self._keys.seal(redacted(turn.prompt), _PROMPT),
                    heard_sealed=self._keys.seal(redacted(turn.heard), _HEARD),
                    status=word(turn.status),
                    gap_ms=turn.gap_ms,
                )
            )

    async def end(
        self, call_id: str, outcome: CallOutcome, *, at: datetime, slots: Mapping[str, str] | None = None
    ) -> bool:
        """Write a call's end and its slots; whether it was open (of two ends, the first counts).

        Raises:
            RecordsError: It could not be written.
        """
        ended = (
            update(CallRow)
            .where(CallRow.id == call_id, CallRow.ended_at.is_(None))
            .values(ended_at=at, result=outcome.result, reason=redacted(outcome.reason)[:REASON_LENGTH])
            .returning(CallRow.service)
        )
        async with self._database.writing() as connection:
            service = (await connection.execute(ended)).scalar_one_or_none()
            if service is None:
                return False
            rows = [self._slot(call_id, name, value) for name, value in (slots or {}).items()]
            if rows:
                await connection.execute(insert(SlotRow), rows)
            told = {"call_id": call_id, "service": service, "result": outcome.result.value}
            await self._outbox.put(connection, "call", told, at)
            return True

    async def of_number(self, phone: str, limit: int = 100) -> list[CallRecord]:
        """The newest calls with a number, without their turns and slots.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: They could not be read.
        """
        hashes = self._keys.hashes(normalised(phone))
        query = select(*_CALL_COLUMNS).where(CallRow.phone_hash.in_(hashes))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(CallRow.began_at.desc()).limit(limit))
            return [self._call(row) for row in rows]

    async def end_lost(self, engine: str, *, at: datetime) -> list[str]:
        """End what an engine that died has left open; returns the calls.

        Raises:
            RecordsError: It could not be written.
        """
        query = select(CallRow.id).where(CallRow.engine == word(engine), CallRow.ended_at.is_(None))
        async with self._database.reading() as connection:
            open_ones = (await connection.execute(query)).scalars().all()
        return [call_id for call_id in open_ones if await self.end(call_id, LOST, at=at)]

    async def get(self, call_id: str) -> CallRecord | None:
        """A call with its turns and slots, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            query = select(*_CALL_COLUMNS).where(CallRow.id == call_id)
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            turns = await self._turns(connection, call_id)
            slots = await self._slots(connection, call_id)
        return self._call(row, turns, slots)

    def _call(
        self,
        row: Row[*tuple[Any, ...]],
        turns: tuple[Turn, ...] = (),
        slots: Mapping[str, str] | None = None,
    ) -> CallRecord:
        return CallRecord(
            call_id=row.id,
            direction=row.direction,
            service=row.service,
            phone="" if row.phone_sealed is None else self._keys.open(row.phone_sealed, _PHONE),
            person_id=row.person_id,
            attempt_id=row.attempt_id,
            began_at=row.began_at,
            ended_at=row.ended_at,
            outcome=None if row.result is None else CallOutcome(result=row.result, reason=row.reason),
            turns=turns,
            slots=dict(slots or {}),
        )

    async def _with_whom(
        self, connection: AsyncConnection, call: NewCall
    ) -> tuple[str | None, int | None, str]:
        """The attempt, the person and the number of a call, as far as they are known."""
        number = _callable(call.phone)
        if call.attempt_id is not None:
            query = select(PersonRow.id, PersonRow.phone_sealed).join(
                AttemptRow, AttemptRow.person_id == PersonRow.id
            )
            row = (await connection.execute(query.where(AttemptRow.id == call.attempt_id))).one_or_none()
            if row is not None:
                theirs = self._keys.open(row.phone_sealed, "people.phone")
                return call.attempt_id, call.person_id or row.id, theirs
        if call.person_id is not None or not number:
            return None, call.person_id, number
        known = select(PersonRow.id).where(PersonRow.phone_hash.in_(self._keys.hashes(number)))
        return None, (await connection.execute(known)).scalar_one_or_none(), number

    def _slot(self, call_id: str, name: str, value: str) -> dict[str, object]:
        clean, plain = redacted(value), is_plain(name)
        return {
            "call_id": call_id,
            "name": word(name),
            "value_plain": clean if plain else None,
            "value_sealed": None if plain else self._keys.seal(clean, _VALUE),
        }

    async def _turns(self, connection: AsyncConnection, call_id: str) -> tuple[Turn, ...]:
        query = select(
            TurnRow.number,
            TurnRow.at_ms,
            TurnRow.prompt_sealed,
            TurnRow.heard_sealed,
            TurnRow.status,
            TurnRow.gap_ms,
        ).where(TurnRow.call_id == call_id)
        rows = await connection.execute(query.order_by(TurnRow.number))
        return tuple(
            Turn(
                number=number,
                at_ms=at_ms,
                prompt=self._keys.open(prompt, _PROMPT),
                heard=self._keys.open(heard, _HEARD),
                status=status,
                gap_ms=gap_ms,
            )
            for number, at_ms, prompt, heard, status, gap_ms in rows
        )

    async def _slots(self, connection: AsyncConnection, call_id: str) -> dict[str, str]:
        query = select(SlotRow.name, SlotRow.value_plain, SlotRow.value_sealed)
        rows = await connection.execute(query.where(SlotRow.call_id == call_id).order_by(SlotRow.name))
        return {
            name: self._keys.open(sealed, _VALUE) if sealed is not None else plain or ""
            for name, plain, sealed in rows
        }


def _callable(phone: str) -> str:
    try:
        return normalised(phone)
    except PhoneNumberError:
        return ""  # withheld, or an extension of the house


_CALL_COLUMNS = (
    CallRow.id,
    CallRow.direction,
    CallRow.service,
    CallRow.phone_sealed,
    CallRow.person_id,
    CallRow.attempt_id,
    CallRow.began_at,
    CallRow.ended_at,
    CallRow.result,
    CallRow.reason,
)
