"""Codes of the records as officers read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.records.campaigns import CampaignState, Disposition, TargetState
from voicebot.records.people import ConsentKind, Source
from voicebot.reports.document import Urgency

URGENCIES = {Urgency.URGENT: "지금", Urgency.TODAY: "오늘", Urgency.NOTE: "참고", Urgency.NONE: "–"}
"""The same words as in the report of a call (``services.reporting``)."""

_URGENCY = {
    "P0": Urgency.URGENT,
    "urgent": Urgency.URGENT,
    "P1": Urgency.URGENT,
    "today": Urgency.TODAY,
    "P2": Urgency.NOTE,
    "P3": Urgency.NOTE,
    "P4": Urgency.NOTE,
    "X": Urgency.NOTE,
    "note": Urgency.NOTE,
}

RESULTS = {
    CallResult.COMPLETED: "끝까지 통화",
    CallResult.HANDED_OVER: "담당자 연결",
    CallResult.HUNG_UP: "도중에 끊음",
    CallResult.REFUSED: "거절",
    CallResult.NO_RESPONSE: "말씀 없음",
    CallResult.ENDED_BY_POLICY: "통화 종료 조치",
    CallResult.FAILED: "통화 오류",
}

DISPOSITIONS = {
    Disposition.ANSWERED: "받음",
    Disposition.NO_ANSWER: "안 받음",
    Disposition.BUSY: "통화 중",
    Disposition.DECLINED: "수신 거절",
    Disposition.VOICEMAIL: "음성사서함",
    Disposition.ANNOUNCEMENT: "통신사 안내(전원 꺼짐 등)",
    Disposition.UNREACHABLE: "연결 불가",
    Disposition.INVALID_NUMBER: "없는 번호",
    Disposition.BAD_FORMAT: "잘못된 번호",
    Disposition.NUMBER_CHANGED: "바뀐 번호",
    Disposition.TRUNK_REFUSED: "회선 거부(우리 쪽)",
    Disposition.CONGESTION: "회선 혼잡",
    Disposition.NETWORK: "통신망 오류",
    Disposition.CODEC: "음성 방식 불일치",
    Disposition.CANCELLED: "걸다가 취소",
    Disposition.UNKNOWN: "알 수 없음",
}
"""In the order in which they are listed."""

WRONG_NUMBERS = frozenset({Disposition.INVALID_NUMBER, Disposition.BAD_FORMAT, Disposition.NUMBER_CHANGED})
"""The list must be mended."""

MISSES = frozenset(
    {
        Disposition.NO_ANSWER,
        Disposition.BUSY,
        Disposition.DECLINED,
        Disposition.VOICEMAIL,
        Disposition.ANNOUNCEMENT,
        Disposition.UNREACHABLE,
    }
)
"""It rang, or should have, and nobody was spoken to. What is unknown or never left the house is none."""

TARGET_STATES = {
    TargetState.WAITING: "기다림",
    TargetState.DIALLING: "거는 중",
    TargetState.DONE: "마침",
    TargetState.EXCLUDED: "제외",
}

CAMPAIGN_STATES = {
    CampaignState.DRAFT: "준비",
    CampaignState.RUNNING: "진행 중",
    CampaignState.PAUSED: "잠시 멈춤",
    CampaignState.STOPPED: "중지",
    CampaignState.FINISHED: "끝남",
}

DIRECTIONS = {Direction.INBOUND: "걸려 온 전화", Direction.OUTBOUND: "시에서 건 전화"}
CONSENTS = {ConsentKind.CALLS: "전화", ConsentKind.RECORDING: "녹음", ConsentKind.HEALTH: "건강 정보"}
SOURCES = {Source.CALL: "통화에서", Source.STAFF: "직원이", Source.IMPORT: "명단에서"}
ANSWERED_BY = {"said": "말", "keys": "버튼", "silent": "대답 없음"}
DANGERS = {"119": "위급(119)", "112": "폭력·실종(112)", "109": "자살 위기(109)", "duty": "당직 연락"}
"""Where an alert of the duty desk led, which has no kind."""

CASE_KINDS = {
    "welfare_application": "복지 신청 접수",
    "welfare_officer_call": "담당자 전화 요청",
    "welfare_message": "문자 안내 요청",
    "opt_out": "수신 거부 처리",
    "call_back": "다시 전화 요청",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the services call their own things; made by ``services.staff_words``."""

    anomalies: Mapping[str, str] = field(default_factory=dict)
    """Kind of an alert → in words."""
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Slot of a yes-or-no question → yes and no, in words; in the order in which they are asked."""
    benefits: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    """Type of a complaint → its name."""
    services: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot → what it is about; in the order in which they are read."""

    def service(self, name: str) -> str:
        """A service by its name for people; an operator's own as it is called."""
        return self.services.get(name, name) or "–"

    def slot(self, name: str, value: str) -> str:
        """The value of a slot, where it is a code of ours in words."""
        if name == "benefits":
            return " · ".join(self.benefits.get(key, key) for key in value.split())
        return self.types.get(value, value) if name == "type" else value

    def anomaly(self, kind: str, line: str = "") -> str:
        """What an alert is about."""
        return self.anomalies.get(kind, kind) or DANGERS.get(line, "") or "위급·이상"

    def case(self, kind: str, type: str) -> str:
        """What a case is about."""
        return CASE_KINDS.get(kind, kind) or self.types.get(type, type) or "민원"


def urgency(level: str) -> Urgency:
    """How soon somebody must act on a level of the records; what names none is looked at today."""
    return _URGENCY.get(level, Urgency.TODAY)
