from __future__ import annotations

import pytest

from voicebot.engine.known import check_known, told_to
from voicebot.errors import ConfigurationError
from voicebot.services import load_service

CARE, WELFARE = load_service("care"), load_service("welfare")
FACT = '[{"kind": "health", "subject": "무릎", "text": "무릎이 아프다", "since": "2026-10-08"}]'


def test_what_is_known_is_accepted() -> None:
    known = {
        "01012345678": {"name": "김순이", "variant": "illness", "facts": FACT},
        "0311230000": {"profile": '{"age": 70, "basic_pension": true}', "direction": "outbound"},
    }
    check_known(known, [CARE, WELFARE])


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"nmae": "김순이"}, r"\[known.0101\] nmae: no flow has this variable; there are .*name"),
        ({"variant": "alone"}, r"\[known.0101\] variant: 'alone' is no kind of care call; use living_alone"),
        ({"facts": "무릎"}, r"\[known.0101\] facts: .*; give a list of kind, subject, text and since"),
        ({"takes_medicine": "never"}, "takes_medicine: 'never'; use yes or no"),
        ({"profile": "[]"}, "profile: no JSON object; give keys with values"),
        ({"profile": "{"}, "profile: no JSON .*; give an object such as"),
        ({"profile": '{"agee": 70}'}, "profile: unknown key 'agee'; the keys are"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(facts: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        check_known({"0101": facts}, [CARE, WELFARE])


def test_a_flow_is_told_only_what_it_asks_for() -> None:
    facts = {"name": "김순이", "facts": FACT, "profile": "{}", "today": "2026-10-12"}
    assert told_to(CARE, facts) == {"name": "김순이", "facts": FACT, "today": "2026-10-12"}
    assert told_to(WELFARE, facts) == {"name": "김순이", "profile": "{}", "today": "2026-10-12"}
