"""``voicebot records``: what a citizen asks of their own record, and what staff must look at."""

from __future__ import annotations

import json

from tests.cli.records_at_hand import AtHand, at_hand
from tests.databases import NOON
from voicebot.adapters.records.records import Records
from voicebot.cli.records import app
from voicebot.errors import PhoneNumberError, RecordsError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall
from voicebot.records.cases import NewCase
from voicebot.records.people import Fact

__all__ = ["at_hand"]

PHONE = "010-1234-5678"
BY = ("--by", "kim")


async def _somebody(records: Records) -> None:
    person = await records.people.enrol(PHONE, at=NOON, name="김영희")
    fact = Fact(kind="health", subject="무릎", text="무릎이 아프다", since="2026-11-20")
    await records.memory.replace(person.id, [fact])
    call = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty", phone=PHONE)
    await records.calls.begin(call, at=NOON)
    await records.calls.end("call-1", CallOutcome(result=CallResult.COMPLETED, reason="done"), at=NOON)
    await records.cases.open(NewCase(call_id="call-1", details={"callback": PHONE}), at=NOON)


def test_a_citizen_learns_what_is_kept(at_hand: AtHand) -> None:
    at_hand.do(_somebody)
    at_hand.json(app, "consent", PHONE, "calls", "granted", *BY)
    kept = at_hand.json(app, "person", PHONE, *BY)
    assert (kept["phone"], kept["name"], kept["opted_out"]) == ("010-****-5678", "김**", False)
    assert kept["remembered"][0]["text"] == "*******"
    assert [(each["kind"], each["answer"]) for each in kept["consents"]] == [("calls", "granted")]
    assert [(each["call_id"], each["result"]) for each in kept["calls"]] == [("call-1", "completed")]
    assert [each["number"] for each in kept["cases"]] == [1001]
    page = at_hand.run(app, "person", PHONE, "--full", *BY).stdout
    assert PHONE in page and "김영희" in page and "무릎이 아프다" in page
    actions = [entry["action"] for entry in _lines(at_hand.run(app, "audit", "--json").stdout)]
    assert actions == ["person.looked_at", "person.looked_at", "consent.set"]


async def _often(records: Records) -> None:
    await _somebody(records)
    for number in range(2, 13):
        await records.cases.open(NewCase(call_id=f"call-{number}", details={"callback": PHONE}), at=NOON)


def test_a_citizen_learns_of_every_case(at_hand: AtHand) -> None:
    at_hand.do(_often)
    assert len(at_hand.json(app, "person", PHONE, *BY)["cases"]) == 12


async def _stranger(records: Records) -> None:
    call = NewCall(call_id="call-1", direction=Direction.INBOUND, service="duty", phone=PHONE)
    await records.calls.begin(call, at=NOON)


def test_who_only_called_is_forgotten(at_hand: AtHand) -> None:
    at_hand.do(_stranger)
    assert at_hand.json(app, "forget", PHONE, *BY)["done"] == "forgotten"
    assert at_hand.json(app, "person", PHONE, *BY)["calls"] == []
    assert isinstance(at_hand.run(app, "forget", PHONE, *BY).exception, RecordsError)


def test_a_citizen_is_forgotten_and_still_not_called(at_hand: AtHand) -> None:
    at_hand.do(_somebody)
    at_hand.json(app, "opt-out", PHONE, *BY)
    assert at_hand.json(app, "forget", PHONE, *BY) == {"phone": "010-****-5678", "done": "forgotten"}
    kept = at_hand.json(app, "person", PHONE, *BY)
    assert (kept["name"], kept["remembered"], kept["calls"], kept["opted_out"]) == ("", [], [], True)
    assert [each["number"] for each in kept["cases"]] == [1001]
    again = at_hand.run(app, "forget", PHONE, *BY)
    assert isinstance(again.exception, RecordsError) and "nobody is known" in str(again.exception)
    assert "1234" not in str(again.exception)


def test_an_opt_out_is_taken_back(at_hand: AtHand) -> None:
    assert at_hand.run(app, "opt-out", "01012345678", *BY).stdout == "010-****-5678: opted out\n"
    assert at_hand.do(lambda records: records.opt_outs.stands(PHONE))
    at_hand.json(app, "opt-in", PHONE, *BY)
    assert not at_hand.do(lambda records: records.opt_outs.stands(PHONE))
    actions = [entry["action"] for entry in _lines(at_hand.run(app, "audit", "--json").stdout)]
    assert actions == ["opt_out.withdrawn", "opt_out.added"]
    assert isinstance(at_hand.run(app, "opt-in", PHONE, *BY).exception, RecordsError)
    assert isinstance(at_hand.run(app, "opt-out", "119", *BY).exception, PhoneNumberError)
    wrong = at_hand.run(app, "opt-out", PHONE, "--campaign", "spring", *BY)
    assert "there is no campaign 'spring'" in str(wrong.exception)


def test_with_the_consent_goes_what_was_remembered(at_hand: AtHand) -> None:
    at_hand.do(_somebody)
    at_hand.json(app, "consent", PHONE, "health", "withdrawn", *BY)
    assert at_hand.json(app, "person", PHONE, *BY)["remembered"] == []


def test_alerts_wait_until_somebody_has_seen_them(at_hand: AtHand) -> None:
    details = {"kind": "fall", "level": "urgent", "said": "넘어졌어요", "callback": "01012345678"}
    at_hand.do(lambda records: records.alerts.raise_alert(details, at=NOON, call_id="call-1"))
    (alert,) = at_hand.json(app, "alerts")
    assert (alert["number"], alert["level"], alert["kind"]) == (1001, "urgent", "fall")
    assert alert["details"]["callback"] == "010-****-5678"
    assert at_hand.json(app, "alerts", "--full", *BY)[0]["details"]["callback"] == "01012345678"
    assert "넘어졌어요" in at_hand.run(app, "alerts").stdout
    assert at_hand.json(app, "alert-seen", "1001", *BY) == {"number": 1001, "seen_by": "kim"}
    assert at_hand.run(app, "alerts").stdout == "no alert waits for anybody\n"
    twice = at_hand.run(app, "alert-seen", "1001", *BY)
    assert "no alert 1001 that nobody has seen" in str(twice.exception)
    assert "alert.seen" in at_hand.run(app, "audit", "--subject", "alert/1001").stdout


def _lines(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]
