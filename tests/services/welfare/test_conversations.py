"""Every question with every answer; whole conversations are data (``tests/conversations/welfare.yaml``)."""

from __future__ import annotations

from random import Random

from voicebot.dialogue.events import CallStarted, CitizenSaid
from voicebot.services import load_service
from voicebot.services.welfare.questions import QUESTIONS

_CALL = {"caller_id": "01012345678", "today": "2026-11-22"}
_SAID = {
    "yes": "네",
    "no": "아니요",
    "sight": "시각 장애요",
    "hearing": "귀가 안 들려서 청각이요",
    "other": "다른 거예요",
    "wounded": "상이 군경이요",
    "independence": "독립운동 하셨어요",
    "may_18": "오일팔이요",
    "city_gas": "도시가스요",
    "district_heat": "지역난방입니다",
}
_OTHER = {"disability_kind": "지체 장애요", "veteran_kind": "참전 유공자요", "fuel": "연탄이요"}


def test_every_question_and_every_answer_is_understood() -> None:
    welfare = load_service("welfare", {"city": "예시시"})
    random = Random(20261122)
    heard: set[tuple[str, str]] = set()
    for _ in range(80):
        machine = welfare.machine()
        machine.receive(CallStarted(variables=_CALL), 0.0)
        machine.receive(CitizenSaid(text="네", confidence=0.9), 0.0)
        while (name := machine.snapshot().position) in QUESTIONS:
            meant = random.choice([*QUESTIONS[name].answers])
            said = _OTHER[name] if meant == "other" else _SAID[meant]
            machine.receive(CitizenSaid(text=said, confidence=0.9), 0.0)
            assert machine.snapshot().slots[name] == meant
            heard.add((name, meant))
    assert heard == {(name, value) for name, question in QUESTIONS.items() for value in question.answers}
