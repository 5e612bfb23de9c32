"""No resident registration number comes in, written or spoken; everything else stays as it was."""

from __future__ import annotations

import pytest

from voicebot.errors import RecordsError
from voicebot.records.resident import redacted, redacted_values, refused

FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789-"}


@pytest.mark.parametrize(
    "said",
    [
        "900101-1234567",
        "9001011234567",
        "제 주민번호는 900101-1234567입니다",
        "900101-1234567".translate(FULL_WIDTH),
        "900101_1234567",
        "900101/1234567",
        "900101 : 1234567",
        "900101 (1234567)",
        "구공공일공일에 일이삼사오육칠",
        "구공공일공일 다시 일이삼사오육칠이요",
        "구 공 공 일 공 일 일 이 삼 사 오 육 칠",
        "앞자리는 900101이고 뒷자리는 1234567이에요",
        "구공공일공일이고요 뒤에는 일이삼사오육칠이에요",
        "주민등록번호 뒷자리가 1234567이에요",
        "900101 그리고 뒷번호는 2234567",
    ],
)
def test_a_resident_number_is_blanked(said: str) -> None:
    kept = redacted(said)
    halves = ("900101", "1234567", "2234567", "일이삼사오육칠", "일 이 삼 사 오 육 칠")
    for half in (*halves, "900101".translate(FULL_WIDTH)):
        assert half not in kept
    assert "#######" in kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "010-1234-5678",
        "공일공에 일이삼사에 오육칠팔",
        "뒷자리가 5679예요",
        "뒷자리는 오육칠팔입니다",
        "2026년 11월 22일 오전 9시 30분",
        "2026-11-22 12:00:30",
        "2026/11/22 12:00:30",
        "2026-11-22T12:00:30+09:00",
        "생일은 900101이고 전화는 031-234-5678이에요",
        "가로등 번호는 12345예요",
        "혈압이 백삼십에 팔십이에요",
        "집 뒤에 쓰레기가 쌓여 있어요",
        "뒤에서 두 번째 집, 02-312-3456",
    ],
)
def test_other_numbers_stay(said: str) -> None:
    assert redacted(said) is said


def test_all_slots_are_looked_at() -> None:
    assert redacted_values({"what": "900101-1234567 확인", "level": "P3"}) == {
        "what": "######-####### 확인",
        "level": "P3",
    }


def test_a_name_that_holds_one_is_refused_without_telling_it() -> None:
    assert refused("김영희", "name") == "김영희"
    with pytest.raises(RecordsError, match=r"^name holds a resident registration number") as error:
        refused("김영희 900101-1234567", "name")
    assert "900101" not in str(error.value)
