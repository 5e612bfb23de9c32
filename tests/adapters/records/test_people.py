"""People, consents, opt-outs and memory, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.people import PersonRow
from voicebot.errors import PhoneNumberError, RecordsError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn
from voicebot.records.people import Consent, ConsentKind, Fact, NewPerson, Source

KNEE = Fact(kind="health", subject="무릎", text="무릎이 아프다", since="2026-11-20")
DONE = CallOutcome(result=CallResult.COMPLETED, reason="")
DOG = Fact(kind="pets", subject="강아지", text="강아지를 키운다", since="2026-11-22")


async def test_one_record_a_number_however_it_is_written(records: Records) -> None:
    first = await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
    again = await records.people.enrol("+821012345678", at=NOON, external_id="A-17")
    assert (again.id, again.name, again.external_id) == (first.id, "김영희", "A-17")
    assert await records.people.find("01012345678") == again == await records.people.get(first.id)
    assert await records.people.find("010-9999-0000") is None


async def test_a_new_name_takes_the_place_of_the_old(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON, name="김영이")
    await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
    found = await records.people.get(person.id)
    assert found is not None and found.name == "김영희"


async def test_many_at_once_make_one(records: Records) -> None:
    people = await asyncio.gather(*(records.people.enrol("010-1234-5678", at=NOON) for _ in range(8)))
    assert len({person.id for person in people}) == 1


async def test_an_import_keeps_its_order_and_who_is_known(records: Records) -> None:
    known = await records.people.enrol("010-2000-0003", at=NOON, name="박철수")
    rows = [NewPerson(phone=f"+8210200000{n:02}", name=f"사람{n}", external_id=f"E{n}") for n in range(5)]
    ids = await records.people.enrol_many([*rows, rows[0]], at=NOON)
    assert ids[3] == known.id and ids[5] == ids[0] and len(set(ids)) == 5
    names = [(await records.people.get(id)) for id in ids[:4]]
    assert [person.name for person in names if person] == ["사람0", "사람1", "사람2", "박철수"]
    with pytest.raises(RecordsError, match="1 people have an external_id that somebody else has"):
        await records.people.enrol_many([NewPerson(phone="+821020000099", external_id="E1")], at=NOON)


async def test_what_must_not_be_kept_is_refused(records: Records) -> None:
    with pytest.raises(PhoneNumberError):
        await records.people.enrol("119", at=NOON)
    for values in ({"name": "김영희 900101-1234567"}, {"external_id": "9001011234567"}):
        with pytest.raises(RecordsError, match="resident registration number"):
            await records.people.enrol("010-1234-5678", at=NOON, **values)
    assert await records.people.find("010-1234-5678") is None


async def test_number_and_name_lie_there_sealed(records: Records) -> None:
    await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
    async with records.database.reading() as connection:
        row = (await connection.execute(select(PersonRow.__table__))).one()
    raw = b"".join(value for value in row if isinstance(value, bytes))
    assert b"12345678" not in raw and "김영희".encode() not in raw


async def test_the_newest_word_on_a_consent_counts(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    said = Consent(kind=ConsentKind.HEALTH, granted=True, at=NOON, source=Source.CALL, call_id="call-1")
    withdrawn = Consent(
        kind=ConsentKind.HEALTH, granted=False, at=NOON + timedelta(days=1), source=Source.STAFF
    )
    await records.people.set_consent(person.id, said)
    assert await records.people.consents(person.id) == {ConsentKind.HEALTH: said}
    await records.people.set_consent(person.id, withdrawn)
    assert await records.people.consents(person.id) == {ConsentKind.HEALTH: withdrawn}
    with pytest.raises(RecordsError, match=r"could not be written"):
        await records.people.set_consent(person.id + 1, said)


async def test_an_opt_out_stands_for_good_or_for_one_campaign(records: Records) -> None:
    campaign = await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    other = await records.campaigns.create("welfare", service="welfare", settings={}, by="kim", at=NOON)
    await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL, campaign_id=campaign)
    assert not await records.opt_outs.stands("010-1234-5678")
    assert await records.opt_outs.stands("010-1234-5678", campaign)
    assert not await records.opt_outs.stands("010-1234-5678", other)
    for _ in range(2):
        await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.STAFF)
    assert await records.opt_outs.stands("01012345678", other)
    numbers = ["+821012345678", "+821099990000"]
    assert await records.opt_outs.among(numbers, other) == {"+821012345678"}


async def test_an_opt_out_can_be_withdrawn_and_that_is_audited(records: Records) -> None:
    campaign = await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    for scope in (None, campaign):
        await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL, campaign_id=scope)
    assert await records.opt_outs.withdraw("01012345678", by="kim", at=NOON)
    assert not await records.opt_outs.withdraw("01012345678", by="kim", at=NOON)
    assert not await records.opt_outs.stands("010-1234-5678")
    assert await records.opt_outs.stands("010-1234-5678", campaign)
    assert await records.opt_outs.withdraw("01012345678", by="kim", at=NOON, campaign_id=campaign)
    assert not await records.opt_outs.stands("010-1234-5678", campaign)
    actions = [entry.action for entry in await records.audit.newest()]
    assert actions == ["opt_out.withdrawn", "opt_out.withdrawn", "campaign.created"]


async def test_who_is_forgotten_stays_opted_out(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
    await records.memory.replace(person.id, [KNEE])
    await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL)
    assert await records.people.forget(person.id, by="kim", at=NOON)
    assert not await records.people.forget(person.id, by="kim", at=NOON)
    assert await records.people.get(person.id) is None
    assert await records.memory.of(person.id) == []
    assert await records.opt_outs.stands("010-1234-5678")
    (_, entry) = await records.audit.newest(subject=f"person/{person.id}")
    assert (entry.actor, entry.action) == ("kim", "person.forgotten")


async def _talked(records: Records, call_id: str, phone: str) -> None:
    call = NewCall(call_id=call_id, direction=Direction.INBOUND, service="duty", phone=phone)
    await records.calls.begin(call, at=NOON)
    turn = Turn(number=1, at_ms=0, prompt="김영희 님이세요?", heard=phone, status="said")
    await records.calls.add_turn(call_id, turn)
    slots = {"name": "김영희", "caller_id": phone, "level": "P2"}
    await records.calls.end(call_id, DONE, at=NOON, slots=slots)
    async with records.database.writing() as connection:
        await records.notes.put(connection, "report", {"text": "김영희 님"}, at=NOON, call_id=call_id)


async def _kept(records: Records) -> dict[str, tuple[str, int, int]]:
    """Call → its number, and how many turns and slots there are."""
    calls = {id: await records.calls.get(id) for id in ("call-1", "call-2", "call-3")}
    return {id: (call.phone, len(call.turns), len(call.slots)) for id, call in calls.items() if call}


async def test_of_the_calls_of_who_is_forgotten_stays_that_they_were(records: Records) -> None:
    await _talked(records, "call-1", "+821012345678")  # before they were known
    person = await records.people.enrol("010-1234-5678", at=NOON, name="김영희")
    await _talked(records, "call-2", "+821012345678")
    await _talked(records, "call-3", "+821099990000")
    assert await records.people.forget(person.id, by="kim", at=NOON)
    others = {"call-3": ("+821099990000", 1, 3)}
    assert await _kept(records) == {"call-1": ("", 0, 0), "call-2": ("", 0, 0)} | others
    assert [note.call_id for note in await records.notes.newest()] == ["call-3"]
    call = await records.calls.get("call-2")
    assert call is not None and call.outcome == DONE


async def test_who_called_and_is_in_no_list_is_forgotten_as_well(records: Records) -> None:
    await _talked(records, "call-1", "+821012345678")
    await _talked(records, "call-3", "+821099990000")
    assert await records.people.forget_number("010-1234-5678", by="kim", at=NOON)
    assert await _kept(records) == {"call-1": ("", 0, 0), "call-3": ("+821099990000", 1, 3)}
    assert not await records.people.forget_number("010-1234-5678", by="kim", at=NOON)
    assert [entry.action for entry in await records.audit.newest(subject="person")] == ["person.forgotten"]


async def test_memory_is_written_as_a_whole(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    await records.memory.replace(person.id, [KNEE, DOG])
    assert await records.memory.of(person.id) == [KNEE, DOG]
    await records.memory.replace(person.id, [DOG])
    assert await records.memory.of(person.id) == [DOG]
    await records.memory.replace(person.id, [])
    assert await records.memory.of(person.id) == []
