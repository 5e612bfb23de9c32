"""What a prompt is cut into, and where it pauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.actions import Say, Segment, SegmentKind
from voicebot.engine.prompts.plan import (
    CLAUSE_PAUSE_MS,
    DIGIT_PAUSE_MS,
    GROUP_PAUSE_MS,
    SENTENCE_PAUSE_MS,
    Piece,
    is_speakable,
    plan,
)


def say(*segments: tuple[str, SegmentKind], rate: float = 1.0) -> Say:
    return Say(
        prompt_id=1, segments=tuple(Segment(text=text, kind=kind) for text, kind in segments), rate=rate
    )


def fixed(text: str) -> tuple[str, SegmentKind]:
    return text, SegmentKind.FIXED


def free(text: str) -> tuple[str, SegmentKind]:
    return text, SegmentKind.FREE


def digits(text: str) -> tuple[str, SegmentKind]:
    return text, SegmentKind.DIGITS


def test_a_slot_stands_in_its_carrier_without_a_seam() -> None:
    assert plan(say(fixed("주소는"), free("중앙로 십이"), fixed("맞으세요?"))) == [
        Piece(text="주소는", cached=True),
        Piece(text="중앙로 십이", cached=False),
        Piece(text="맞으세요?", cached=True),
    ]


@pytest.mark.parametrize(
    ("text", "pause_ms"),
    [
        ("접수했어요.", SENTENCE_PAUSE_MS),
        ("맞으세요?", SENTENCE_PAUSE_MS),
        ("“괜찮아요.”", SENTENCE_PAUSE_MS),
        ("잠시만요…", SENTENCE_PAUSE_MS),
        ("네,", CLAUSE_PAUSE_MS),
        ("번호는", 0.0),
    ],
)
def test_pauses_come_from_punctuation(text: str, pause_ms: float) -> None:
    first, last = plan(say(fixed(text), fixed("다음이에요.")))
    assert first.pause_ms == pause_ms
    assert last.pause_ms == 0.0


def test_slower_speech_pauses_longer() -> None:
    first, _ = plan(say(fixed("네."), fixed("다음이에요."), rate=0.8))
    assert first.pause_ms == SENTENCE_PAUSE_MS / 0.8


def test_digits_are_read_one_by_one_in_groups() -> None:
    pieces = plan(say(digits("010-1234 5678."), fixed("맞으세요?")))
    assert " ".join(piece.text for piece in pieces) == "공 일 공 일 이 삼 사 오 육 칠 팔 맞으세요?"
    assert all(piece.cached for piece in pieces)
    assert [piece.pause_ms for piece in pieces] == [
        *[DIGIT_PAUSE_MS] * 2,
        GROUP_PAUSE_MS,
        *[DIGIT_PAUSE_MS] * 3,
        GROUP_PAUSE_MS,
        *[DIGIT_PAUSE_MS] * 3,
        SENTENCE_PAUSE_MS,
        0.0,
    ]


def test_a_letter_among_digits_is_spoken_too() -> None:
    pieces = plan(say(digits("AB12")))
    assert [(piece.text, piece.cached) for piece in pieces] == [("AB", False), ("일", True), ("이", True)]


def test_free_text_is_spoken_sentence_by_sentence() -> None:
    pieces = plan(say(free("무릎이 아프셨죠. 오늘은 어떠세요?")))
    assert [piece.text for piece in pieces] == ["무릎이 아프셨죠.", "오늘은 어떠세요?"]
    assert not any(piece.cached for piece in pieces)


def test_a_full_stop_of_its_own_is_a_pause() -> None:
    pieces = plan(say(fixed("장소는"), free("중앙로"), fixed("."), fixed("맞으세요?"), fixed("!")))
    assert [(piece.text, piece.pause_ms) for piece in pieces] == [
        ("장소는", 0.0),
        ("중앙로", SENTENCE_PAUSE_MS),
        ("맞으세요?", 0.0),
    ]


def test_a_full_stop_before_a_carrier_is_a_pause_too() -> None:
    pieces = plan(say(digits("119"), fixed(". 맞으세요?"), free("네"), fixed(", 그럼요.")))
    assert [(piece.text, piece.pause_ms) for piece in pieces[2:]] == [
        ("구", SENTENCE_PAUSE_MS),
        ("맞으세요?", SENTENCE_PAUSE_MS),
        ("네", CLAUSE_PAUSE_MS),
        ("그럼요.", 0.0),
    ]


def test_nothing_to_say_is_no_piece() -> None:
    assert plan(say()) == []
    assert plan(say(fixed(" \n "), free(""), digits("--"), fixed("..."))) == []


_segments = st.lists(st.tuples(st.text(max_size=20), st.sampled_from(list(SegmentKind))), max_size=5)


@given(segments=_segments, rate=st.floats(0, 3))
def test_any_prompt_can_be_planned(segments: list[tuple[str, SegmentKind]], rate: float) -> None:
    pieces = plan(say(*segments, rate=rate))
    assert all(piece.text.strip() and piece.pause_ms >= 0 for piece in pieces)
    assert not pieces or pieces[-1].pause_ms == 0
    if any(kind is SegmentKind.FREE and is_speakable(text) for text, kind in segments):
        assert not all(piece.cached for piece in pieces)
