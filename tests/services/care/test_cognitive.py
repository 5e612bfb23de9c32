"""Scoring of the short cognitive check."""

from __future__ import annotations

import pytest

from voicebot.services.care.cognitive import (
    BACKWARDS,
    FIVE_DIGITS,
    FOUR_DIGITS,
    UNITS,
    digits_said,
    is_backwards,
    month_of,
    recalled,
    score,
)
from voicebot.services.loading import load_service

PERFECT = {
    "today": "2026-10-12",
    "home": "행복동",
    "year": "2026",
    "month": "시월이요",
    "day": "12",
    "weekday": "monday",
    "place": "행복동이에요",
    "four": "사 구 이 칠",
    "five": "칠 일 팔 삼 육",
    "backwards": "니구바",
    "recall": "이모가 화요일에 버스를 타고 바닷가에서 조개를 주웠습니다",
}


def test_everything_right_is_all_the_points() -> None:
    result = score(PERFECT)
    assert (result.points, result.most, result.share) == (18, 18, 1.0)


def test_nothing_known_is_no_points() -> None:
    assert score({"today": "2026-10-12"}).points == 0


@pytest.mark.parametrize("item", ["year", "month", "day", "weekday", "place", "four", "five", "backwards"])
def test_each_item_counts_one(item: str) -> None:
    assert score({**PERFECT, item: "몰라"}).points == 17


def test_recall_counts_two_and_recognition_one() -> None:
    half = {
        **PERFECT,
        "recall": "이모가 버스를 탔어요",
        "known_when": "right",
        "known_what": "right",
        "known_where": "third",
    }
    assert score(half).points == 8 + 2 * 2 + 2


def test_recognition_of_what_came_freely_counts_nothing_more() -> None:
    assert score({**PERFECT, "known_who": "right"}).points == 18


def test_without_a_home_the_place_is_not_counted() -> None:
    assert score({**PERFECT, "home": ""}).most == 17


def test_a_date_is_needed() -> None:
    with pytest.raises(ValueError):
        score({})


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("사 구 이 칠", "4927"),
        ("4927", "4927"),
        ("사구이칠이요", "4927"),
        ("칠, 일, 팔, 삼, 육입니다", "71836"),
        ("모르겠어요", ""),
    ],
)
def test_digits_in_their_order(said: str, digits: str) -> None:
    assert digits_said(said) == digits


@pytest.mark.parametrize(
    ("said", "month"),
    [("시월이요", 10), ("지금 유월", 6), ("10월", 10), ("십일월이지", 11), ("삼월", 3), ("가을", None)],
)
def test_months(said: str, month: int | None) -> None:
    assert month_of(said) == month


@pytest.mark.parametrize(
    ("said", "right"),
    [("니구바", True), ("니 구 바요", True), ("니꾸바", True), ("바구니", False), ("구니바", False)],
)
def test_a_word_backwards(said: str, right: bool) -> None:
    assert is_backwards(said) is right


def test_units_come_in_any_order() -> None:
    assert recalled("조개를 주웠고 버스를 탔대요") == {"what", "how"}


def test_the_flow_says_the_items_that_are_scored() -> None:
    said = " ".join(load_service("care").fixed_texts())
    sounds = "공일이삼사오육칠팔구"
    for digits in (FOUR_DIGITS, FIVE_DIGITS):
        assert " ".join(f"{sounds[int(digit)]}." for digit in digits) in said
    assert f"{BACKWARDS[::-1]}를 거꾸로" in said
    sentence = "이모가 화요일에 버스를 타고 바닷가에서 조개를 주웠습니다"
    assert sentence in said
    assert recalled(sentence) == set(UNITS)
