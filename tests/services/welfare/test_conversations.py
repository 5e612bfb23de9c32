"""The welfare call's conversations, played as text from the file beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from voicebot.dialogue.actions import Action, Do, HangUp, Say, Transfer
from voicebot.dialogue.events import (
    CallStarted,
    CitizenSaid,
    CitizenSilent,
    Event,
    KeysPressed,
    TransferFailed,
    WorkFinished,
)
from voicebot.services import Service, load_service
from voicebot.services.welfare.questions import QUESTIONS

CONVERSATIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "conversations.yaml").read_text(encoding="utf-8")
)
_CALL = {"caller_id": "01012345678", "today": "2026-11-22"}


@pytest.fixture(scope="module", name="welfare")
def _welfare() -> Service:
    return load_service("welfare", {"city": "예시시"})


def _event(turn: str, work: str) -> Event:
    match turn[:1]:
        case "…":
            return CitizenSilent(silent_s=6.0)
        case "#":
            return KeysPressed(keys=turn[1:])
        case "+":
            return WorkFinished(name=work, succeeded=True, result={"case_number": "10023"})
        case "-":
            return WorkFinished(name=work, succeeded=False)
        case "x":
            return TransferFailed(target="duty", reason="nobody answered")
        case _:
            return CitizenSaid(text=turn, confidence=0.9)


def _spoken(actions: list[Action]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def _effects(actions: list[Action]) -> list[str]:
    effects = []
    for action in actions:
        match action:
            case Do():
                effects.append(action.name)
            case Transfer():
                effects.append(action.target)
            case HangUp():
                effects.append(action.outcome.result.value)
    return effects


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
def test_conversation(welfare: Service, conversation: Mapping[str, Any]) -> None:
    machine = welfare.machine()
    variables = {**_CALL, **conversation.get("variables", {})}
    opening = _spoken(machine.receive(CallStarted(variables=variables), 0.0))
    assert "예시시 인공지능" in opening
    assert "돈이나 계좌 번호, 주민등록번호는 묻지 않습니다" in opening
    assert conversation.get("opening", "알려 드리려고") in opening
    work = ""
    for number, (said, bot, *effects) in enumerate(conversation["turns"], start=1):
        actions = machine.receive(_event(said, work), float(number))
        assert bot in _spoken(actions), (said, _spoken(actions))
        assert _effects(actions) == " ".join(effects).split()
        work = machine.snapshot().work
    for name, value in conversation.get("slots", {}).items():
        assert machine.snapshot().slots[name] == value


def test_nothing_is_promised_without_the_day(welfare: Service) -> None:
    machine = welfare.machine()
    machine.receive(CallStarted(), 0.0)
    actions = machine.receive(CitizenSaid(text="네", confidence=0.9), 1.0)
    assert "찾지 못했습니다" in _spoken(actions)


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


def test_every_question_and_every_answer_is_understood(welfare: Service) -> None:
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
