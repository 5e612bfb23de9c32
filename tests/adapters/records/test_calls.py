"""Calls with their turns and slots, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.calls import SlotRow
from voicebot.errors import RecordsError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn

CALL = NewCall(call_id="1763796000.12", direction=Direction.INBOUND, service="duty", phone="01012345678")
TURN = Turn(
    number=1,
    at_ms=1200,
    prompt="무엇을 도와드릴까요?",
    heard="가로등이 꺼졌어요",
    status="filled",
    gap_ms=180,
)
DONE = CallOutcome(result=CallResult.COMPLETED, reason="case opened")


async def test_a_call_is_kept_as_it_was(records: Records) -> None:
    await records.calls.begin(CALL, at=NOON)
    await records.calls.add_turn(CALL.call_id, TURN)
    await records.calls.add_turn(CALL.call_id, replace(TURN, number=2, gap_ms=None))
    end = NOON + timedelta(seconds=63)
    slots = {"level": "P3", "what": "가로등이 꺼졌어요"}
    assert await records.calls.end(CALL.call_id, DONE, at=end, slots=slots)
    call = await records.calls.get(CALL.call_id)
    assert call is not None
    assert (call.began_at, call.ended_at, call.outcome) == (NOON, end, DONE)
    assert (call.phone, call.service, call.direction) == ("+821012345678", "duty", Direction.INBOUND)
    assert call.turns == (TURN, replace(TURN, number=2, gap_ms=None))
    assert call.slots == slots
    assert await records.calls.get("another") is None


async def test_of_two_ends_the_first_counts(records: Records) -> None:
    await records.calls.begin(CALL, at=NOON)
    assert await records.calls.end(CALL.call_id, DONE, at=NOON)
    late = CallOutcome(result=CallResult.FAILED, reason="engine came back")
    assert not await records.calls.end(CALL.call_id, late, at=NOON + timedelta(hours=1))
    call = await records.calls.get(CALL.call_id)
    assert call is not None and call.outcome == DONE
    assert [message.topic for message in await records.outbox.due("mqtt", NOON)] == ["call"]


async def test_beginning_and_saying_twice_changes_nothing(records: Records) -> None:
    for _ in range(2):
        await records.calls.begin(CALL, at=NOON)
        await records.calls.add_turn(CALL.call_id, TURN)
    call = await records.calls.get(CALL.call_id)
    assert call is not None and call.turns == (TURN,) and call.outcome is None


async def test_a_known_number_is_a_known_person(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    await records.calls.begin(CALL, at=NOON)
    call = await records.calls.get(CALL.call_id)
    assert call is not None and call.person_id == person.id


@pytest.mark.parametrize("phone", ["", "anonymous", "1001"])
async def test_a_withheld_number_is_none(records: Records, phone: str) -> None:
    await records.calls.begin(replace(CALL, phone=phone), at=NOON)
    call = await records.calls.get(CALL.call_id)
    assert call is not None and (call.phone, call.person_id) == ("", None)


async def test_only_codes_of_ours_lie_there_readable(records: Records) -> None:
    await records.calls.begin(CALL, at=NOON)
    slots = {"level": "P3", "fever": "38.2", "story": "주민번호는 900101-1234567이에요"}
    await records.calls.end(CALL.call_id, DONE, at=NOON, slots=slots)
    async with records.database.reading() as connection:
        rows = (await connection.execute(select(SlotRow.name, SlotRow.value_plain))).all()
    assert dict(rows) == {"level": "P3", "fever": None, "story": None}
    call = await records.calls.get(CALL.call_id)
    assert call is not None
    assert call.slots["story"] == "주민번호는 ######-#######이에요"


async def test_a_turn_needs_its_call(records: Records) -> None:
    with pytest.raises(RecordsError, match="could not be written") as error:
        await records.calls.add_turn("nobody", TURN)
    assert "가로등" not in str(error.value)
