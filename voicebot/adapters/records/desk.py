"""The conversation's work, done in the records: what ``ports.CaseDesk`` asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.records import Records
from voicebot.adapters.records.statements import number_of_work
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.cases import NoteRow
from voicebot.errors import VoicebotError
from voicebot.records.cases import NewCase, number_in
from voicebot.records.people import ConsentKind, Fact, Source
from voicebot.records.resident import redacted_values
from voicebot.records.status import SPOKEN_KO

NOTED = ("opt_out", "call_again", "remember", "report", "report_check", "note", "notify", "handoff")
"""Written down for staff whatever else becomes of them."""

SENT = ("notify", "handoff")
"""Of these, what is also a message; the topic is the work's name."""

LOOK_UP = "look_up_case"
"""The only work that changes nothing."""

NOT_FOUND = {"status": "없음", "case_about": "없음"}
"""What is told of a case that is not there, and of one that another telephone made: the same."""

_REMEMBERED = ("remember", "facts")
"""Work and argument that hold what care calls remember of a person's health."""

_ABOUT_UNKNOWN = "민원"
_LOOKED_THROUGH = 50
"""Newest cases of one telephone among which a number is looked for; nobody makes more while it matters."""


class RecordsDesk:
    """Implements ``ports.CaseDesk``.

    Args:
        records: Open.
        now: Wall clock with a time zone.
    """

    def __init__(self, records: Records, *, now: Callable[[], datetime]) -> None:
        self._records = records
        self._now = now

    async def perform(
        self,
        call_id: str,
        name: str,
        arguments: Mapping[str, str],
        *,
        at: datetime | None = None,
        work_id: str | None = None,
    ) -> Mapping[str, str]:
        """Do the named work and return its number: ``case_number``, ``alert_number``, else ``note_number``.

        ``opt_out`` keeps the number from being called again; ``remember`` takes the place of what was known
        about the person whose call it is, unless they withdrew the consent to keep it; ``notify`` and
        ``handoff`` are sent as well; ``look_up_case`` returns ``status`` and ``case_about`` instead.

        Args:
            call_id: Whose work it is.
            name: Of the work.
            arguments: What the flow tells.
            at: When it was asked for; now, where it is not given.
            work_id: Names this piece of work: asked a second time, it is not done again.

        Raises:
            VoicebotError: Unknown work, no number to opt out, or the records could not be written.
        """
        at = at or self._now()
        match name:
            case "open_case":
                person_id, caller = await self._known(call_id)
                case = NewCase(call_id=call_id, person_id=person_id, caller=caller, details=arguments)
                return {"case_number": str(await self._records.cases.open(case, at=at, work_id=work_id))}
            case "alert":
                person_id, _ = await self._known(call_id)
                number = await self._records.alerts.raise_alert(
                    arguments, at=at, call_id=call_id, person_id=person_id, work_id=work_id
                )
                return {"alert_number": str(number)}
            case _ if name == LOOK_UP:
                return await self._look_up(call_id, arguments)
            case _ if name in NOTED:
                return {"note_number": str(await self._note(call_id, name, arguments, at, work_id))}
            case _:
                known = ", ".join(("open_case", "alert", LOOK_UP, *NOTED))
                raise VoicebotError(f"work {name!r} is not known here; known: {known}")

    async def _look_up(self, call_id: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """The case of this number, or the newest, among those of the caller's own telephone."""
        caller = number_in(arguments, "caller_id") or (await self._known(call_id))[1]
        if not caller:
            return NOT_FOUND
        asked = arguments.get("number", "")
        for case in await self._records.cases.of_caller(caller, _LOOKED_THROUGH):
            if asked in ("", str(case.number)):
                about = case.details.get("about", _ABOUT_UNKNOWN)
                return {"status": SPOKEN_KO[case.state.status], "case_about": about}
        return NOT_FOUND

    async def _note(
        self, call_id: str, name: str, arguments: Mapping[str, str], at: datetime, work_id: str | None
    ) -> int:
        async with self._records.database.writing() as connection:
            if (done := await number_of_work(connection, NoteRow, work_id)) is not None:
                return done
            # Facts are kept in one place, where a withdrawn consent and ``forget`` find them.
            noted = {key: value for key, value in arguments.items() if (name, key) != _REMEMBERED}
            number = await self._records.notes.put(
                connection, name, noted, at=at, call_id=call_id, work_id=work_id
            )
            if name == "opt_out":
                phone = number_in(arguments, "callback", "caller_id", "phone")
                phone = phone or (await self._known_in(connection, call_id))[1]
                await self._records.opt_outs.put(
                    connection, phone, at=at, source=Source.CALL, call_id=call_id
                )
            elif name in SENT:
                told = redacted_values({**arguments, "call_id": call_id})
                await self._records.outbox.put(connection, name, told, at)
            elif name == "remember":
                person_id, _ = await self._known_in(connection, call_id)
                if person_id is not None and not await self._records.people.withdrew(
                    connection, person_id, ConsentKind.HEALTH
                ):
                    await self._records.memory.put(connection, person_id, _facts(arguments.get("facts", "")))
            return number

    async def _known(self, call_id: str) -> tuple[int | None, str]:
        async with self._records.database.reading() as connection:
            return await self._known_in(connection, call_id)

    async def _known_in(self, connection: AsyncConnection, call_id: str) -> tuple[int | None, str]:
        """The person of a call and the caller's number, as far as they are known."""
        query = select(CallRow.person_id, CallRow.phone_sealed).where(CallRow.id == call_id)
        row = (await connection.execute(query)).one_or_none()
        if row is None or row.phone_sealed is None:
            return (None if row is None else row.person_id), ""
        return row.person_id, self._records.database.keys.open(row.phone_sealed, "calls.phone")


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
