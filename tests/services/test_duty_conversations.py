"""The duty desk's conversations, played as text from the file beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from voicebot.dialogue.actions import Action, Do, HangUp, Listen, Say, Transfer
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

CONVERSATIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "duty_conversations.yaml").read_text(encoding="utf-8")
)
_CALLER = {"caller_id": "01012345678", "today": "2026-10-12"}


@pytest.fixture(scope="module", name="duty")
def _duty() -> Service:
    return load_service("duty", {"city": "예시시"})


def _event(turn: Mapping[str, Any], variables: Mapping[str, str]) -> Event:
    match turn:
        case {"said": said}:
            return CitizenSaid(text=said, confidence=turn.get("heard", 0.9))
        case {"keys": keys}:
            return KeysPressed(keys=keys)
        case {"silence": silence}:
            return CitizenSilent(silent_s=silence)
        case {"work": name}:
            return WorkFinished(name=name, succeeded=True, result={"case_number": "10023"})
        case {"work_fails": name}:
            return WorkFinished(name=name, succeeded=False)
        case {"transfer_fails": True}:
            return TransferFailed(target="duty", reason="nobody answered")
        case _:
            return CallStarted(variables=variables)


def _check(turn: Mapping[str, Any], actions: list[Action]) -> None:
    spoken = " ".join(action.text for action in actions if isinstance(action, Say))
    assert turn.get("bot", "") in spoken
    assert "not_bot" not in turn or turn["not_bot"] not in spoken
    works = [action.name for action in actions if isinstance(action, Do)]
    assert works == ([turn["do"]] if "do" in turn else [])
    targets = [action.target for action in actions if isinstance(action, Transfer)]
    assert targets == ([turn["transfer"]] if "transfer" in turn else [])
    results = [action.outcome.result.value for action in actions if isinstance(action, HangUp)]
    assert results == ([turn["hang_up"]] if "hang_up" in turn else [])
    if "rate" in turn:
        assert [action.rate for action in actions if isinstance(action, Say)] == [turn["rate"]]
    if "silence_s" in turn:
        given = [action.expectation.silence_s for action in actions if isinstance(action, Listen)]
        assert given == [turn["silence_s"]]


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
def test_conversation(duty: Service, conversation: Mapping[str, Any]) -> None:
    machine = duty.machine()
    variables = {**_CALLER, **conversation.get("variables", {})}
    for number, turn in enumerate(conversation["turns"]):
        before = machine.snapshot()
        _check(turn, machine.receive(_event(turn, variables), float(number)))
        if turn.get("retract"):
            machine.restore(before)
    slots = machine.snapshot().slots
    for name, value in conversation.get("slots", {}).items():
        assert slots[name] == value


def test_the_first_sentence_says_who_is_speaking(duty: Service) -> None:
    first = duty.machine().receive(CallStarted(), 0.0)[0]
    assert isinstance(first, Say)
    opening = first.segments[0].text
    assert "예시시" in opening
    assert "인공지능" in opening
    assert opening.count(".") == 2  # "안녕하세요." and one sentence
