"""Whom the engine knows before the first word, and who is not to be called."""

from __future__ import annotations

import json

import pytest

from tests.adapters.records.conftest import NOON
from tests.adapters.records.kept import Trouble
from voicebot.adapters.records.acquaintances import RecordedAcquaintances
from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.records import Records
from voicebot.outcome import CallOutcome, CallResult
from voicebot.ports import Acquaintances
from voicebot.records.calls import Direction, NewCall
from voicebot.records.campaigns import AttemptRecord, CampaignState, NewAttempt
from voicebot.records.people import Consent, ConsentKind, Fact, NewPerson, Person, Source
from voicebot.services.care.known import facts_problem

FACT = Fact(kind="health", subject="무릎", text="무릎이 아프다", since="2026-11-20")


@pytest.fixture
async def person(records: Records) -> Person:
    """Somebody whom a campaign has just rung, as ``attempt-1``."""
    rows = [NewPerson(phone="+821012345678", name="김영희")]
    (person_id,) = await records.people.enrol_many(rows, at=NOON)
    await records.memory.replace(person_id, [FACT])
    campaign = await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    await records.campaigns.add_targets(campaign, [person_id], due_at=NOON)
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="kim", at=NOON)
    (target,) = await records.campaigns.due(campaign, NOON)
    attempt = NewAttempt(id="attempt-1", target_id=target.id, slot="once", engine="engine-1")
    assert isinstance(await records.attempts.begin(attempt, at=NOON), AttemptRecord)
    found = await records.people.get(person_id)
    assert found is not None
    return found


async def _consent(records: Records, person: Person, granted: bool) -> None:
    consent = Consent(kind=ConsentKind.HEALTH, granted=granted, at=NOON, source=Source.STAFF)
    await records.people.set_consent(person.id, consent)


async def test_whom_an_attempt_calls_is_known(records: Records, person: Person) -> None:
    people: Acquaintances = RecordedAcquaintances(records, limit_s=60)
    known = await people.known_of("attempt-1")
    assert (known["caller_id"], known["name"]) == ("01012345678", "김영희")
    assert facts_problem(known["facts"]) == ""
    assert [fact["text"] for fact in json.loads(known["facts"])] == ["무릎이 아프다"]
    assert await people.known_of("another") == {}
    await _consent(records, person, granted=False)
    assert "facts" not in await people.known_of("attempt-1")
    await _consent(records, person, granted=True)
    assert "facts" in await people.known_of("attempt-1")


async def test_nothing_is_remembered_without_consent(records: Records, person: Person) -> None:
    desk = RecordsDesk(records, now=lambda: NOON)
    call = NewCall(call_id="call-1", direction=Direction.OUTBOUND, service="care", attempt_id="attempt-1")
    await records.calls.begin(call, at=NOON)
    await _consent(records, person, granted=False)
    fact = {"kind": "sleep", "subject": "잠", "text": "잠을 설친다", "since": "2026-11-22"}
    await desk.perform("call-1", "remember", {"facts": json.dumps([fact])})
    assert await records.memory.of(person.id) == [FACT]
    await _consent(records, person, granted=True)
    await desk.perform("call-1", "remember", {"facts": json.dumps([fact])})
    assert [each.subject for each in await records.memory.of(person.id)] == ["잠"]


async def test_a_call_of_an_attempt_is_with_its_person(records: Records, person: Person) -> None:
    call = NewCall(call_id="attempt-1", direction=Direction.OUTBOUND, service="care", attempt_id="attempt-1")
    await records.calls.begin(call, at=NOON)
    kept = await records.calls.get("attempt-1")
    assert kept is not None
    assert (kept.person_id, kept.phone, kept.attempt_id) == (person.id, person.phone, "attempt-1")
    stray = NewCall(call_id="call-2", direction=Direction.OUTBOUND, service="care", attempt_id="nobody's")
    await records.calls.begin(stray, at=NOON)
    kept = await records.calls.get("call-2")
    assert kept is not None and (kept.person_id, kept.phone, kept.attempt_id) == (None, "", None)
    assert [each.call_id for each in await records.calls.of_number("010-1234-5678")] == ["attempt-1"]


async def test_who_opted_out(records: Records) -> None:
    people = RecordedAcquaintances(records, limit_s=60)
    await records.opt_outs.add("010-1234-5678", at=NOON, source=Source.CALL)
    assert await people.opted_out("01012345678")
    assert not await people.opted_out("01087654321")
    assert not await people.opted_out("anonymous")


async def test_a_database_in_trouble_knows_nobody(records: Records, person: Person) -> None:
    await records.opt_outs.add(person.phone, at=NOON, source=Source.CALL)
    trouble = Trouble(records.database)
    trouble.down = True
    people = RecordedAcquaintances(records, limit_s=60)
    assert await people.known_of("attempt-1") == {}
    assert not await people.opted_out(person.phone)
    trouble.down = False
    trouble.answers.clear()
    hurried = RecordedAcquaintances(records, limit_s=0)
    assert await hurried.known_of("attempt-1") == {}
    assert not await hurried.opted_out(person.phone)


async def test_the_calls_of_an_engine_that_died(records: Records) -> None:
    for number, engine in enumerate(("dead", "dead", "alive")):
        call = NewCall(call_id=f"call-{number}", direction=Direction.INBOUND, service="duty", engine=engine)
        await records.calls.begin(call, at=NOON)
    done = CallOutcome(result=CallResult.COMPLETED, reason="done")
    await records.calls.end("call-0", done, at=NOON)
    assert await records.calls.end_lost("dead", at=NOON) == ["call-1"]
    assert await records.calls.end_lost("dead", at=NOON) == []
    outcomes = [await records.calls.get(f"call-{number}") for number in range(3)]
    results = [None if each is None or each.outcome is None else each.outcome.result for each in outcomes]
    assert results == [CallResult.COMPLETED, CallResult.FAILED, None]
