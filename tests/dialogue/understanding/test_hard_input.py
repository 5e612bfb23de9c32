"""Empty, endless, foreign and abusive words, and numbers that must never be kept."""

from __future__ import annotations

import time
from datetime import date

import pytest

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Status, interpret, judge_completeness
from voicebot.dialogue.understanding.resident import MASK, without_resident_number

TODAY = date(2026, 10, 12)

TEN_MINUTES = 20_000
"""Characters: ten minutes of fast talk."""
LONGEST_S = 1.0
"""Far above what is measured (0.06 s), far below what a pattern that backtracks would take."""


def _ask(kind: AnswerKind) -> Expectation:
    return Expectation(
        kind=kind, question="어제 식사하셨어요?", choices={"a": ("도로", "길"), "b": ("쓰레기",)}
    )


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("said", ["", " ", "...", "?!", "ㅋㅋ", "\u200b"])
def test_nothing_is_no_answer(kind: AnswerKind, said: str) -> None:
    assert interpret(said, _ask(kind), TODAY).status is Status.NO_MATCH


@pytest.mark.parametrize("kind", [kind for kind in AnswerKind if kind not in ("open", "place")])
@pytest.mark.parametrize("said", ["I do not understand", "你好吗", "씨발 뭐하는 짓이야", "こんにちは"])
def test_foreign_and_abusive_words_are_no_answer(kind: AnswerKind, said: str) -> None:
    assert interpret(said, _ask(kind), TODAY).status is Status.NO_MATCH


@pytest.mark.parametrize(
    "piece",
    [
        "그러니까 어제 시장에 갔다가 길이 파여서 넘어질 뻔했어요 ",
        "공일이삼사오육칠팔구",
        "네 아니 ",
        "없지 않은 건 ",
        "십",
        "가다가나",
        "1 2   ",
        "1234567",
        "이만삼천",
        "서신동 사거리 아니 ",
    ],
)
def test_ten_minutes_of_talk_are_read_quickly(piece: str) -> None:
    talk = (piece * TEN_MINUTES)[:TEN_MINUTES]
    for kind in AnswerKind:
        began = time.perf_counter()
        interpret(talk, _ask(kind), TODAY)
        judge_completeness(talk, _ask(kind))
        assert time.perf_counter() - began < LONGEST_S


RESIDENT_NUMBERS = [
    "구공공일일이 다시 일이삼사오육칠",
    "구 공 공 일 일 이 일 이 삼 사 오 육 칠",
    "900112-1234567",
    "9001121234567",
    "구공공일일이에 일이삼사오육칠이에요",
    "팔공일이이오 작대기 이공공삼삼사사예요",
    "구공공일일이 빼기 하나둘셋넷다섯여섯일곱",
]


@pytest.mark.parametrize("said", RESIDENT_NUMBERS)
@pytest.mark.parametrize("kind", AnswerKind)
def test_a_resident_number_is_never_a_value(kind: AnswerKind, said: str) -> None:
    meant = interpret(f"제 주민번호요 {said}", _ask(kind), TODAY)
    assert not any(character.isdecimal() for character in meant.value)
    assert "일이삼" not in meant.value
    if kind is AnswerKind.OPEN:
        assert MASK in meant.value


@pytest.mark.parametrize(
    "said",
    ["공일공에 일이삼사에 오육칠팔", "백제대로 오백 번지 삼 층", "이천이십육년 십이월 이십오일 오후 세 시"],
)
def test_other_numbers_are_left_alone(said: str) -> None:
    assert without_resident_number(said) == said


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("그렇쵸", "yes"), ("아졔", "yes"), ("안아파요", "no"), ("마자요", "yes"), ("업써요", "no")],
)
def test_misheard_answers(heard: str, meant: str) -> None:
    asked = Expectation(kind=AnswerKind.YES_NO, question="아프세요?", polarity="symptom")
    assert interpret(heard, asked).value == meant
