"""Prompts with slots: segments, particles, carriers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.actions import Segment, SegmentKind
from voicebot.dialogue.flow.korean import PAIRS, LastSound, last_sound, particle
from voicebot.dialogue.flow.text import TextError, group_digits, parse_text, plain, render

FIXED, DIGITS, FREE = SegmentKind.FIXED, SegmentKind.DIGITS, SegmentKind.FREE


def _segments(source: str, **slots: str) -> list[tuple[str, SegmentKind]]:
    return [(segment.text, segment.kind) for segment in render(parse_text(source, {}), slots)]


def test_a_prompt_without_slots_is_one_fixed_segment() -> None:
    assert _segments("무슨 일로  전화하셨나요?\n") == [("무슨 일로 전화하셨나요?", FIXED)]


def test_digits_stand_between_carriers() -> None:
    assert _segments("접수 번호는 {number|digits}입니다. 맞나요?", number="10023") == [
        ("접수 번호는", FIXED),
        ("10023", DIGITS),
        ("입니다. 맞나요?", FIXED),
    ]


@pytest.mark.parametrize(
    ("number", "tail"), [("123", "으로 할게요."), ("124", "로 할게요."), ("121", "로 할게요.")]
)
def test_the_particle_after_digits_begins_the_carrier(number: str, tail: str) -> None:
    text = parse_text("{number|digits|으로/로} 할게요.", {})
    assert render(text, {"number": number}) == (
        Segment(text=number, kind=DIGITS),
        Segment(text=tail),
    )
    assert set(text.carriers) == {"으로 할게요.", "로 할게요."}


def test_what_is_written_to_a_free_slot_is_spoken_with_it() -> None:
    assert _segments("지난번에 {meal|을/를} 드셨지요. {place}에서요?", meal="김밥", place="집") == [
        ("지난번에", FIXED),
        ("김밥을", FREE),
        ("드셨지요.", FIXED),
        ("집에서요?", FREE),
    ]


def test_an_optional_slot_that_is_unknown_is_left_out() -> None:
    assert _segments("메모 {note?} 있음") == [("메모", FIXED), ("있음", FIXED)]
    with pytest.raises(KeyError):
        _segments("메모 {note} 있음")


def test_what_is_no_number_is_spoken_as_words() -> None:
    assert _segments("{number|digits}번", number="가나") == [("가나", FREE), ("번", FIXED)]


def test_settings_are_fixed_text() -> None:
    text = parse_text("여기는 {city|이에요/예요}. {city} 당직실", {"city": "예시시"})
    assert plain(text, {}) == "여기는 예시시예요. 예시시 당직실"
    assert text.slots == frozenset()


@pytest.mark.parametrize("source", ["{a|b}", "{A}", "{", "}", "{a", "{a|은/을}", "{}"])
def test_broken_texts(source: str) -> None:
    with pytest.raises(TextError):
        parse_text(source, {})


@pytest.mark.parametrize(
    ("word", "pair", "form"),
    [
        ("효자동", "은/는", "은"),
        ("도로", "은/는", "는"),
        ("서울", "으로/로", "로"),
        ("부산", "으로/로", "으로"),
        ("서울", "을/를", "을"),
        ("3", "이/가", "이"),
        ("2", "이/가", "가"),
        ("KBS", "은/는", "는"),
        ("LPG 통(빨강)", "이/가", "이"),
        ("", "을/를", "를"),
    ],
)
def test_particles(word: str, pair: str, form: str) -> None:
    consonant, _, vowel = pair.partition("/")
    assert particle(word, (consonant, vowel)) == form


def test_groups_of_digits() -> None:
    assert group_digits("01012345678") == "010 1234 5678"
    assert group_digits("0212345678") == "02 1234 5678"
    assert group_digits("15881234") == "1588 1234"
    assert group_digits("10023") == "10023"
    assert group_digits("123456789012") == "1234 5678 9012"


@given(st.text(max_size=20), st.sampled_from(sorted(PAIRS)))
def test_any_value_takes_a_particle_that_is_among_the_carriers(value: str, pair: str) -> None:
    text = parse_text(f"{{slot|digits|{pair}}} 끝", {})
    for segment in render(text, {"slot": value}):
        if segment.kind is FIXED:
            assert segment.text in text.carriers
    assert last_sound(value) in LastSound


@given(st.text(max_size=40))
def test_any_source_parses_or_says_why_not(source: str) -> None:
    try:
        text = parse_text(source, {})
    except TextError as error:
        assert str(error)
    else:
        render(text, dict.fromkeys(text.slots, "값"))
