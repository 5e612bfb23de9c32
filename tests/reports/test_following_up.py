"""Who must be called by a person: one row each, the most urgent first."""

from __future__ import annotations

import pytest

from tests.reports.sample import HOUR, KIM, NOON, PARK, WORDS, alert, case, column, miss
from voicebot.records.campaigns import Disposition
from voicebot.reports.document import Table, Urgency
from voicebot.reports.facts import AlertFact, CaseFact, Listed, MissFact, Who
from voicebot.reports.following_up import follow_up
from voicebot.reports.shown import Shown


def _listed(*facts: AlertFact | CaseFact | MissFact, left_out: int = 0, whole: bool = False) -> Table:
    listed = Listed(
        alerts=tuple(fact for fact in facts if isinstance(fact, AlertFact)),
        cases=tuple(fact for fact in facts if isinstance(fact, CaseFact)),
        misses=tuple(fact for fact in facts if isinstance(fact, MissFact)),
        left_out=left_out,
    )
    return follow_up(listed, Shown(whole=whole), WORDS)


def test_the_most_urgent_first_then_the_oldest_and_wishes_last() -> None:
    others = [Who(person_id=number, name=f"이{number}") for number in range(3, 7)]
    made = _listed(
        case(1001, who=others[0], at=NOON - 9 * HOUR, kind="welfare_application", benefits="mobile gas"),
        alert(1, "today", who=others[1], at=NOON - HOUR),
        miss(3, who=others[2], at=NOON - 2 * HOUR),
        alert(2, "urgent", who=others[3], at=NOON),
        case(1002, who=PARK, at=NOON - 3 * HOUR, level="P1", type="sinkhole"),
    )
    assert column(made, "records") == ["민원 1002", "알림 2", "", "알림 1", "민원 1001"]
    assert column(made, "how_soon") == ["지금", "지금", "오늘", "오늘", "오늘"]
    assert column(made, "why")[-1] == "복지 신청 접수: 이동전화 · 도시가스"
    assert made.ticked


def test_one_person_is_one_row_with_all_reasons() -> None:
    made = _listed(
        miss(4, at=NOON - 3 * HOUR),
        alert(7, "urgent", also="pain", said="김영희가 넘어졌어, 010-2222-0001로"),
        alert(8, "today", kind="sleep", at=NOON - HOUR),
    )
    (row,) = made.rows
    assert row.urgency is Urgency.URGENT
    assert row.cells == (
        "지금",
        "김** (K-1)",
        "010-****-0001",
        "넘어짐 · 통증: “김**가 넘어졌어, 010-****-****로”\n연속 4번 연결되지 않음(마지막: 안 받음)\n잠 설침",
        "2026-11-22 09:00",
        "care-alone",
        "알림 7\n알림 8",
    )


def test_an_alert_without_words_tells_what_it_is_about() -> None:
    hole = alert(
        1, "P1", kind="", line="duty", what="맨홀 뚜껑이 없어요", place="시장 앞", summary="급한 전화"
    )
    made = _listed(hole, alert(2, "P1", kind="", summary="급한 전화"))
    assert column(made, "why") == ["당직 연락: 맨홀 뚜껑이 없어요 · 시장 앞\n위급·이상: 급한 전화"]


def test_a_name_that_only_one_of_the_reasons_knows_is_told() -> None:
    caller = Who(phone="+821022220009")
    named = Who(phone=caller.phone, name="최민호")
    late = case(1001, who=named, at=NOON + HOUR, level="P1", about="최민호 집 앞", name="최민호")
    made = _listed(alert(1, "P0", who=caller), late)
    assert column(made, "name") == ["최**"]
    assert "최** 집 앞" in str(column(made, "why"))


def test_those_without_a_record_are_one_by_their_number_or_each_for_themselves() -> None:
    caller = Who(phone="+821022220009")
    made = _listed(
        *(case(number, who=caller, kind="call_back", level="P2") for number in (1001, 1002)),
        *(case(number, who=Who(), kind="call_back", level="P2") for number in (1003, 1004)),
    )
    assert column(made, "records") == ["민원 1001\n민원 1002", "민원 1003", "민원 1004"]
    assert column(made, "name") == ["모르는 분"] * 3


@pytest.mark.parametrize(
    ("fact", "listed"),
    [
        (alert(1, "note"), False),
        (alert(1, ""), True),
        (alert(1, "P0"), True),
        (case(1001, level="P2"), False),
        (case(1001, level="P2", kind="call_back"), True),
        (case(1001, kind="welfare_message"), False),
        (miss(2), False),
        (miss(3), True),
        (miss(1, last=Disposition.INVALID_NUMBER), True),
    ],
)
def test_what_may_wait_is_not_on_the_list(fact: AlertFact | CaseFact | MissFact, listed: bool) -> None:
    assert bool(_listed(fact).rows) is listed


def test_whole_numbers_and_what_was_left_out() -> None:
    made = _listed(alert(1, "today", said="김영희, 01022220001"), left_out=12, whole=True)
    assert made.rows[0].cells[1:4] == ("김영희 (K-1)", "010-2222-0001", "넘어짐: “김영희, 01022220001”")
    assert "12건이 더" in made.note
    assert not _listed().rows and KIM.name not in _listed(alert(1, "today")).rows[0].cells
