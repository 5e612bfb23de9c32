"""The desk does in the records what conversations ask for; it can take the case book's place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.adapters.records.conftest import NOON
from voicebot import services
from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.records import Records
from voicebot.errors import PhoneNumberError, VoicebotError
from voicebot.ports import CaseDesk
from voicebot.records.calls import Direction, NewCall
from voicebot.records.status import CaseStatus, StatusChange

SERVICES = Path(services.__file__).parent


@pytest.fixture
def desk(records: Records) -> CaseDesk:
    return RecordsDesk(records, now=lambda: NOON)


async def test_cases_and_alerts_are_numbered_each_for_itself(desk: CaseDesk) -> None:
    assert await desk.perform("call-1", "open_case", {"what": "가로등"}) == {"case_number": "1001"}
    assert await desk.perform("call-2", "open_case", {}) == {"case_number": "1002"}
    assert await desk.perform("call-1", "alert", {"level": "P0"}) == {"alert_number": "1001"}


async def test_every_work_that_a_service_asks_for_is_kept(records: Records, desk: CaseDesk) -> None:
    asked = {
        action
        for flow in SERVICES.rglob("*.yaml")
        for action in re.findall(r"^ +do: (\w+)", flow.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for name in sorted(asked):
        assert await desk.perform("call-1", name, {"callback": "01012345678"})
    notes = await records.notes.newest()
    assert {note.work for note in notes} == asked - {"open_case", "alert", "look_up_case"}
    assert {note.details["callback"] for note in notes} == {"01012345678"}


@pytest.mark.parametrize("work", ["notify", "handoff"])
async def test_a_notice_is_kept_and_sent(records: Records, desk: CaseDesk, work: str) -> None:
    await desk.perform("call-1", work, {"level": "P2", "summary": "주민번호 900101-1234567"})
    (message,) = await records.outbox.due("mqtt", NOON)
    assert message.topic == work
    assert message.payload == {"level": "P2", "summary": "주민번호 ######-#######", "call_id": "call-1"}
    assert [note.work for note in await records.notes.newest()] == [work]


async def test_the_department_is_the_one_that_triage_named(records: Records, desk: CaseDesk) -> None:
    await desk.perform("call-1", "open_case", {"department": "교통시설"})
    (case,) = await records.cases.newest()
    assert case.state.department == "교통시설"


async def test_an_opt_out_stands_at_once(records: Records, desk: CaseDesk) -> None:
    await desk.perform("call-1", "opt_out", {"callback": "01012345678"})
    assert await records.opt_outs.stands("010-1234-5678")


async def test_an_opt_out_without_a_number_is_of_the_caller(records: Records, desk: CaseDesk) -> None:
    call = NewCall(call_id="call-1", direction=Direction.OUTBOUND, service="care", phone="01012345678")
    await records.calls.begin(call, at=NOON)
    await desk.perform("call-1", "opt_out", {})
    assert await records.opt_outs.stands("010-1234-5678")


async def test_an_opt_out_that_cannot_be_kept_fails(records: Records, desk: CaseDesk) -> None:
    with pytest.raises(PhoneNumberError):
        await desk.perform("call-1", "opt_out", {"callback": "anonymous"})
    assert await records.notes.newest() == []


async def test_what_is_remembered_belongs_to_the_person_of_the_call(records: Records, desk: CaseDesk) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    call = NewCall(call_id="call-1", direction=Direction.OUTBOUND, service="care", phone="01012345678")
    await records.calls.begin(call, at=NOON)
    fact = {"kind": "health", "subject": "무릎", "text": "무릎이 아프다", "since": "2026-11-20"}
    await desk.perform("call-1", "remember", {"facts": json.dumps([fact])})
    assert [dict(note.details) for note in await records.notes.newest()] == [{}]  # nowhere else
    (kept,) = await records.memory.of(person.id)
    assert (kept.kind, kept.subject, kept.text, kept.since) == tuple(fact.values())
    for broken in ("{", '[{"kind": "health"}]', '[{"kind":"","subject":"","text":"","since":"soon"}]', "7"):
        with pytest.raises(VoicebotError, match="facts are not what"):
            await desk.perform("call-1", "remember", {"facts": broken})
    assert await records.memory.of(person.id) == [kept]
    await desk.perform("call-1", "remember", {"facts": "[]"})
    assert await records.memory.of(person.id) == []


async def test_a_known_caller_stands_in_the_case(records: Records, desk: CaseDesk) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    call = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty", phone="01012345678")
    await records.calls.begin(call, at=NOON)
    await desk.perform("call-1", "open_case", {})
    await desk.perform("call-1", "alert", {"level": "P0"})
    (case,), (alert,) = await records.cases.newest(), await records.alerts.unseen()
    assert case.person_id == alert.person_id == person.id


async def test_the_state_of_a_case_is_told_to_its_own_telephone(records: Records, desk: CaseDesk) -> None:
    await desk.perform("call-1", "open_case", {"about": "가로등", "caller_id": "01012345678"})
    call = NewCall(call_id="call-2", direction=Direction.INBOUND, service="duty", phone="02-312-3456")
    await records.calls.begin(call, at=NOON)
    await desk.perform("call-2", "open_case", {"callback": "010-1234-5678"})
    await records.cases.change(1001, StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee"), at=NOON)
    asked = {"caller_id": "01012345678", "number": "1001"}
    lamp = {"status": "담당자 지정", "case_about": "가로등"}
    assert await desk.perform("call-3", "look_up_case", asked) == lamp
    newest = {"status": "접수", "case_about": "민원"}
    assert await desk.perform("call-3", "look_up_case", asked | {"number": ""}) == newest
    assert await desk.perform("call-2", "look_up_case", {}) == newest  # the telephone that made it
    nothing = {"status": "없음", "case_about": "없음"}
    assert await desk.perform("call-3", "look_up_case", asked | {"number": "1003"}) == nothing
    assert await desk.perform("call-3", "look_up_case", asked | {"caller_id": "01099990000"}) == nothing
    assert await desk.perform("call-3", "look_up_case", {"number": "1001"}) == nothing


async def test_unknown_work_is_named(desk: CaseDesk) -> None:
    with pytest.raises(VoicebotError, match="'dance' is not known here; known: open_case, alert"):
        await desk.perform("call-1", "dance", {})
