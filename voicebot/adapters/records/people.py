"""People by their numbers, and their consents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.statements import insert_if_new, word
from voicebot.adapters.records.tables.calls import CallRow, SlotRow, TurnRow
from voicebot.adapters.records.tables.cases import NoteRow
from voicebot.adapters.records.tables.people import ConsentRow, PersonRow
from voicebot.errors import RecordsError
from voicebot.records.people import Consent, ConsentKind, NewPerson, Person
from voicebot.records.phone import normalised
from voicebot.records.resident import refused

_PHONE, _NAME = "people.phone", "people.name"


class People:
    """One record a telephone number."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = database.keys

    async def enrol(self, phone: str, *, at: datetime, name: str = "", external_id: str = "") -> Person:
        """The person with this number, made where there is none; a name that is given replaces the old one.

        Args:
            phone: However it was written.
            at: Now.
            name: Empty: leave what is known.
            external_id: The city's own key, empty: leave what is known.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: A resident number, a key that another person has, or a failing database.
        """
        number = normalised(phone)
        refused(name, "name")
        refused(external_id, "external_id")
        async with self._database.writing() as connection:
            found = await self._by_number(connection, number)
            if found is None:
                await self._insert(connection, number, at)
                found = await self._by_number(connection, number)
            if found is None:
                raise RecordsError("a person was deleted while being enrolled; try again")
            values: dict[str, object] = {}
            if name and name != found.name:
                values["name_sealed"] = self._keys.seal(name, _NAME)
            if external_id and external_id != found.external_id:
                values["external_id"] = word(external_id)
            if not values:
                return found
            changed = update(PersonRow).where(PersonRow.id == found.id)
            await connection.execute(changed.values(changed_at=at, **values))
            return Person(
                id=found.id,
                phone=found.phone,
                name=name or found.name,
                external_id=external_id or found.external_id,
            )

    async def enrol_many(self, people: Sequence[NewPerson], *, at: datetime) -> list[int]:
        """The ids of many people in their order, made where there are none; who is known stays as they are.

        Args:
            people: Some thousand at a time: one transaction.
            at: Now.

        Raises:
            RecordsError: A resident number, a key that another person has, or a failing database.
        """
        hashes = {person.phone: self._keys.hashes(person.phone) for person in people}
        by_hash = {hashed: phone for phone, some in hashes.items() for hashed in some}
        rows = {
            person.phone: {
                "phone_hash": hashes[person.phone][0],
                "phone_sealed": self._keys.seal(person.phone, _PHONE),
                "name_sealed": self._keys.seal(refused(person.name, "name"), _NAME) if person.name else None,
                "external_id": word(refused(person.external_id, "external_id")) or None,
                "created_at": at,
                "changed_at": at,
            }
            for person in people
        }
        async with self._database.writing() as connection:
            known = await self._ids(connection, by_hash)
            if new := [row for phone, row in rows.items() if phone not in known]:
                await connection.execute(insert_if_new(connection, PersonRow), new)
                known = await self._ids(connection, by_hash)
        if missing := len(rows.keys() - known.keys()):
            raise RecordsError(f"{missing} people have an external_id that somebody else has")
        return [known[person.phone] for person in people]

    async def find(self, phone: str) -> Person | None:
        """The person with this number, if there is one.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: It could not be read.
        """
        number = normalised(phone)
        async with self._database.reading() as connection:
            return await self._by_number(connection, number)

    async def get(self, person_id: int) -> Person | None:
        """The person with this id, if there is one.

        Raises:
            RecordsError: It could not be read.
        """
        async with self._database.reading() as connection:
            row = (await connection.execute(_PERSON.where(PersonRow.id == person_id))).one_or_none()
        return None if row is None else self._person(row)

    async def forget(self, person_id: int, *, by: str, at: datetime) -> bool:
        """Delete a person and all that hangs on them (consents, memory, attempts). Of their calls stays that
        they were; a case keeps the number, since it is still owed an answer, and so does an opt-out; an alert
        keeps what it tells. Whether there was such a person.

        Raises:
            RecordsError: It could not be written.
        """
        async with self._database.writing() as connection:
            row = (await connection.execute(_PERSON.where(PersonRow.id == person_id))).one_or_none()
            if row is not None:
                of_the_number = CallRow.phone_hash.in_(self._keys.hashes(self._person(row).phone))
                await _empty_calls(connection, or_(CallRow.person_id == person_id, of_the_number))
                await connection.execute(delete(PersonRow).where(PersonRow.id == person_id))
            await write_down(connection, _forgotten(f"person/{person_id}", by, at))
            return row is not None

    async def forget_number(self, phone: str, *, by: str, at: datetime) -> bool:
        """Forget somebody who called and is no person here: of the calls of a number stays that they were.
        Whether there were such calls.

        Raises:
            PhoneNumberError: It is no number that can be called.
            RecordsError: It could not be written.
        """
        of_the_number = CallRow.phone_hash.in_(self._keys.hashes(normalised(phone)))
        async with self._database.writing() as connection:
            emptied = await _empty_calls(connection, of_the_number)
            if emptied:
                await write_down(connection, _forgotten("person", by, at))
            return emptied > 0

    async def set_consent(self, person_id: int, consent: Consent) -> None:
        """Write down what a person said about a kind of consent.

        Raises:
            RecordsError: There is no such person, or it could not be written.
        """
        async with self._database.writing() as connection:
            await connection.execute(
                insert(ConsentRow).values(
                    person_id=person_id,
                    kind=consent.kind,
                    granted=consent.granted,
                    at=consent.at,
                    source=consent.source,
                    call_id=consent.call_id,
                )
            )

    async def consents(self, person_id: int) -> dict[ConsentKind, Consent]:
        """What a person said last about each kind; a kind that is not here was never asked.

        Raises:
            RecordsError: It could not be read.
        """
        query = (
            select(ConsentRow.kind, ConsentRow.granted, ConsentRow.at, ConsentRow.source, ConsentRow.call_id)
            .where(ConsentRow.person_id == person_id)
            .order_by(ConsentRow.at, ConsentRow.id)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {
                kind: Consent(kind=kind, granted=granted, at=at, source=source, call_id=call_id)
                for kind, granted, at, source, call_id in rows
            }

    async def withdrew(self, connection: AsyncConnection, person_id: int, kind: ConsentKind) -> bool:
        """Whether the last that a person said about a kind was no; in a transaction that is open already."""
        query = (
            select(ConsentRow.granted)
            .where(ConsentRow.person_id == person_id, ConsentRow.kind == kind)
            .order_by(ConsentRow.at.desc(), ConsentRow.id.desc())
            .limit(1)
        )
        return (await connection.execute(query)).scalar_one_or_none() is False

    async def _by_number(self, connection: AsyncConnection, number: str) -> Person | None:
        query = _PERSON.where(PersonRow.phone_hash.in_(self._keys.hashes(number)))
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else self._person(row)

    async def _ids(self, connection: AsyncConnection, by_hash: Mapping[bytes, str]) -> dict[str, int]:
        ids: dict[str, int] = {}
        for hashes in _batches(by_hash, _HASHES_A_QUERY):
            query = select(PersonRow.phone_hash, PersonRow.id).where(PersonRow.phone_hash.in_(hashes))
            ids |= {by_hash[hashed]: id for hashed, id in await connection.execute(query)}
        return ids

    async def _insert(self, connection: AsyncConnection, number: str, at: datetime) -> None:
        # Another engine may enrol the same number in this very moment: then its row is found.
        await connection.execute(
            insert_if_new(connection, PersonRow).values(
                phone_hash=self._keys.hashed(number),
                phone_sealed=self._keys.seal(number, _PHONE),
                created_at=at,
                changed_at=at,
            )
        )

    def _person(self, row: Row[int, bytes, bytes | None, str | None]) -> Person:
        id, phone, name, external_id = row
        return Person(
            id=id,
            phone=self._keys.open(phone, _PHONE),
            name="" if name is None else self._keys.open(name, _NAME),
            external_id=external_id or "",
        )


async def _empty_calls(connection: AsyncConnection, whose: ColumnElement[bool]) -> int:
    """Take the number out of calls, and what was said and noted: names and numbers stand in all of it."""
    calls = select(CallRow.id).where(whose)
    for emptied in (
        delete(TurnRow).where(TurnRow.call_id.in_(calls)),
        delete(SlotRow).where(SlotRow.call_id.in_(calls)),
        delete(NoteRow).where(NoteRow.call_id.in_(calls)),
    ):
        await connection.execute(emptied)
    blanked = update(CallRow).where(whose).values(phone_hash=None, phone_sealed=None)
    return (await connection.execute(blanked)).rowcount


def _forgotten(subject: str, by: str, at: datetime) -> AuditEntry:
    return AuditEntry(at=at, actor=by, action="person.forgotten", subject=subject, details={})


_PERSON = select(PersonRow.id, PersonRow.phone_sealed, PersonRow.name_sealed, PersonRow.external_id)


_HASHES_A_QUERY = 5_000
"""SQLite takes 32,766 parameters, PostgreSQL's protocol 32,767."""


def _batches(values: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
