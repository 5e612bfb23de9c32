"""The briefing: what an officer must know, in the time that an officer listens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.dialogue.actions import Segment, SegmentKind
from voicebot.services.briefing import (
    LONGEST_S,
    LONGEST_STORY,
    TEXTS,
    brief,
    call_back_case,
    keys,
    seconds_of,
)

CALLER = {"caller_id": "01012345678"}


def said(slots: dict[str, str], reason: str = "a person was asked for") -> str:
    return " ".join(segment.text for segment in brief({**CALLER, **slots}, reason))


def test_an_urgent_complaint() -> None:
    slots = {
        "level": "P1",
        "called": "도로 꺼짐",
        "place": "시청역 사거리",
        "hurt": "yes",
        "since": "오늘 아침부터",
        "callback": "01099998888",
        "what": "시청역 사거리에 땅이 꺼졌어요",
    }
    assert said(slots, "urgent") == (
        "급한 전화입니다. 도로 꺼짐 건입니다. 장소는, 시청역 사거리. 다치거나 위험한 사람이 있습니다. "
        "언제부터인지, 오늘 아침부터. 연락처는, 010 9999 8888."
    )


def test_a_danger_is_told_by_its_kind_and_in_the_citizens_words() -> None:
    told = said({"danger": "emergency", "danger_said": "사람이 쓰러졌어요"}, "danger: 119")
    assert told.startswith("위급한 전화입니다. 구조나 구급, 화재로 보입니다. 하신 말씀, 사람이 쓰러졌어요.")


@pytest.mark.parametrize(
    ("slots", "reason", "part"),
    [
        (
            {"name": "김순이", "age": "82"},
            "fall",
            "안부 전화에서 넘어졌다고 하셨습니다. 김순이 님, 82세입니다.",
        ),
        ({}, "a person was asked for", "담당자와 통화를 원하시는 분입니다."),
        ({}, "another language", "외국어로 말씀하시는 분입니다."),
        ({"warned": "yes"}, "a person was asked for", "욕설이 있어 주의를 드렸습니다."),
        ({"caller_id": ""}, "urgent", "급한 전화입니다. 연락처는 없습니다."),
        ({"hurt": "no"}, "perhaps urgent", "다친 사람은 없다고 합니다."),
    ],
)
def test_what_else_is_told(slots: dict[str, str], reason: str, part: str) -> None:
    assert part in said(slots, reason)


def test_the_number_is_read_digit_by_digit_and_nothing_of_a_citizen_is_cached() -> None:
    slots = {"called": "소음", "place": "중앙로", "what": "시끄러워요", "name": "김순이", **CALLER}
    segments = brief(slots, "urgent")
    assert segments[-1] == Segment(text="010 1234 5678.", kind=SegmentKind.DIGITS)
    assert {segment.text for segment in segments if segment.kind is SegmentKind.FIXED} <= set(TEXTS)


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "what": st.text("가나다라 ", max_size=300),
            "since": st.sampled_from(["어제부터", "오늘 아침 일곱 시쯤부터 지금까지"]),
            "place": st.sampled_from(["중앙로", "중앙로 십이번길 삼거리 앞 편의점 건너편"]),
            "called": st.sampled_from(["소음", "쓰러질 위험"]),
            "name": st.just("남궁순이"),
            "hurt": st.sampled_from(["yes", "no"]),
            "warned": st.just("yes"),
            "danger": st.sampled_from(["emergency", "police", "suicide"]),
        },
    )
)
def test_no_briefing_is_too_long(slots: dict[str, str]) -> None:
    segments = brief({**CALLER, **slots}, "urgent")
    assert seconds_of(segments) <= LONGEST_S
    story = max(
        (segment.text for segment in segments if segment.kind is SegmentKind.FREE), key=len, default=""
    )
    assert len(story) <= LONGEST_STORY + 1


def test_the_keys_are_told() -> None:
    assert "1번" in keys(again=False)[0].text and "2번" in keys(again=False)[0].text
    assert "3번" in keys(again=True)[-1].text


def test_the_call_back_case_holds_whom_to_call_and_why() -> None:
    told = call_back_case({**CALLER, "level": "P1", "called": "도로 꺼짐", "place": "중앙로"}, "urgent")
    assert told["callback"] == "01012345678"
    assert (told["kind"], told["level"], told["about"]) == ("call_back", "P1", "도로 꺼짐")
    assert "중앙로" in told["summary"] and "" not in told.values()
    bare = call_back_case({}, "a person was asked for")
    assert (bare["level"], bare["about"]) == ("P2", "전화 요청")
    assert call_back_case({"danger": "suicide", "summary": "[P0] …"}, "danger: 109")["level"] == "P0"
