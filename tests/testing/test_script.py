from typing import Any

from voicebot.testing.persona import Persona
from voicebot.testing.script import Script


def _script(*answers: dict[str, Any], default: dict[str, Any] | None = None) -> Script:
    return Script(
        Persona.model_validate({"name": "a", "service": "duty", "answers": answers, "default": default})
    )


def _said(script: Script, turn: int, heard: str | None) -> str | None:
    answer = script.choose(turn, heard)
    return None if answer is None else answer.text


def test_words_decide_whatever_the_order() -> None:
    script = _script(
        {"when": "무슨 일", "say": "하나"}, {"when": "어디", "say": "둘"}, {"when": "번호", "say": "셋"}
    )
    assert _said(script, 1, "이 버노로 연락 드릴까요") == "셋"
    assert _said(script, 2, "무슨 일이신가요") == "하나"
    assert _said(script, 3, "무슨 일이신가요") == "하나"


def test_without_recognition_answers_follow_the_file() -> None:
    script = _script({"when": "무슨 일", "say": "하나"}, {"say": "둘"})
    assert [_said(script, turn, None) for turn in (1, 2, 3)] == ["하나", "둘", None]


def test_a_question_that_fits_nothing_gets_the_default() -> None:
    script = _script({"when": "어디", "say": "하나"}, default={"say": "네"})
    assert _said(script, 1, "날씨가 좋네요") == "네"
    assert _said(script, 2, "거기가 어디인가요") == "하나"


def test_without_a_default_the_next_in_order_answers() -> None:
    script = _script({"when": "무슨 일", "say": "하나"}, {"when": "어디", "say": "둘"})
    assert _said(script, 1, "무슨 일이세요") == "하나"
    assert _said(script, 2, "전혀 다른 말") == "둘"


def test_an_answer_with_a_limit_gives_way_to_the_next_of_the_same_words() -> None:
    script = _script(
        {"when": "맞습니까", "say": "아니요", "times": 1}, {"when": "맞습니까", "say": "네 맞아요"}
    )
    assert [_said(script, turn, "번호가 맞습니까") for turn in (1, 2, 3)] == [
        "아니요",
        "네 맞아요",
        "네 맞아요",
    ]


def test_equal_words_go_to_the_answer_of_this_turn() -> None:
    script = _script({"when": "맞나요", "say": "하나"}, {"when": "맞나요", "turn": 3, "say": "셋"})
    assert _said(script, 3, "이게 맞나요") == "셋"


def test_the_question_at_the_end_is_answered() -> None:
    script = _script(
        {"when": "잠시만 기다려", "silence": True}, {"when": "다시 들려 드릴까요", "say": "아니요"}
    )
    heard = "잠시만 기다려 주세요 접수되었습니다 번호를 다시 들려들일가요"
    assert _said(script, 1, heard) == "아니요"


def test_what_is_only_given_if_asked_is_not_given_by_order() -> None:
    script = _script(
        {"say": "하나"}, {"when": "맞으신가요", "only_if_asked": True, "say": "네"}, {"say": "둘"}
    )
    assert [_said(script, turn, None) for turn in (1, 2, 3)] == ["하나", "둘", None]
    assert _said(script, 4, "시장 앞 맞으신가요") == "네"


def test_a_turn_number_binds_order() -> None:
    script = _script({"say": "하나"}, {"turn": 3, "say": "셋"}, {"say": "둘"})
    assert [_said(script, turn, None) for turn in (1, 2, 3)] == ["하나", "둘", "셋"]


def test_taking_back_restores_what_was_used() -> None:
    script = _script({"say": "하나"}, {"say": "둘"})
    assert _said(script, 1, None) == "하나"
    script.take_back()
    assert _said(script, 1, None) == "하나"


def test_taking_back_a_default_leaves_earlier_answers_used() -> None:
    script = _script({"when": "어디", "times": 1, "say": "하나"}, default={"say": "네"})
    assert _said(script, 1, "어디인가요") == "하나"
    assert _said(script, 2, "다른 말입니다") == "네"
    script.take_back()
    assert _said(script, 2, "어디인가요") == "네"


def test_what_is_expected_is_not_used_by_asking() -> None:
    script = _script({"say": "하나"}, {"say": "둘"})
    first = script.expected(1)
    assert first is not None and first.text == "하나"
    assert _said(script, 1, None) == "하나"
    script.take_expected(2)
    assert script.expected(3) is None
