"""Cases: opened with a number, moved along the way of their status, looked up by it or by the caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.statements import number_of_work, word
from voicebot.adapters.records.tables.calls import CallRow
from voicebot.adapters.records.tables.cases import CaseChangeRow, CaseRow
from voicebot.errors import RecordsError
from voicebot.records.cases import CaseFilter, CaseRecord, CaseStep, NewCase, known_level, number_in
from voicebot.records.phone import normalised
from voicebot.records.resident import redacted, redacted_values
from voicebot.records.status import CaseState, CaseStatus, StatusChange, advanced

_DETAILS, _NOTE = "cases.details", "case_changes.note"
_OPENED_BY = "voicebot"


class Cases:
    """Complaints and follow-ups; topic ``case`` of the outbox tells of every opening and change."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._keys = database.keys
        self._outbox = outbox

    async def open(self, case: NewCase, *, at: datetime, work_id: str | None = None) -> int:
        """Keep a case, its history's first line and its message in one transaction; returns its number.

        Args:
            case: What it is about.
            at: Now.
            work_id: Of what asked for it; asked a second time, it is the same case.

        Raises:
            RecordsError: It could not be written: do not tell the citizen a number.
        """
        details = redacted_values(case.details)
        department = word(details.get("department") or case.department)
        row = {
            "call_id": word(case.call_id),
            "person_id": case.person_id,
            "kind": word(details.get("kind", "")),
            "type": word(details.get("type", "")),
            "level": known_level(details),
            "status": CaseStatus.RECEIVED,
            "department": department,
            "assignee": "",
            "opened_at": at,
            "changed_at": at,
            **self._number("callback", number_in(details, "callback")),
            **self._number("caller", number_in({"caller": case.caller, **details}, "caller_id", "caller")),
            "details_sealed": self._keys.seal_details(details, _DETAILS),
            "work_id": work_id,
        }
        first = StatusChange(to=CaseStatus.RECEIVED, by=_OPENED_BY, department=department)
        async with self._database.writing() as connection:
            if (done := await number_of_work(connection, CaseRow, work_id)) is not None:
                return done
            inserted = insert(CaseRow).values(row).returning(CaseRow.number)
            number = (await connection.execute(inserted)).scalar_one()
            await self._step(connection, number, 0, first, at)
            told = {"number": str(number), "status": CaseStatus.RECEIVED.value, "call_id": case.call_id}
            await self._outbox.put(connection, "case", {**told, "level": known_level(details)}, at)
        return number

    async def change(self, number: int, change: StatusChange, *, at: datetime) -> CaseState:
        """Move a case on; its state, history, message and audit line change together.

        Raises:
            StatusNotAllowed: The way of a case has no such step from where it stands.
            RecordsError: There is no such case, or it could not be written.
        """
        change = replace(
            change,
            note=redacted(change.note),
            by=word(change.by),
            assignee=word(change.assignee),
            department=word(change.department),
        )
        async with self._database.writing() as connection:
            # Two officers at once: the second waits and then sees what the first has done.
            query = select(*_STATE).where(CaseRow.number == number).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise RecordsError(f"there is no case {number}")
            state = advanced(_state(row), change)
            await connection.execute(
                update(CaseRow)
                .where(CaseRow.number == number)
                .values(
                    status=state.status,
                    department=state.department,
                    assignee=state.assignee,
                    due_on=state.due_on,
                    changed_at=at,
                    completed_at=at if state.status is CaseStatus.COMPLETED else None,
                )
            )
            steps = select(func.count()).where(CaseChangeRow.case_number == number)
            position = (await connection.execute(steps)).scalar_one()
            await self._step(connection, number, position, change, at)
            await self._tell(connection, number, change, at)
            return state

    async def get(self, number: int) -> CaseRecord | None:
        """The case with this number, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        found = await self._select(CASES.where(CaseRow.number == number))
        return found[0] if found else None

    async def newest(self, *, status: CaseStatus | None = None, limit: int = 100) -> list[CaseRecord]:
        """The cases that changed last, of one status where it is given.

        Raises:
            RecordsError: They could not be read.
        """
        query = CASES if status is None else CASES.where(CaseRow.status == status)
        return await self._select(
            query.order_by(CaseRow.changed_at.desc(), CaseRow.number.desc()).limit(limit)
        )

    async def search(self, wanted: CaseFilter, limit: int = 100) -> list[CaseRecord]:
        """The newest cases of some kind, by when they were opened.

        Raises:
            RecordsError: They could not be read.
        """
        query = CASES
        if wanted.statuses:
            query = query.where(CaseRow.status.in_(wanted.statuses))
        if wanted.levels:
            query = query.where(CaseRow.level.in_(wanted.levels))
        if wanted.service:
            query = query.where(CallRow.service == wanted.service)
        if wanted.department:
            query = query.where(CaseRow.department == wanted.department)
        if wanted.since is not None:
            query = query.where(CaseRow.opened_at >= wanted.since)
        return await self._select(query.order_by(CaseRow.number.desc()).limit(limit))

    async def count_open(self) -> int:
        """How many cases are not completed.

        Raises:
            RecordsError: They could not be read.
        """
        query = select(func.count()).where(CaseRow.status != CaseStatus.COMPLETED)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def of_caller(self, phone: str, limit: int = 10) -> list[CaseRecord]:
        """The newest cases that were made from a number, or are to be called back there.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: They could not be read.
        """
        hashes = self._keys.hashes(normalised(phone))
        query = CASES.where(or_(CaseRow.callback_hash.in_(hashes), CaseRow.caller_hash.in_(hashes)))
        return await self._select(query.order_by(CaseRow.number.desc()).limit(limit))

    async def history(self, number: int) -> list[CaseStep]:
        """Every step of a case, the opening first; empty where there is no such case.

        Raises:
            RecordsError: It could not be read.
        """
        query = select(
            CaseChangeRow.at,
            CaseChangeRow.to_status,
            CaseChangeRow.by,
            CaseChangeRow.assignee,
            CaseChangeRow.department,
            CaseChangeRow.due_on,
            CaseChangeRow.note_sealed,
        ).where(CaseChangeRow.case_number == number)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(CaseChangeRow.position))).all()
        return [
            CaseStep(
                at=at,
                change=StatusChange(
                    to=to,
                    by=by,
                    assignee=assignee,
                    department=department,
                    due_on=due_on,
                    note="" if note is None else self._keys.open(note, _NOTE),
                ),
            )
            for at, to, by, assignee, department, due_on, note in rows
        ]

    def _number(self, stem: str, number: str) -> dict[str, bytes | None]:
        return {
            f"{stem}_hash": self._keys.hashed(number) if number else None,
            f"{stem}_sealed": self._keys.seal(number, f"cases.{stem}") if number else None,
        }

    async def _step(
        self, connection: AsyncConnection, number: int, position: int, change: StatusChange, at: datetime
    ) -> None:
        await connection.execute(
            insert(CaseChangeRow).values(
                case_number=number,
                position=position,
                to_status=change.to,
                at=at,
                by=word(change.by),
                assignee=word(change.assignee),
                department=word(change.department),
                due_on=change.due_on,
                note_sealed=self._keys.seal(change.note, _NOTE) if change.note else None,
            )
        )

    async def _tell(
        self, connection: AsyncConnection, number: int, change: StatusChange, at: datetime
    ) -> None:
        told = {"number": str(number), "status": change.to.value, "note": change.note}
        await self._outbox.put(connection, "case", told, at)
        details = {"to": change.to.value}
        subject = f"case/{number}"
        entry = AuditEntry(at=at, actor=change.by, action="case.changed", subject=subject, details=details)
        await write_down(connection, entry)

    async def _select(self, query: Select[*tuple[Any, ...]]) -> list[CaseRecord]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [case_of(row, self._keys) for row in rows]


_STATE = (CaseRow.status, CaseRow.department, CaseRow.assignee, CaseRow.due_on)
CASES = select(
    CaseRow.number,
    CaseRow.call_id,
    CaseRow.person_id,
    CaseRow.opened_at,
    CaseRow.changed_at,
    *_STATE,
    CaseRow.details_sealed,
    CallRow.service,
).join_from(CaseRow, CallRow, CallRow.id == CaseRow.call_id, isouter=True)
"""Every case, as ``case_of`` reads it."""


def case_of(row: Row[*tuple[Any, ...]], keys: Keyring) -> CaseRecord:
    """A case from a row of ``CASES``.

    Raises:
        RecordsError: It does not open.
    """
    return CaseRecord(
        number=row.number,
        call_id=row.call_id,
        person_id=row.person_id,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        state=_state(row),
        details=keys.open_details(row.details_sealed, _DETAILS),
        service=row.service or "",
    )


def _state(row: Row[*tuple[Any, ...]]) -> CaseState:
    return CaseState(status=row.status, department=row.department, assignee=row.assignee, due_on=row.due_on)
