"""Calls from their first ring to their outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.statements import insert_if_new, word
from voicebot.adapters.records.tables.calls import REASON_LENGTH, CallRow, SlotRow, TurnRow
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.errors import PhoneNumberError
from voicebot.outcome import CallOutcome
from voicebot.records.calls import CallRecord, NewCall, Turn, is_plain
from voicebot.records.phone import normalised
from voicebot.records.resident import redacted

_PHONE, _PROMPT, _HEARD, _VALUE = "calls.phone", "turns.prompt", "turns.heard", "slots.value"


class Calls:
    """What was said in each call and how it ended; topic ``call`` of the outbox tells of the end."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._keys = database.keys
        self._outbox = outbox

    async def begin(self, call: NewCall, *, at: datetime) -> None:
        """Write a call down when it begins; a second time (an engine that came back) changes nothing.

        A caller whose number belongs to a person is that person, where none is given.

        Raises:
            RecordsError: It could not be written.
        """
        try:
            number = normalised(call.phone)
        except PhoneNumberError:
            number = ""  # withheld, or an extension of the house
        async with self._database.writing() as connection:
            person_id = call.person_id
            if person_id is None and number:
                hashes = self._keys.hashes(number)
                query = select(PersonRow.id).where(PersonRow.phone_hash.in_(hashes))
                person_id = (await connection.execute(query)).scalar_one_or_none()
            await connection.execute(
                insert_if_new(connection, CallRow).values(
                    id=call.call_id,
                    direction=call.direction,
                    service=word(call.service),
                    person_id=person_id,
                    phone_hash=self._keys.hashed(number) if number else None,
                    phone_sealed=self._keys.seal(number, _PHONE) if number else None,
                    attempt_id=call.attempt_id,
                    began_at=at,
                    reason="",
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
            slots=slots,
        )

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
