"""The reports of a person and of one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.reports.sample import HOUR, KIM, NOON, WORDS, alert, call, case, column, figure, table
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction
from voicebot.records.campaigns import Disposition
from voicebot.records.people import Consent, ConsentKind, Fact, Person, Source
from voicebot.records.status import CaseState, CaseStatus
from voicebot.reports.call import call_report
from voicebot.reports.document import Chart, Urgency
from voicebot.reports.facts import CallFacts, Contact, HandoffStep, OptOut, PersonFacts
from voicebot.reports.person import person_report
from voicebot.reports.shown import Shown

_DONE = CallOutcome(result=CallResult.COMPLETED, reason="asked everything")


def _contact(id: str, days_ago: int, disposition: Disposition, **slots: str) -> Contact:
    talked = disposition is Disposition.ANSWERED
    at = NOON - timedelta(days=days_ago)
    return Contact(
        call_id=id,
        at=at,
        ended_at=at + timedelta(seconds=61) if talked else None,
        service="care",
        campaign="care-alone",
        direction=Direction.OUTBOUND,
        disposition=disposition,
        outcome=_DONE if talked else None,
        slots=slots,
        alerts=(alert(1, "urgent", said="김영희가 넘어졌어").alert,) if slots.get("fell") else (),
    )


def _person(*contacts: Contact) -> PersonFacts:
    done = replace(case(1001, about="가로등").case, state=CaseState(status=CaseStatus.COMPLETED))
    return PersonFacts(
        person=Person(id=1, phone=KIM.phone, name=KIM.name, external_id="K-1"),
        contacts=contacts,
        left_out=3,
        consents=(Consent(kind=ConsentKind.HEALTH, granted=False, at=NOON, source=Source.STAFF),),
        opt_outs=(OptOut(at=NOON, source=Source.CALL, campaign=""),),
        remembered=(
            Fact(kind="health", subject="무릎", text="김영희 님은 무릎이 아프다", since="2026-11-20"),
        ),
        cases=(case(1002, level="P1", type="sinkhole").case, done),
    )


def test_a_person_over_time() -> None:
    facts = _person(
        _contact("c4", 0, Disposition.NO_ANSWER),
        _contact("c3", 1, Disposition.BUSY),
        _contact("c2", 2, Disposition.ANSWERED, meals="no", fell="yes", temperature="38.2"),
        _contact("c1", 3, Disposition.ANSWERED, meals="yes", temperature="normal"),
    )
    document = person_report(facts, Shown(), WORDS, NOON)
    assert document.subject == "김** (K-1) · 010-****-0001"
    assert (figure(document, "calls"), figure(document, "misses")) == (2, 2)
    assert (figure(document, "open_cases"), figure(document, "opted_out")) == (1, "예")
    contacts = table(document, "contacts")
    assert column(contacts, "result") == ["안 받음", "통화 중", "끝까지 통화", "끝까지 통화"]
    assert column(contacts, "answers") == ["", "", "식사 못 하심 · 체온 38.2도", "식사 하심"]
    assert column(contacts, "anomalies")[2] == "넘어짐\n“김**가 넘어졌어”"
    assert column(contacts, "length")[2:] == ["1분 1초", "1분 1초"]
    assert "3건" in contacts.note
    (chart,) = [section for section in document.sections if isinstance(section, Chart)]
    assert [(point.label, point.value, point.urgency) for point in chart.points] == [
        ("11-19", 0, Urgency.NONE),
        ("11-20", 3, Urgency.URGENT),
    ]
    assert column(table(document, "remembered"), "text") == ["김** 님은 무릎이 아프다"]
    assert column(table(document, "consents"), "answer") == ["모든 전화", "동의하지 않음"]
    cases = table(document, "cases")
    assert column(cases, "status") == ["접수", "완료"]
    assert [row.urgency for row in cases.rows] == [Urgency.URGENT, Urgency.NONE]


def test_what_never_left_the_house_ends_no_row_of_misses() -> None:
    machine = replace(_contact("c3", 3, Disposition.VOICEMAIL), outcome=_DONE)
    ringing = replace(_contact("c7", 0, Disposition.UNKNOWN), disposition=None)
    tries = (
        ringing,
        _contact("c6", 1, Disposition.TRUNK_REFUSED),
        _contact("c5", 2, Disposition.NO_ANSWER),
        machine,
        _contact("c2", 4, Disposition.INVALID_NUMBER),
    )
    before = _contact("c1", 5, Disposition.BUSY)
    asked = replace(
        _contact("duty-1", 5, Disposition.ANSWERED), disposition=None, direction=Direction.INBOUND
    )
    for ends in (_contact("c0", 5, Disposition.ANSWERED), asked):
        document = person_report(_person(*tries, ends, before), Shown(), WORDS, NOON)
        assert figure(document, "misses") == 3


def test_one_call_is_no_course_of_anything() -> None:
    document = person_report(_person(_contact("c1", 0, Disposition.ANSWERED)), Shown(), WORDS, NOON)
    assert not any(isinstance(section, Chart) for section in document.sections)


def _call(**slots: str) -> CallFacts:
    step = HandoffStep(call_id="call-1", at=NOON, step="taken", reason="fall", summary="", level="urgent")
    return CallFacts(
        call=call(**slots),
        who=KIM,
        campaign="care-alone",
        attempt=2,
        slot="2026-11-22 morning",
        alerts=(alert(7, "urgent", said="김영희가 넘어졌어").alert,),
        cases=(case(1001, type="sinkhole", about="땅꺼짐").case,),
        handoff=(step,),
        reports=(
            {"level": "urgent", "text": "[지금] 넘어짐 (김영희 님, 01022220001)\n할 일: 지금 전화하기"},
        ),
        noted=("report", "call_again"),
    )


def test_one_call_from_its_first_word() -> None:
    facts = _call(meals="no", type="sinkhole", secret="010-2222-0001", empty="")
    document = call_report(facts, Shown(), WORDS, NOON + HOUR)
    assert document.subject == "2026-11-22 12:00 · 안부 전화 · 김** (K-1)"
    assert (figure(document, "length"), figure(document, "gap_ms")) == ("2분 5초", "180 ms")
    lines = table(document, "report")
    assert column(lines, "line") == ["[지금] 넘어짐 (김** 님, 010********)", "할 일: 지금 전화하기"]
    assert [row.urgency for row in lines.rows] == [Urgency.URGENT, Urgency.NONE]
    about = dict(zip(*(column(table(document, "call"), key) for key in ("name", "value")), strict=True))
    assert about["캠페인"] == "care-alone 2026-11-22 morning 2번째"
    assert about["전화번호"] == "010-****-0001"
    turns = table(document, "turns")
    assert column(turns, "bot")[0] == "김** 님이세요?"
    assert column(turns, "heard") == ["네", "010********"]
    assert column(turns, "at") == ["0:00", "1:05"] and column(turns, "how") == ["말", "버튼"]
    assert [row.cells for row in table(document, "slots").rows] == [
        ("식사", "식사 못 하심"),
        ("종류", "땅꺼짐"),
        ("secret", "010-****-****"),
    ]
    after = table(document, "after")
    assert column(after, "what") == ["민원 1001 (접수)", "담당자가 받음", "다시 걸기를 원하심"]
    assert column(table(document, "anomalies"), "seen") == ["아직 없음"]


def test_the_name_of_another_who_speaks_is_masked_in_sentences() -> None:
    facts = _call(name="박철수", story="아들 박철수가 갈게요")
    document = call_report(facts, Shown(), WORDS, NOON)
    slots = table(document, "slots")
    assert column(slots, "name") == ["name", "story"]
    assert column(slots, "value") == ["박**", "아들 박**가 갈게요"]
    heard = replace(
        facts, call=replace(facts.call, turns=(replace(facts.call.turns[0], heard="박철수예요"),))
    )
    assert column(table(call_report(heard, Shown(), WORDS, NOON), "turns"), "heard") == ["박**예요"]


def test_a_call_that_is_not_masked() -> None:
    document = call_report(_call(secret="010-2222-0001"), Shown(whole=True), WORDS, NOON)
    assert "김영희" in document.subject
    assert column(table(document, "turns"), "heard")[1] == "01022220001"


def test_a_call_of_which_little_is_kept() -> None:
    facts = _call()
    facts = replace(
        facts,
        call=replace(facts.call, turns=(), outcome=None, ended_at=None),
        alerts=(),
        cases=(),
        handoff=(),
        reports=(),
        noted=(),
    )
    document = call_report(facts, Shown(), WORDS, NOON)
    assert {one.key for one in document.tables} == {"call", "anomalies", "turns", "slots"}
    assert figure(document, "result") == "진행 중" and figure(document, "length") == "–"
    assert not table(document, "turns").rows
