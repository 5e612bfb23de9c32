"""What the slot functions write: whole Hangul words only, numbers that exist."""

from random import Random

import pytest

from models.train.text import calendar_words
from models.train.text.hangul import is_syllable
from models.train.text.load import SLOTS


@pytest.mark.parametrize("name", sorted(SLOTS))
def test_slots_write_hangul_words(name: str) -> None:
    random = Random(5)
    for _ in range(300):
        text = SLOTS[name](random)
        assert text, name
        assert all(is_syllable(letter) or letter == " " for letter in text), text


def test_june_and_october_are_said_as_they_are() -> None:
    assert {"유월", "시월"} < set(calendar_words.MONTHS)


def test_phone_numbers_come_in_many_groupings() -> None:
    random = Random(1)
    said = [SLOTS["phone"](random) for _ in range(4000)]
    assert len(set(said)) == len(said)
    for part in ("공일공", "영일영", "에 ", "다시", "아니", "이요", "번으로", " 둘 "):
        assert any(part in text for text in said), part


def test_temperatures_come_in_all_forms() -> None:
    random = Random(1)
    said = {SLOTS["temperature"](random) for _ in range(6000)}
    assert {"삼십칠 점 오 도", "삼십팔 도 이 부", "삼십육 도 팔", "삼십칠 도 반", "삼십육점오"} <= said
