"""What the services call their own things, for the reports of a day, a person or a campaign."""

from __future__ import annotations

from voicebot.reports.words import Words
from voicebot.services.care.report import ANSWERS as CARE_ANSWERS
from voicebot.services.care.report import KINDS
from voicebot.services.triage.loading import load_complaint_types
from voicebot.services.welfare.reading import load_rules
from voicebot.services.welfare.report import ANSWERS as WELFARE_ANSWERS

_SERVICES = {"care": "안부 전화", "welfare": "복지 안내", "duty": "당직 민원"}

_SLOTS = {
    "name": "이름",
    "caller_id": "전화한 번호",
    "callback": "연락받을 번호",
    "meals": "식사",
    "meal_why": "식사를 못 한 까닭",
    "sleep": "잠",
    "pain": "통증",
    "fell": "넘어짐",
    "medicine": "약",
    "outing": "외출",
    "fever": "체온",
    "cough": "기침",
    "breath": "숨",
    "help": "도움",
    "story": "하신 말씀",
    "variant": "통화 종류",
    "type": "민원 종류",
    "level": "등급",
    "department": "부서",
    "what": "민원 내용",
    "place": "장소",
    "since": "언제부터",
    "hurt": "다친 사람",
    "danger": "위험",
    "danger_said": "위험을 알린 말",
    "summary": "요약",
    "benefits": "찾은 혜택",
    "case_number": "민원 번호",
}


def staff_words() -> Words:
    """The words of all services.

    Raises:
        ConfigurationError: A data file of a service holds mistakes.
    """
    yes_or_no = {slot: (f"{name} 예", f"{name} 아니요") for slot, name in WELFARE_ANSWERS.items()}
    return Words(
        anomalies=KINDS,
        answers=CARE_ANSWERS | yes_or_no,
        benefits={key: benefit.name for key, benefit in load_rules().benefits.items()},
        types={code: type.name_ko for code, type in load_complaint_types().items()},
        services=_SERVICES,
        slots=_SLOTS | WELFARE_ANSWERS,
    )
