"""What the records put into the outbox is what the schemas promise."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from jsonschema import ValidationError

from tests.adapters.events.schemas import FOLDER, valid, validator
from tests.adapters.records.conftest import KEYS, NOON
from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.records import open_records
from voicebot.events.envelope import MOST_BYTES, TooLarge, enveloped
from voicebot.events.message import TOPICS, Message
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall
from voicebot.records.campaigns import Disposition
from voicebot.records.cases import NewCase
from voicebot.records.status import CaseStatus, StatusChange


def test_every_topic_has_one() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {*TOPICS, "status"}
    for name in (*TOPICS, "status"):
        validator(name)


def test_their_words_are_ours() -> None:
    def words(topic: str, key: str) -> list[str]:
        schema = json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))
        found: list[str] = schema["properties"]["data"]["properties"][key]["enum"]
        return found

    assert words("case", "status") == [one.value for one in CaseStatus]
    assert words("call", "result") == [one.value for one in CallResult]
    assert words("attempt", "disposition") == [one.value for one in Disposition]


async def test_what_is_sent_validates(sqlite_url: str) -> None:
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        desk = RecordsDesk(records, now=lambda: NOON)
        call = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty", phone="010-1234-5678")
        await records.calls.begin(call, at=NOON)
        await desk.perform("call-1", "alert", {"kind": "danger", "level": "P0", "said": "불이 났어요"})
        number = await records.cases.open(NewCase(call_id="call-1", details={"level": "P2"}), at=NOON)
        steps = [
            StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee"),
            StatusChange(to=CaseStatus.IN_PROGRESS, by="lee", note="현장을 확인합니다"),
            StatusChange(to=CaseStatus.EXTENDED, by="lee", due_on=date(2026, 12, 1)),
            StatusChange(to=CaseStatus.COMPLETED, by="lee"),
        ]
        for step in steps:
            await records.cases.change(number, step, at=NOON)
        await desk.perform("call-1", "notify", {"level": "P1", "case_number": str(number)})
        await records.calls.end("call-1", CallOutcome(result=CallResult.COMPLETED, reason=""), at=NOON)
        messages = await records.outbox.due("mqtt", NOON)
    told = [valid(enveloped(message, "example")) for message in messages]
    assert [one["topic"] for one in told] == ["alert", *["case"] * 5, "notify", "call"]
    assert told[0]["data"]["said"] == "불이 났어요"
    assert told[0]["at"] == "2026-11-22T12:00:00.000Z"


def _message(topic: str, **payload: str) -> Message:
    return Message(
        id=1,
        event_id="00000000-0000-4000-8000-000000000000",
        topic=topic,
        payload=payload,
        tries=0,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_attempts_and_handoffs_validate_and_nonsense_does_not() -> None:
    attempt = _message("attempt", attempt_id="a-1", campaign_id="7", disposition="no_answer")
    assert valid(enveloped(attempt, "example"))["data"]["campaign_id"] == "7"
    valid(enveloped(_message("handoff", call_id="call-1", step="ringing"), "example"))
    with pytest.raises(ValidationError, match="'asleep' is not one of"):
        valid(enveloped(_message("case", number="1001", status="asleep"), "example"))


def test_what_is_too_large_is_not_sent() -> None:
    with pytest.raises(TooLarge, match=f"at most {MOST_BYTES} are sent"):
        enveloped(_message("case", note="가" * MOST_BYTES), "example")
