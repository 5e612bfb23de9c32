"""Keys are changed without losing anything or anybody, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.encryption import Keyring
from voicebot.adapters.records.records import open_records
from voicebot.adapters.records.rotation import rotate, sealed_columns
from voicebot.adapters.records.tables import Base
from voicebot.errors import RecordsKeyError
from voicebot.records.cases import NewCase
from voicebot.records.people import NewPerson, Source

OLD, NEW = b"o" * 32, b"n" * 32
LAMP = NewCase(details={"what": "가로등이 꺼졌어요", "callback": "01012345678"})


def test_every_sealed_column_is_of_bytes_and_every_hash_beside_one() -> None:
    for name, stems in sealed_columns().items():
        columns = Base.metadata.tables[name].c
        assert all(columns[f"{stem}_sealed"].type.python_type is bytes for stem in stems)
    hashes = {
        (table.name, column.removesuffix("_hash"))
        for table in Base.metadata.tables.values()
        for column in table.c.keys()
        if column.endswith("_hash")
    }
    assert hashes <= {(name, stem) for name, stems in sealed_columns().items() for stem in stems}


async def test_a_key_is_changed_step_by_step(url: str) -> None:
    async with open_records(url, Keyring([OLD]), at=NOON) as records:
        person = await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
        number = await records.cases.open(LAMP, at=NOON)
        await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL)

    async with open_records(url, Keyring([NEW, OLD]), at=NOON) as records:
        # What the old key has written is found, and not written a second time.
        assert await records.people.enrol("010-1234-5678", at=NOON) == person
        await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL)
        assert [case.number for case in await records.cases.of_caller("010-1234-5678")] == [number]
        told: list[tuple[str, int]] = []
        written = await rotate(records.database, by="kim", at=NOON, progress=lambda *rows: told.append(rows))
        assert written == 3
        assert sorted(told) == [("cases", 1), ("opt_outs", 1), ("people", 1)]
        assert await rotate(records.database, by="kim", at=NOON) == 0

    async with open_records(url, Keyring([NEW]), at=NOON) as records:
        assert await records.people.find("010-1234-5678") == person
        assert await records.opt_outs.stands("010-1234-5678")
        (case,) = await records.cases.of_caller("010-1234-5678")
        assert case.details == LAMP.details
        assert [entry.details["rows"] for entry in await records.audit.newest(subject="records")] == [0, 3]

    with pytest.raises(RecordsKeyError, match="add the missing one behind the newest"):
        async with open_records(url, Keyring([OLD]), at=NOON):
            pass


async def test_nothing_of_the_old_key_remains(url: str) -> None:
    async with open_records(url, Keyring([OLD]), at=NOON) as records:
        people = [NewPerson(phone=f"+821020000{number:03}") for number in range(250)]  # more than one batch
        await records.people.enrol_many(people, at=NOON)
    async with open_records(url, Keyring([NEW, OLD]), at=NOON) as records:
        assert await rotate(records.database, by="kim", at=NOON) == 250
        column = Base.metadata.tables["people"].c.phone_sealed
        async with records.database.reading() as connection:
            sealed = (await connection.execute(select(column))).scalars().all()
        assert all(value.startswith(records.database.keys.head) for value in sealed)
