"""The report of a day."""

from __future__ import annotations

from dataclasses import replace

from tests.reports.sample import HOUR, KIM, NOON, SUNDAY, WORDS, alert, column, figure, miss, table
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.records.campaigns import Disposition
from voicebot.reports.day import day_report
from voicebot.reports.document import Document, Urgency, as_json
from voicebot.reports.facts import (
    AnomalyCount,
    BenefitCount,
    CallCount,
    CaseCount,
    DayFacts,
    HandoffFact,
    HandoffStep,
    Listed,
    OtherCalls,
    PeopleCount,
)
from voicebot.reports.shown import Shown

_NOTHING = DayFacts(
    day=SUNDAY,
    people=(),
    in_all=PeopleCount(campaign="", service="", called=0, reached=0),
    calls=(),
    others=(),
    anomalies=(),
    handoffs=(),
    cases=(),
    benefits=(),
    opted_out=0,
    listed=Listed(),
)


def _made(facts: DayFacts) -> Document:
    return day_report(facts, Shown(), WORDS, NOON)


def _calls(
    campaign: str, disposition: Disposition, count: int, result: CallResult | None = None
) -> CallCount:
    return CallCount(campaign=campaign, service="care", disposition=disposition, result=result, count=count)


def test_a_day_on_which_nothing_happened() -> None:
    document = _made(_NOTHING)
    assert document.subject == "2026년 11월 22일 (일)"
    assert all(not one.rows and one.empty for one in document.tables)
    assert {one.value for one in document.figures} == {0}
    assert document.figures[0].urgency is Urgency.NONE


def test_what_was_called_and_reached_adds_up() -> None:
    facts = replace(
        _NOTHING,
        people=(
            PeopleCount(campaign="a", service="care", called=10, reached=7),
            PeopleCount(campaign="b", service="care", called=4, reached=0),
        ),
        in_all=PeopleCount(campaign="", service="", called=12, reached=7),  # two of them by both
        calls=(
            _calls("a", Disposition.ANSWERED, 6, CallResult.COMPLETED),
            _calls("a", Disposition.ANSWERED, 1, CallResult.HUNG_UP),
            _calls("a", Disposition.BUSY, 3),
            _calls("b", Disposition.NO_ANSWER, 8),
        ),
    )
    document = _made(facts)
    campaigns = table(document, "campaigns")
    assert column(campaigns, "campaign") == ["a", "b", "모두"]
    assert column(campaigns, "attempts") == [10, 8, 18]
    assert column(campaigns, "called") == [10, 4, 12] and "한 번만" in campaigns.note
    assert column(campaigns, "unanswered") == [3, 4, 5]
    assert column(campaigns, "share") == ["70 %", "0 %", "58 %"]
    assert column(campaigns, "completed") == [6, 0, 6] and column(campaigns, "hung_up") == [1, 0, 1]
    assert [one.key for one in campaigns.columns][-2:] == ["completed", "hung_up"]
    ends = table(document, "dispositions")
    assert column(ends, "disposition") == ["받음", "안 받음", "통화 중", "모두"]
    assert column(ends, "attempts") == [7, 8, 3, 18]
    assert (figure(document, "called"), figure(document, "reached"), figure(document, "completed")) == (
        12,
        7,
        6,
    )
    assert [row["campaign"] for row in as_json(document)["tables"]["campaigns"]] == ["a", "b"]


def test_anomalies_by_what_they_are_and_how_urgent() -> None:
    counts = (
        AnomalyCount(kind="sleep", level="note", count=9, unseen=9),
        AnomalyCount(kind="fall", level="urgent", count=1, unseen=0),
        AnomalyCount(kind="fall", level="today", count=2, unseen=1),
        AnomalyCount(kind="", level="P0", count=1, unseen=1),
    )
    document = _made(replace(_NOTHING, anomalies=counts))
    anomalies = table(document, "anomalies")
    assert column(anomalies, "kind") == ["넘어짐", "위급·이상", "잠 설침", "모두"]
    assert column(anomalies, "all") == [3, 1, 9, 13]
    assert column(anomalies, "unseen") == [1, 1, 9, 11]
    assert [row.urgency for row in anomalies.rows][:3] == [Urgency.URGENT, Urgency.URGENT, Urgency.NOTE]
    (told,) = [one.note for one in document.figures if one.key == "anomalies"]
    assert told == "지금 2 · 오늘 2 · 참고 9"


def _handoff(number: int, result: CallResult | None, *steps: str) -> HandoffFact:
    return HandoffFact(
        call_id=f"call-{number}",
        who=KIM,
        service="care",
        began_at=NOON,
        result=result,
        steps=tuple(
            HandoffStep(
                call_id=f"call-{number}",
                at=NOON,
                step=step,
                reason="fall",
                summary="김영희 님이 넘어지셨습니다.",
                level="urgent",
            )
            for step in steps
        ),
    )


def test_how_those_who_wanted_a_person_were_answered() -> None:
    facts = replace(
        _NOTHING,
        handoffs=(
            _handoff(1, CallResult.HANDED_OVER, "searching", "taken"),
            _handoff(2, CallResult.COMPLETED, "searching", "missed"),
            _handoff(3, CallResult.HANDED_OVER),
            _handoff(4, CallResult.HUNG_UP, "searching"),
        ),
    )
    document = _made(facts)
    made = table(document, "handoffs")
    assert column(made, "answered") == [
        "담당자가 받음",
        "아무도 받지 못함",
        "당직 대기열로",
        "찾는 중에 끊음",
    ]
    assert column(made, "reason")[::2] == ["김** 님이 넘어지셨습니다.", ""]
    assert column(made, "at")[0] == "12:00"
    assert [one.note for one in document.figures if one.key == "handoffs"] == ["받음 1"]


def test_cases_incoming_calls_and_applications() -> None:
    facts = replace(
        _NOTHING,
        cases=(
            CaseCount(kind="welfare_application", type="", level="", count=5, open=5),
            CaseCount(kind="", type="sinkhole", level="P1", count=1, open=0),
        ),
        others=(
            OtherCalls(service="duty", direction=Direction.INBOUND, result=CallResult.COMPLETED, count=3),
            OtherCalls(service="duty", direction=Direction.INBOUND, result=None, count=1),
        ),
        benefits=(
            BenefitCount(kind="welfare_application", benefits=("mobile", "gas"), count=4),
            BenefitCount(kind="welfare_message", benefits=("gas",), count=2),
            BenefitCount(kind="welfare_application", benefits=(), count=1),
        ),
        opted_out=2,
    )
    document = _made(facts)
    assert column(table(document, "cases"), "type") == ["땅꺼짐", "복지 신청 접수", "모두"]
    assert column(table(document, "other_calls"), "calls") == [4]
    benefits = table(document, "benefits")
    assert column(benefits, "benefit") == ["도시가스", "이동전화", "보관 기간이 지남", "건수"]
    assert column(benefits, "welfare_application") == [4, 4, 1, 5]
    assert column(benefits, "welfare_message") == [2, 0, 0, 2]
    assert figure(document, "opted_out") == 2


def test_the_follow_up_list_is_read_first() -> None:
    listed = Listed(alerts=(alert(1, "urgent"),), misses=(miss(1, at=NOON - HOUR), miss(5)))
    document = _made(replace(_NOTHING, listed=listed))
    assert next(document.tables).key == "follow_up"
    assert figure(document, "follow_up") == 1 and document.figures[0].urgency is Urgency.URGENT
    assert column(table(document, "missed"), "in_a_row") == [5, 1]
