"""The conversation's work, done in the records: what ``ports.CaseDesk`` asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.errors import VoicebotError
from voicebot.records.cases import NewCase, callback_number
from voicebot.records.people import Fact, Source

NOTED = ("opt_out", "call_again", "remember", "report", "report_check")
"""Written down for staff whatever else becomes of them."""


class RecordsDesk:
    """Implements ``ports.CaseDesk``.

    Args:
        records: Open.
        now: Wall clock with a time zone.
    """

    def __init__(self, records: Records, *, now: Callable[[], datetime]) -> None:
        self._records = records
        self._now = now

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Do the named work and return its number: ``case_number``, ``alert_number``, else ``note_number``.

        ``opt_out`` keeps the number from being called again, ``remember`` takes the place of what was known
        about the person whose call it is.

        Raises:
            VoicebotError: Unknown work, no number to opt out, or the records could not be written.
        """
        at = self._now()
        match name:
            case "open_case":
                person_id = await self._person(call_id)
                case = NewCase(call_id=call_id, person_id=person_id, details=arguments)
                return {"case_number": str(await self._records.cases.open(case, at=at))}
            case "alert":
                person_id = await self._person(call_id)
                number = await self._records.alerts.raise_alert(
                    arguments, at=at, call_id=call_id, person_id=person_id
                )
                return {"alert_number": str(number)}
            case _ if name in NOTED:
                return {"note_number": str(await self._note(call_id, name, arguments, at))}
            case _:
                known = ", ".join(("open_case", "alert", *NOTED))
                raise VoicebotError(f"work {name!r} is not known here; known: {known}")

    async def _note(self, call_id: str, name: str, arguments: Mapping[str, str], at: datetime) -> int:
        async with self._records.database.writing() as connection:
            number = await self._records.notes.put(connection, name, arguments, at=at, call_id=call_id)
            if name == "opt_out":
                phone = callback_number(arguments) or await self._caller(connection, call_id)
                await self._records.opt_outs.put(
                    connection, phone, at=at, source=Source.CALL, call_id=call_id
                )
            elif name == "remember":
                person_id = await self._person_of(connection, call_id)
                if person_id is not None:
                    await self._records.memory.put(connection, person_id, _facts(arguments.get("facts", "")))
            return number

    async def _person(self, call_id: str) -> int | None:
        async with self._records.database.reading() as connection:
            return await self._person_of(connection, call_id)

    async def _person_of(self, connection: AsyncConnection, call_id: str) -> int | None:
        query = select(CallRow.person_id).where(CallRow.id == call_id)
        return (await connection.execute(query)).scalar_one_or_none()

    async def _caller(self, connection: AsyncConnection, call_id: str) -> str:
        query = select(CallRow.phone_sealed).where(CallRow.id == call_id)
        sealed = (await connection.execute(query)).scalar_one_or_none()
        return "" if sealed is None else self._records.database.keys.open(sealed, "calls.phone")


def _facts(text: str) -> list[Fact]:
    """What ``services.care.memory.as_text`` wrote.

    Raises:
        VoicebotError: It is something else; what was remembered before stays.
    """
    try:
        return [
            Fact(
                kind=str(fact["kind"]),
                subject=str(fact["subject"]),
                text=str(fact["text"]),
                since=date.fromisoformat(fact["since"]).isoformat(),
            )
            for fact in json.loads(text or "[]")
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise VoicebotError("remember: the facts are not what services.care.memory.as_text writes") from error
