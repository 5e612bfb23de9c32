"""Cases, alerts and what is told of them, on both databases."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.purging import purge
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.cases import CaseRow
from voicebot.errors import RecordsError, StatusNotAllowed
from voicebot.records.cases import NewCase, shown
from voicebot.records.retention import RetentionPeriods, due
from voicebot.records.status import CaseState, CaseStatus, StatusChange

LAMP = NewCase(
    call_id="call-1",
    department="도로",
    details={"what": "가로등이 꺼졌어요", "level": "P3", "type": "street_lamp", "callback": "01012345678"},
)
ASSIGN = StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee")


async def test_a_case_goes_its_whole_way(records: Records) -> None:
    number = await records.cases.open(LAMP, at=NOON)
    assert number == 1001
    steps = [
        ASSIGN,
        StatusChange(to=CaseStatus.IN_PROGRESS, by="lee"),
        StatusChange(to=CaseStatus.EXTENDED, by="lee", due_on=date(2026, 12, 1), note="부품을 기다립니다"),
        StatusChange(to=CaseStatus.COMPLETED, by="lee", note="전구를 갈았습니다"),
    ]
    for hours, step in enumerate(steps, start=1):
        state = await records.cases.change(number, step, at=NOON + timedelta(hours=hours))
    assert state == CaseState(
        status=CaseStatus.COMPLETED, department="도로", assignee="lee", due_on=date(2026, 12, 1)
    )
    case = await records.cases.get(number)
    assert case is not None
    assert (case.state, case.details, case.opened_at) == (state, LAMP.details, NOON)
    assert case.changed_at == NOON + timedelta(hours=4)
    history = await records.cases.history(number)
    opened = StatusChange(to=CaseStatus.RECEIVED, by="voicebot", department="도로")
    assert [step.change for step in history] == [opened, *steps]
    assert [step.at for step in history] == [NOON + timedelta(hours=hours) for hours in range(5)]


async def test_a_step_that_is_not_allowed_changes_nothing(records: Records) -> None:
    number = await records.cases.open(LAMP, at=NOON)
    with pytest.raises(StatusNotAllowed, match="allowed: assigned, transferred"):
        await records.cases.change(number, StatusChange(to=CaseStatus.COMPLETED, by="kim"), at=NOON)
    assert len(await records.cases.history(number)) == 1
    assert len(await records.outbox.due("mqtt", NOON)) == 1
    with pytest.raises(RecordsError, match="there is no case 9999"):
        await records.cases.change(9999, ASSIGN, at=NOON)


async def test_two_officers_at_once_leave_one_history(records: Records) -> None:
    number = await records.cases.open(LAMP, at=NOON)
    await records.cases.change(number, ASSIGN, at=NOON)
    finish = StatusChange(to=CaseStatus.COMPLETED, by="lee")
    done = await asyncio.gather(
        *(records.cases.change(number, finish, at=NOON) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, CaseState) for one in done) == 1
    assert sum(isinstance(one, StatusNotAllowed) for one in done) == 3
    assert len(await records.cases.history(number)) == 3


async def test_no_number_is_given_twice(records: Records) -> None:
    numbers = await asyncio.gather(*(records.cases.open(LAMP, at=NOON) for _ in range(20)))
    assert sorted(numbers) == list(range(1001, 1021))


async def test_the_number_of_a_deleted_case_is_not_given_again(records: Records) -> None:
    number = await records.cases.open(LAMP, at=NOON)
    await records.cases.change(number, ASSIGN, at=NOON)
    await records.cases.change(number, StatusChange(to=CaseStatus.COMPLETED, by="lee"), at=NOON)
    later = NOON + timedelta(days=1200)
    await purge(records.database, due(RetentionPeriods(), later), by="timer", at=later)
    assert await records.cases.get(number) is None
    assert await records.cases.open(LAMP, at=later) == number + 1


async def test_cases_are_found_by_the_caller_and_by_status(records: Records) -> None:
    first = await records.cases.open(LAMP, at=NOON)
    second = await records.cases.open(LAMP, at=NOON + timedelta(hours=1))
    nobody = await records.cases.open(NewCase(details={"callback": "모름"}), at=NOON)
    assert [case.number for case in await records.cases.of_caller("010-1234-5678")] == [second, first]
    await records.cases.change(first, ASSIGN, at=NOON + timedelta(hours=2))
    assert [case.number for case in await records.cases.newest()] == [first, second, nobody]
    waiting = await records.cases.newest(status=CaseStatus.RECEIVED, limit=1)
    assert [case.number for case in waiting] == [second]


async def test_what_a_citizen_said_lies_there_sealed_and_without_resident_number(records: Records) -> None:
    details = {"what": "제 번호는 900101-1234567", "kind": "x" * 100, "level": "very"}
    number = await records.cases.open(NewCase(details=details), at=NOON)
    case = await records.cases.get(number)
    assert case is not None and case.details["what"] == "제 번호는 ######-#######"
    async with records.database.reading() as connection:
        row = (await connection.execute(select(CaseRow.kind, CaseRow.level, CaseRow.details_sealed))).one()
    assert (row.kind, row.level) == ("x" * 64, "")
    assert "번호".encode() not in row.details_sealed


def test_lists_and_exports_are_masked() -> None:
    details = {"name": "김영희", "callback": "01012345678", "what": "010 9876 5432로 전화 주세요"}
    assert shown(details) == {
        "name": "김**",
        "callback": "010-****-5678",
        "what": "010 **** ****로 전화 주세요",
    }


async def test_every_receiver_is_told_of_every_step(records: Records) -> None:
    number = await records.cases.open(LAMP, at=NOON)
    await records.cases.change(number, ASSIGN, at=NOON)
    for destination in ("mqtt", "webhook"):
        messages = await records.outbox.due(destination, NOON)
        assert [message.topic for message in messages] == ["case", "case"]
        assert [message.payload["status"] for message in messages] == ["received", "assigned"]


async def test_an_alert_waits_until_somebody_has_seen_it(records: Records) -> None:
    fall = {"level": "urgent", "kind": "fall", "said": "넘어졌어요"}
    number = await records.alerts.raise_alert(fall, at=NOON, call_id="call-1")
    (alert,) = await records.alerts.unseen()
    assert (alert.number, alert.kind, alert.level, alert.details) == (number, "fall", "urgent", fall)
    (message,) = await records.outbox.due("mqtt", NOON)
    assert (message.topic, message.payload["said"]) == ("alert", "넘어졌어요")
    assert await records.alerts.see(number, by="kim", at=NOON)
    assert not await records.alerts.see(number, by="lee", at=NOON)
    assert await records.alerts.unseen() == []
