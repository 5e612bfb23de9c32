"""A city's names of places: misheard ones are put right, a wrong file is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

import voicebot.dialogue.understanding as understanding
from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import interpret
from voicebot.dialogue.understanding.gazetteer import Gazetteer, parse_gazetteer
from voicebot.dialogue.understanding.jamo import similarity
from voicebot.errors import FlowError

EXAMPLE = Path(understanding.__file__).with_name("example_gazetteer.yaml")
PLACE = Expectation(kind=AnswerKind.PLACE)


@pytest.fixture(scope="module")
def city() -> Gazetteer:
    return parse_gazetteer(EXAMPLE.name, EXAMPLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("서선동이요", "서신동"),
        ("효자동 쪽이요", "효자동 쪽"),
        ("백재대로 오백 번지요", "백제대로 오백 번지"),
        ("중앙시장에서요", "중앙시장에서"),
        ("구시장 앞이에요", "중앙시장 앞"),
        ("버스터미널 뒤요", "시외버스터미널 뒤"),
        ("송천동 놀이터요", "송천동 놀이터"),
        ("삼천동 농협이요", "삼천동 농협"),
    ],
)
def test_names_are_put_right(city: Gazetteer, said: str, place: str) -> None:
    assert interpret(said, PLACE, gazetteer=city).value == place


def test_a_known_name_is_surer_than_a_misheard_one(city: Gazetteer) -> None:
    known, misheard = (interpret(said, PLACE, gazetteer=city) for said in ("서신동이요", "서선동이요"))
    assert known.confidence > misheard.confidence > 0.6


def test_a_name_between_two_is_none() -> None:
    assert Gazetteer(names={"가신동": "가신동", "카신동": "카신동"}).nearest("까신동") == ("", 0.0)
    assert Gazetteer(names={"효동": "효동"}).nearest("교동") == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "places.yaml:1: the file is empty"),
        ("- 서신동\n", "places.yaml:1: not a gazetteer; begin it with one of districts, roads, landmarks"),
        ("roads: 백제대로\n", "places.yaml:1: roads must be a list"),
        ("districts:\n  - 서신동\nrivers:\n  - 강\n", "places.yaml:3: unknown kind 'rivers'"),
        ("districts:\n  - 동\n", "places.yaml:2: '동' is too short"),
        ("districts:\n  - 서신동: 서동\n", "places.yaml:2: other ways to say '서신동' must be a list"),
        ("districts:\n  - 가동: [나동]\n  - 다동: [나동]\n", "places.yaml:3: '나동' already means '가동'"),
        ("districts:\n  - [가동]\n", "places.yaml:2: not a name"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_gazetteer("places.yaml", text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("무리", "물이"),
        ("미테", "밑에"),
        ("아네", "안에"),
        ("사라민데요", "사람인데요"),
        ("그러쵸", "그렇죠"),
    ],
)
def test_words_that_sound_the_same_are_the_same(heard: str, said: str) -> None:
    assert similarity(heard, said) == 1.0
