"""What a welfare officer reads of a welfare call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from voicebot.dialogue.actions import Do
from voicebot.outcome import CallOutcome, CallResult
from voicebot.services.reporting import Report, WriteReport, answers_line, end_line, heading
from voicebot.services.welfare.rules import Rules

_WISHES = {
    "welfare_application": ("신청 접수", "today", "할 일: 주민센터에서 전화해 신청 받기"),
    "welfare_officer_call": ("담당자 전화", "today", "할 일: 평일 낮에 전화하기"),
    "welfare_message": ("문자", "note", "할 일: 찾은 제도를 문자로 보내기"),
    "opt_out": ("다시 걸지 않기", "note", "할 일: 전화 명단에서 빼기"),
}
"""Kind of a case → what the citizen wants, how soon, and what is to be done."""

ANSWERS = {
    "livelihood": "기초수급",
    "living_allowance": "생계·의료급여",
    "near_poor": "차상위",
    "pension": "기초연금",
    "disability": "장애 등록",
    "severe": "심한 장애",
    "veteran": "유공자",
    "wounded_grade": "상이 1–3급",
    "large_household": "5인 이상",
    "children": "19세 미만 자녀",
    "three_children": "자녀 셋 이상",
    "infant": "3세 미만",
    "old": "65세 이상",
    "pregnant": "임신",
    "severe_illness": "중증·희귀 질환",
    "single_parent": "한부모",
    "budget_carrier": "알뜰폰",
    "own_name": "본인 명의",
    "disability_kind": "장애",
    "veteran_kind": "유공",
    "fuel": "난방",
}
"""Question → in words."""

_VALUES = {
    "yes": "예",
    "no": "아니요",
    "sight": "시각",
    "hearing": "청각",
    "wounded": "상이",
    "independence": "독립유공",
    "may_18": "5·18",
    "city_gas": "도시가스",
    "district_heat": "지역난방",
    "other": "그 밖",
}


def report_of(rules: Rules) -> WriteReport:
    """How a welfare call is told, with the benefits' names of these rules."""

    def write_report(slots: Mapping[str, str], outcome: CallOutcome, works: Sequence[Do]) -> Report:
        """See ``reporting.WriteReport``."""
        danger = any(work.name == "alert" for work in works)
        wish, level, to_do = "", "none", ""
        for work in works:
            wish, level, to_do = _WISHES.get(work.arguments.get("kind", work.name), (wish, level, to_do))
        if danger:
            wish, level, to_do = "위급", "urgent", "할 일: 지금 전화하기"
        elif level == "none" and outcome.result is not CallResult.COMPLETED:
            level = "note"
        names = [
            rules.benefits[key].name for key in slots.get("benefits", "").split() if key in rules.benefits
        ]
        found = slots.get("found", "")
        lines = (
            heading(level, [wish] if wish else [], slots),
            *((f"말씀: “{slots['danger_said']}”",) if slots.get("danger_said") else ()),
            *answers_line("더 알아봐야 함" if found == "unclear" else "대상일 수 있음", names),
            *(("찾은 것: 없음",) if found == "none" else ()),
            *answers_line("대답", [*_answers(slots)]),
            *answers_line("모르심", [ANSWERS.get(name, name) for name in slots.get("not_known", "").split()]),
            f"복지 안내, {end_line(outcome, '다시 걸기' if outcome.reason == 'later' else '')}",
            to_do,
        )
        return Report(level=level, lines=tuple(line for line in lines if line))

    return write_report


def _answers(slots: Mapping[str, str]) -> Iterable[str]:
    for slot, name in ANSWERS.items():
        value = _VALUES.get(slots.get(slot, ""), "")
        if value:
            yield f"{name} {value}"
