"""What a welfare officer reads of a care call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from voicebot.dialogue.actions import Do
from voicebot.outcome import CallOutcome, CallResult
from voicebot.services.reporting import Report, answers_line, end_line, heading

_LEVELS = ("urgent", "today", "note", "none")

KINDS = {
    "emergency": "위급(119)",
    "abuse": "폭력(112)",
    "self_harm": "자살 위험(109)",
    "fall": "넘어짐",
    "breath": "숨참",
    "scam": "사기 전화",
    "utility": "난방·전기·물 고장",
    "fever": "열",
    "respiratory": "기침",
    "confusion": "혼란",
    "medicine": "약 거름",
    "low_mood": "우울·외로움",
    "pain": "통증",
    "help": "도움 요청",
    "meal": "식사 거름",
    "sleep": "잠 설침",
    "wrong_person": "다른 사람이 받음",
    "silent": "받고 말이 없음",
}
"""Kind of an alert → in words."""

ANSWERS = {
    "meals": ("식사 하심", "식사 못 하심"),
    "sleep": ("잘 주무심", "못 주무심"),
    "pain": ("아픈 데 있음", "아픈 데 없음"),
    "fell": ("넘어짐", "안 넘어짐"),
    "medicine": ("약 드심", "약 못 드심"),
    "outing": ("외출 하심", "집에만 계심"),
    "fever": ("열 있음", "열 없음"),
    "cough": ("기침 있음", "기침 없음"),
    "breath": ("숨참", "숨 괜찮음"),
    "help": ("도움 원하심", "도움 필요 없음"),
}
"""Question → yes and no, in words; in the order in which they are asked."""

_MEAL_WHY = {"appetite": "입맛 없음", "no_food": "드실 것 없음", "not_yet": "아직 때가 아님"}
_WHEN = {"morning": "오전", "afternoon": "오후", "evening": "저녁"}
_VARIANTS = {"living_alone": "안부 전화", "illness": "건강 살핌", "cognitive": "기억력 확인"}
_TO_DO = {
    "urgent": "할 일: 지금 전화하고, 안 받으시면 찾아뵙기",
    "today": "할 일: 오늘 안에 전화하거나 찾아뵙기",
}


def write_report(slots: Mapping[str, str], outcome: CallOutcome, works: Sequence[Do]) -> Report:
    """The report of one care call; see ``reporting.WriteReport``."""
    alerts = sorted((work for work in works if work.name == "alert"), key=_urgency)
    kinds = [kind for alert in alerts for kind in _kinds(alert)]
    check = slots.get("advice") == "test"
    level = _level(alerts, outcome, check)
    what = [KINDS.get(kind, kind) for kind in dict.fromkeys(kinds)] + (["검사 권유"] if check else [])
    said = dict.fromkeys(alert.arguments["said"] for alert in alerts if alert.arguments.get("said"))
    to_do = _TO_DO.get(level, "") or ("할 일: 치매안심센터 검사 안내" if check else "")
    lines = (
        heading(level, what, slots),
        *(f"말씀: “{words}”" for words in said),
        *answers_line("대답", [*_answers(slots)]),
        f"{_VARIANTS.get(slots.get('variant', ''), '안부 전화')}, {end_line(outcome, _detail(slots, works))}",
        to_do,
    )
    return Report(level=level, lines=tuple(line for line in lines if line))


def _urgency(alert: Do) -> int:
    level = alert.arguments.get("level", "")
    return _LEVELS.index(level) if level in _LEVELS else 0


def _kinds(alert: Do) -> list[str]:
    return [alert.arguments.get("kind", ""), *alert.arguments.get("also", "").split()]


def _level(alerts: Sequence[Do], outcome: CallOutcome, check: bool) -> str:
    if alerts:
        return _LEVELS[_urgency(alerts[0])]
    if outcome.result in (CallResult.FAILED, CallResult.NO_RESPONSE):
        return "today"  # nobody knows how the citizen is
    talked = outcome.result is CallResult.COMPLETED
    return "note" if check or not talked else "none"


def _answers(slots: Mapping[str, str]) -> Iterable[str]:
    for slot, (yes, no) in ANSWERS.items():
        answer = slots.get(slot, "")
        if slot == "fever" and slots.get("temperature", "normal") != "normal":
            yield f"체온 {slots['temperature']}도"
        elif slot == "meals" and answer == "no" and slots.get("meal_why") in _MEAL_WHY:
            yield f"{no}({_MEAL_WHY[slots['meal_why']]})"
        elif answer in ("yes", "no"):
            yield yes if answer == "yes" else no
    if slots.get("points"):
        yield f"기억력 {slots['points']}/{slots.get('most_points', '?')}점(진단 아님)"


def _detail(slots: Mapping[str, str], works: Sequence[Do]) -> str:
    if any(work.name == "call_again" for work in works):
        return f"다시 걸기: {_WHEN.get(slots.get('when', ''), '때는 말씀 안 하심')}"
    return ""
