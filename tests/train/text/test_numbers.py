"""Numbers in words."""

import pytest

from models.train.text.numbers import clear_digits, digits, native, native_before, sino


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "영"),
        (10, "십"),
        (16, "십육"),
        (105, "백오"),
        (1_942, "천구백사십이"),
        (10_000, "만"),
        (15_300, "만 오천삼백"),
        (110_000, "십일만"),
        (100_010_000, "일억 일만"),
        (230_000_000, "이억 삼천만"),
    ],
)
def test_sino(number: int, words: str) -> None:
    assert sino(number) == words


@pytest.mark.parametrize(
    ("number", "alone", "before"),
    [
        (1, "하나", "한"),
        (4, "넷", "네"),
        (20, "스물", "스무"),
        (21, "스물하나", "스물한"),
        (83, "여든셋", "여든세"),
    ],
)
def test_native(number: int, alone: str, before: str) -> None:
    assert (native(number), native_before(number)) == (alone, before)


def test_digit_by_digit() -> None:
    assert digits("010") == "공일공"
    assert digits("06", "영") == "영육"
    assert clear_digits("0127") == "공 하나 둘 칠"
