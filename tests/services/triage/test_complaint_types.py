"""The table of types and the labelled utterances: read whole, mistakes refused with their line."""

from __future__ import annotations

from collections import Counter

import pytest

from voicebot.errors import FlowError
from voicebot.services.triage.complaint_types import parse_complaint_types
from voicebot.services.triage.examples import parse_examples
from voicebot.services.triage.loading import load_complaint_types, load_examples, load_vocabulary
from voicebot.services.triage.vocabulary import classes_in, parse_vocabulary

_HEADER = "code,name_ko,level,route,department\n"
_OTHER = "other,그 밖의 민원,P3,case,총무\n"


def test_the_table_is_read_whole() -> None:
    types = load_complaint_types()
    assert len(types) == 41
    assert types["suicide"].route == "109"
    assert types["sinkhole"].level == "P1"
    assert types["fire"].urgency == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,level\n", "t.csv:1: the first line must be"),
        (_HEADER + "fire,화재,P0,119\n", "t.csv:2: fill all 5 columns"),
        (_HEADER + "fire,화재,P9,119,재난\n", "t.csv:2: unknown level 'P9'"),
        (_HEADER + "fire,화재,P0,911,재난\n", "t.csv:2: unknown route '911'"),
        (_HEADER + _OTHER + _OTHER, "t.csv:3: code 'other' comes twice"),
        (_HEADER + "fire,화재,P0,119,재난\n", "t.csv:1: there must be a type 'other'"),
    ],
)
def test_mistakes_in_the_table(text: str, problem: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_complaint_types(text, "t.csv")
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("@fir\n", "e.txt:1: unknown type 'fir'"),
        ("불이야\n", "e.txt:1: begin with"),
        ("@fire\n=\n", "e.txt:2: write '= idea'"),
        ("@fire\n= house\n불이야\n\n불이야\n", "e.txt:5: the same as line 3"),
    ],
)
def test_mistakes_in_the_utterances(text: str, problem: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_examples(text, "e.txt", {"fire"})
    assert str(caught.value).startswith(problem)


def test_every_type_has_ninety_utterances_of_many_ideas() -> None:
    examples = load_examples()
    counted = Counter(example.code for example in examples)
    assert set(counted) == set(load_complaint_types())
    assert min(counted.values()) >= 90
    ideas = Counter(group.split("/")[0] for group in {example.group for example in examples})
    assert min(ideas.values()) >= 15


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("wall 옹벽\n", "v.txt:1: write 'class: stem stem …'"),
        ("# walls\nwall:\n", "v.txt:2: write 'class: stem stem …'"),
        ("wall: 벽\n", "v.txt:1: '벽' must have 2 to 8 syllables"),
        ("wall: 옹벽\nwall: 축대 옹벽\n", "v.txt:2: '옹벽' comes twice in its class"),
    ],
)
def test_mistakes_in_the_classes_of_words(text: str, problem: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse_vocabulary(text, "v.txt")
    assert str(caught.value).startswith(problem)


def test_words_of_one_class_are_found_anywhere() -> None:
    vocabulary = parse_vocabulary("wall: 옹벽 축대\nbreak: 무너\nwall: 담장\n", "v.txt")
    assert vocabulary.names == ("wall", "break")
    assert classes_in("뒷산축대가무너졌어요", vocabulary) == {0, 1}
    assert classes_in("담장", vocabulary) == {0}
    assert classes_in("", vocabulary) == set()
    assert len(load_vocabulary().names) >= 150
