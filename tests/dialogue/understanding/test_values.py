"""Numbers, telephone numbers, days, temperatures, choices, places and stories."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import (
    Status,
    interpret,
    interpret_keys,
    judge_completeness,
    spoken_forms,
)
from voicebot.dialogue.understanding.jamo import nearest, similarity
from voicebot.dialogue.understanding.numbers import read_native, read_sino
from voicebot.dialogue.understanding.phone import corrected_phone

PHONE = Expectation(kind=AnswerKind.PHONE)
KINDS = Expectation(
    kind=AnswerKind.CHOICE,
    choices={"road": ("도로", "길"), "waste": ("쓰레기", "폐기물"), "noise": ("소음",)},
)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("공일공 일이삼사 오육칠팔", "01012345678"),
        ("공일공에 일이삼사에 오육칠팔이요", "01012345678"),
        ("010 일이삼사 오육칠팔", "01012345678"),
        ("010-1234-5678이에요", "01012345678"),
        ("제 번호는 공일공 어 삼삼삼삼 음 사사사사입니다", "01033334444"),
        ("공일공 하나둘셋넷 다섯여섯일곱여덟", "01012345678"),
        ("공일공 일이삼사 오육칠팔 아니 오육칠구요", "01012345679"),
        ("공일공 일이삼오 아니 일이삼사 오육칠팔", "01012345678"),
        ("공일공 천이백삼십사 오천육백칠십팔", "01012345678"),
        ("공일일 이삼사에 오육칠팔", "0112345678"),
        ("공이에 이이일일에 삼삼사사", "0222113344"),
        ("이 번호 말고 공육삼 이팔일에 이일일사", "0632812114"),
        ("이팔일에 이일일사", "2812114"),
        ("공일공 일이삼사 이이이이요", "01012342222"),
    ],
)
def test_telephone_numbers(said: str, digits: str) -> None:
    meant = interpret(said, PHONE)
    assert (meant.status, meant.value) == (Status.FILLED, digits)


@pytest.mark.parametrize(
    ("said", "partial"), [("공일공 일이삼사", "0101234"), ("네 잠시만 그게", ""), ("일단 적으세요", "")]
)
def test_an_unfinished_number_is_no_answer(said: str, partial: str) -> None:
    meant = interpret(said, PHONE)
    assert meant.status in (Status.NO_MATCH, Status.WAIT)
    assert meant.value == partial


def test_the_end_of_a_known_number_is_corrected() -> None:
    assert corrected_phone("01012345678", "아니요 뒷자리가 오육칠구예요") == "01012345679"
    assert corrected_phone("01012345678", "아니요") == ""


@given(st.integers(min_value=0, max_value=99_999_999))
def test_every_phone_number_survives_being_spoken(rest: int) -> None:
    digits = f"010{rest:08d}"
    spoken = "".join("공일이삼사오육칠팔구"[int(digit)] for digit in digits)
    said = f"{spoken[:3]} {spoken[3:7]} {spoken[7:]}"
    assert interpret(said, PHONE).value == digits
    assert interpret(said + "이요", PHONE).value == digits


def test_number_words() -> None:
    assert [read_sino(word) for word in ("영", "십", "이십삼", "백이", "삼천오백", "만이천")] == [
        0,
        10,
        23,
        102,
        3500,
        12000,
    ]
    assert [read_native(word) for word in ("하나", "열둘", "스물", "쉰다섯")] == [1, 12, 20, 55]
    assert read_sino("사람") is None
    assert read_native("") is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("두 명이요", "2"),
        ("한 세 번", "3"),
        ("스물세 살", "23"),
        ("5개", "5"),
        ("둘 아니 셋이요", "3"),
        ("없어요", "0"),
    ],
)
def test_counts(said: str, value: str) -> None:
    assert interpret(said, Expectation(kind=AnswerKind.NUMBER)).value == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("삼십육도 오부", "36.5"),
        ("삼십육 점 오", "36.5"),
        ("삼십칠 도 이 부요", "37.2"),
        ("삼십팔 도 반", "38.5"),
        ("37.2", "37.2"),
        ("삼십칠도", "37.0"),
        ("열 없어", "normal"),
    ],
)
def test_temperatures(said: str, value: str) -> None:
    assert interpret(said, Expectation(kind=AnswerKind.TEMPERATURE)).value == value


@pytest.mark.parametrize("said", ["오십도", "삼십도요", "따뜻해요"])
def test_impossible_temperatures_are_asked_again(said: str) -> None:
    assert interpret(said, Expectation(kind=AnswerKind.TEMPERATURE)).status is Status.NO_MATCH


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("오늘이요", "2026-10-12"),
        ("어제부터요", "2026-10-11"),
        ("그저께", "2026-10-10"),
        ("사흘 전에", "2026-10-09"),
        ("시월 삼일", "2026-10-03"),
        ("유월 육일이요", "2026-06-06"),
        ("3월 5일", "2026-03-05"),
        ("이천이십오년 십이월 이십오일", "2025-12-25"),
    ],
)
def test_days(said: str, value: str) -> None:
    asked = Expectation(kind=AnswerKind.DATE)
    assert interpret(said, asked, date(2026, 10, 12)).value == value


def test_a_day_that_does_not_exist() -> None:
    asked = Expectation(kind=AnswerKind.DATE)
    assert interpret("이월 삼십일일", asked, date(2026, 10, 12)).status is Status.NO_MATCH
    assert interpret("어제", asked, None).status is Status.NO_MATCH


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("도로요", "road"),
        ("쓰레기 문제예요", "waste"),
        ("두 번째요", "waste"),
        ("삼번", "noise"),
        ("쓰래기", "waste"),
        ("도로 아니 소음이요", "noise"),
    ],
)
def test_choices(said: str, value: str) -> None:
    assert interpret(said, KINDS).value == value


def test_two_choices_at_once_are_confirmed() -> None:
    assert interpret("도로에 쓰레기가", KINDS).confidence < 0.6
    assert interpret("나비", KINDS).status is Status.NO_MATCH


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("효자동 주민센터 앞이에요", "효자동 주민센터 앞"),
        ("네 여기 서신동 사거리요", "서신동 사거리"),
        ("효자동 아니 서신동이요", "서신동"),
        ("어 그게 백제대로 오백 번지", "백제대로 오백 번지"),
        ("송천동 시장 앞인데 어제부터 그래요", "송천동 시장 앞"),
        ("중앙동 은행 앞이에요 빨리 와 주세요", "중앙동 은행 앞"),
        ("시청 앞인데 큰 나무 옆이에요", "시청 앞인데 큰 나무 옆"),
    ],
)
def test_places_are_kept_as_told(said: str, value: str) -> None:
    assert interpret(said, Expectation(kind=AnswerKind.PLACE)).value == value


def test_stories() -> None:
    asked = Expectation(kind=AnswerKind.OPEN)
    assert interpret("네 저기 가로등이 안 들어와요", asked).value == "가로등이 안 들어와요"
    assert interpret("왜 그런지 모르겠는데 물이 안 나와요", asked).status is Status.FILLED
    assert interpret("네", asked).status is Status.NO_MATCH
    assert interpret("신고 좀 하려고요", asked).status is Status.NO_MATCH


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        (AnswerKind.PHONE, "01012345678", "01012345678"),
        (AnswerKind.PHONE, "12345", ""),
        (AnswerKind.NUMBER, "03", "3"),
        (AnswerKind.TEMPERATURE, "365", "36.5"),
        (AnswerKind.TEMPERATURE, "37", "37.0"),
        (AnswerKind.TEMPERATURE, "999", ""),
        (AnswerKind.DATE, "1003", "2026-10-03"),
        (AnswerKind.DATE, "1332", ""),
        (AnswerKind.OPEN, "3", ""),
        (AnswerKind.NUMBER, "**", ""),
    ],
)
def test_key_entries(kind: AnswerKind, keys: str, value: str) -> None:
    assert interpret_keys(keys, Expectation(kind=kind), date(2026, 10, 12)).value == value


def test_mapped_keys() -> None:
    asked = Expectation(kind=AnswerKind.YES_NO, keys={"1": "yes", "2": "no"})
    assert interpret_keys("2", asked).value == "no"
    assert interpret_keys("3", asked).status is Status.NO_MATCH


def test_nearness_in_jamo() -> None:
    assert similarity("쓰레기", "쓰래기") > similarity("쓰레기", "쓰라기")
    assert nearest("네", ["예", "내"]) == ("", 0.0)
    assert nearest("아니유", ["아니요"])[0] == "아니요"


def test_forms_for_scoring() -> None:
    assert set(spoken_forms(Expectation(kind=AnswerKind.YES_NO))) == {"yes", "no"}
    assert spoken_forms(KINDS)["noise"] == ("소음",)
    assert spoken_forms(PHONE) == {}


@given(st.text(max_size=60), st.sampled_from(AnswerKind))
def test_any_text_is_understood_or_not_but_never_breaks(text: str, kind: AnswerKind) -> None:
    asked = Expectation(kind=kind, question="괜찮으세요?", choices={"a": ("하나",), "b": ("둘",)})
    meant = interpret(text, asked, date(2026, 1, 31))
    assert 0.0 <= meant.confidence <= 1.0
    judge_completeness(text, asked)


_SYLLABLES = st.text(
    alphabet="네예아니요공일이삼사오육칠팔구십백천만에의번동로길불안못없괜찮월년도점반 .", max_size=30
)


@given(_SYLLABLES, st.sampled_from(AnswerKind))
def test_any_korean_is_understood_or_not_but_never_breaks(text: str, kind: AnswerKind) -> None:
    test_any_text_is_understood_or_not_but_never_breaks.hypothesis.inner_test(text, kind)  # type: ignore[attr-defined]
