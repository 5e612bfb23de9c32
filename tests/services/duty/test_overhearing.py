"""What the duty desk hears before it takes words for an answer."""

from __future__ import annotations

import pytest

from voicebot.services.duty import equip
from voicebot.services.duty.loading import load_topics
from voicebot.services.duty.overhearing import Overhearing, language_wanted
from voicebot.services.triage import Judgement, load_complaint_types

OVERHEAR = equip().functions["overhear"]


def _topic(said: str, asked: str = "place", **slots: str) -> str:
    return OVERHEAR({"said": said, "asked": asked, "minutes": "0", **slots}).get("topic", "")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("영어로요", "영어"),
        ("영어로 말할 수 있는 사람 있어요", "영어"),
        ("영어 되나요", "영어"),
        ("잉글리시 플리즈", "영어"),
        ("Can you speak English?", "영어"),
        ("Hello, there is a fire hydrant broken", "영어"),
        ("중국어로 해 주세요", "중국어"),
        ("你好 可以说中文吗", "중국어"),
        ("베트남어 통역 좀", "베트남어"),
        ("일본어로 부탁해요", "일본어"),
        ("외국어 상담 되나요", "외국어"),
        ("한국말 잘 몰라요", "외국어"),
        ("캔 유 스피크", "외국어"),
        ("영어로 된 간판이 떨어질 것 같아요", ""),
        ("영어 학원 앞이에요", ""),
        ("중국집 앞에 쓰레기가 있어요", ""),
        ("LH 아파트 앞이요", ""),
        ("CU 편의점 옆 GS 앞에요", ""),
        ("", ""),
    ],
)
def test_languages(said: str, language: str) -> None:
    assert language_wanted(said) == language


@pytest.mark.parametrize(
    "said",
    ["야 이 개새끼야", "씨발", "시발 놈들아 진짜", "병신아", "지랄하고 있네", "미친 년", "닥쳐", "엿 먹어라"],
)
@pytest.mark.parametrize("asked", ["what", "place", "hurt"])
def test_abuse(said: str, asked: str) -> None:
    assert _topic(said, asked) == "abuse"
    assert _topic(said, asked, warned="yes") == "abuse_again"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("씨발 가로등이 또 꺼졌잖아", "what"),
        ("어떤 미친놈이 우리 집 앞에 차를 대 놨어요 불법 주차요", "what"),
        ("송천동 시장 앞이라니까 이 새끼야", "place"),
        ("불량배가 들이닥쳐서 무서워요", "place"),
        ("새끼 고양이가 도로에 있어요", "what"),
        ("가로등이 꺼져 있어요", "what"),
        ("중앙동 은행 앞이요", "place"),
        ("네", "hurt"),
    ],
)
def test_who_swears_and_tells_is_served(said: str, asked: str) -> None:
    assert _topic(said, asked) == ""


def test_long_calls_are_told_once_then_ended() -> None:
    told = {"said": "그게요", "asked": "place"}
    assert OVERHEAR({**told, "minutes": "14"}) == {}
    assert OVERHEAR({**told, "minutes": "15"}) == {"topic": "long_call", "noticed": "yes"}
    assert OVERHEAR({**told, "minutes": "16", "noticed": "yes"}) == {}
    assert OVERHEAR({**told, "minutes": "20", "noticed": "yes"}) == {"topic": "too_long"}


def test_a_complaint_is_not_taken_for_a_question_and_a_yes_not_for_a_story() -> None:
    assert _topic("대형 폐기물을 골목에 잔뜩 버려 놓고 갔어요", "what") == ""
    assert _topic("네", "more") == ""
    assert _topic("가로등이 안 켜져요", "more") == "story"
    assert (
        OVERHEAR({"said": "가로등이 안 켜져요", "asked": "more", "minutes": "0"})["what"]
        == "가로등이 안 켜져요"
    )


def test_a_type_is_answered_when_it_is_asked_about_or_certain() -> None:
    types = load_complaint_types()

    def topic(said: str, confidence: float) -> str:
        found = Judgement(type=types["hours"], confidence=confidence, alternatives=())
        listening = Overhearing(
            judge=lambda _: found, doubts_danger=lambda _: False, topics=load_topics(types, None)
        )
        return listening.overhear({"said": said, "asked": "what", "minutes": "0"}).get("topic", "")

    assert topic("아무도 없어요", 0.66) == ""
    assert topic("언제 오면 되나요", 0.66) == "hours"
    assert topic("업무요", 0.95) == "hours"


@pytest.mark.parametrize(
    ("said", "asked", "doubted"),
    [
        ("초등학교 앞인데 학원차들이 줄줄이 서 있어서 애들이 안 보여요", "what", True),
        ("초등학교 앞인데 학원차들이 줄줄이 서 있어서 애들이 안 보여요", "place", False),
        ("초등학교 앞에서 손잡고 가던 우리 애가 안 보여요", "what", False),
        ("도둑이야", "what", False),
        ("집에 불이 났어요 빨리 와 주세요", "what", False),
    ],
)
def test_danger_in_a_story_about_something_else_is_doubted(said: str, asked: str, doubted: bool) -> None:
    found = equip().functions["doubt_danger"]({"said": said, "asked": asked})
    assert bool(found.get("doubted")) is doubted
