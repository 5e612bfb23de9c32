from __future__ import annotations

import pytest

from voicebot.dialogue.actions import Say
from voicebot.dialogue.events import CallStarted
from voicebot.services import load_service, service_names


@pytest.mark.parametrize("name", service_names())
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_the_first_sentence_says_who_is_speaking(name: str, direction: str) -> None:
    variables = {"direction": direction, "name": "김순이"}
    first = load_service(name, {"city": "예시시"}).machine().receive(CallStarted(variables=variables), 0.0)[0]
    assert isinstance(first, Say)
    opening = first.segments[0].text
    assert "예시시" in opening
    assert "인공지능" in opening
    assert opening.count(".") == 2  # "안녕하세요." and one sentence
