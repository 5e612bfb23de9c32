"""The notation of the templates and its mistakes."""

from random import Random

import pytest

from models.train.text.conjugation import Ending, Kind, Stem, stem
from models.train.text.endings import Conjugator, Group
from models.train.text.files import DataError, Line
from models.train.text.grammar import Grammar


def lexeme(word: str) -> Stem:
    return stem(word, Kind.COPULA if word == "이다" else Kind.VERB)


def past() -> Group:
    return Group(choices=(Ending(verb="었어요", adjective="었어요", copula="었어요"),), sums=(1.0,))


def grammar(*templates: str, **others: str) -> Grammar:
    rules = [Line(section="top", text=text, weight=1.0, place="rules.txt:1") for text in templates]
    rules += [Line(section=name, text=text, weight=1.0, place="rules.txt:2") for name, text in others.items()]
    return Grammar(
        rules=rules,
        words={"food": ["밥"], "fruit": ["사과"]},
        verbs={"v.eat": (lexeme("먹다"),)},
        lexeme=lexeme,
        conjugator=Conjugator({"past": past(), "final": past()}, lexeme),
        slots={"age": lambda random: "여든셋"},
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{food}[을] {v.eat:past}", "밥을 먹었어요"),
        ("{fruit}[을] {깎다:past}", "사과를 깎았어요"),
        ("{fruit}{이다:past}", "사과였어요"),
        ("{age}{이다:past}", "여든셋이었어요"),
        ("  {food}   하고 {fruit} ", "밥 하고 사과"),
        ("{clause:past}", "밥 먹었어요"),
        ("({food}|{food})(|)[은]", "밥은"),
    ],
)
def test_notation(template: str, expected: str) -> None:
    assert grammar(template, clause="{food} {v.eat:*}").text("top", Random(0)) == expected


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{nothing}", "rules.txt:1: {nothing} is no rule"),
        ("{v.eat:nothing}", "no group of endings is called 'nothing'"),
        ("(밥|국", r"'\)' is missing"),
        ("밥)", "parenthesis too many"),
        ("{food", "'}' is missing"),
    ],
)
def test_mistakes_are_named_with_their_place(template: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        grammar(template)
