"""Numbers of people do not reach a timeline, in figures or in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.timeline.redaction import MASKED_KEY, KeyMask, redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("번호는 010-1234-5678 입니다", "번호는 010-****-**** 입니다"),
        ("01012345678로 해 주세요", "010********로 해 주세요"),
        ("02) 123-4567", "02) 1**-****"),
        ("공일공에 일이삼사에 오육칠팔이요", "공일공에 ****에 *****요"),
        ("공 일 공 일 이 삼 사 오", "공 일 공 * * * * *"),
        ("주민번호 800101-1234567이에요", "주민번호 ######-#######이에요"),
        ("팔공공일공일에 일이삼사오육칠", "######-#######"),
        ("구공공일일이 다시 일이삼사오육칠", "######-#######"),
        ("900112 다시 1234567", "######-#######"),
        ("공일공 다시 일이삼사 다시 오육칠팔", "공일공 다시 **** 다시 ****"),
        ("아홉공공하나공하나 하나둘셋넷다섯여섯일곱이에요", "######-#######에요"),
        ("아홉 공 공 하나 공 하나에 하나 둘 셋 넷 다섯 여섯 일곱", "######-#######"),
        ("구공공일공일 음 일이삼사오육칠", "######-#######"),
        ("900101 그리고 하나 둘 삼 사 다섯 육 칠이요", "######-#######요"),
        ("공하나공 하나둘셋넷 다섯여섯일곱여덟이요", "공하나공 **** *****요"),
        ("구공공일공일 하이픈 일이삼사오육칠", "######-#######"),
        ("하나 둘 셋 하고 넘어졌어요", "하나 둘 셋 하고 넘어졌어요"),
        ("다시 일 번으로 가요", "다시 일 번으로 가요"),
        ("2026-11-22에 갔어요", "2026-11-22에 갔어요"),
        ("중앙로 12번지 3층", "중앙로 12번지 3층"),
        ("2026년 11월", "2026년 11월"),
        ("이사 온 지 일 년이에요", "이사 온 지 일 년이에요"),
        ("", ""),
    ],
)
def test_numbers_are_masked_and_other_words_stay(text: str, kept: str) -> None:
    assert redact(text) == kept


@given(st.text(alphabet="0123456789- 공일이삼에가나.", max_size=60))
def test_no_run_of_more_than_five_digits_remains(text: str) -> None:
    figures = "".join(sign if sign.isdigit() else "" if sign in "- ." else "|" for sign in redact(text))
    runs = [run for run in figures.split("|") if len(run) > 8]
    assert not runs


@given(st.from_regex(r"[0-9]{6}[- ]?[1-4][0-9]{6}", fullmatch=True))
def test_a_resident_registration_number_never_remains(number: str) -> None:
    assert redact(f"제 번호는 {number} 입니다") == "제 번호는 ######-####### 입니다"


def test_keys_of_a_number_are_hidden_and_menu_choices_are_not() -> None:
    mask = KeyMask()
    shown = [mask.mask(key, at * 0.4) for at, key in enumerate("01012345678#1")]
    assert shown == ["0", "1", *[MASKED_KEY] * 9, "#", "1"]
    assert mask.mask("2", 60.0) == "2"
    assert mask.mask("*", 60.1) == "*"
