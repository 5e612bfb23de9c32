"""The planner asks only what still matters, and few questions."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from voicebot.services import load_service
from voicebot.services.welfare.calling import answer_topic, spoken_krw
from voicebot.services.welfare.evaluation import evaluate, offers_of
from voicebot.services.welfare.planning import knowledge_of, next_question
from voicebot.services.welfare.profile import Knowledge, mask
from voicebot.services.welfare.questions import NOT_KNOWN, QUESTIONS, possible
from voicebot.services.welfare.reading import load_rules

TODAY = date(2026, 11, 22)
OFFERS = offers_of(load_rules(), TODAY)
BEGIN = Knowledge(possible={"month": mask("month", [11]), "age": mask("age", range(7, 121))})


def _asked(random: Random, plausible: bool) -> dict[str, str]:
    """A whole conversation with one person: question → answer, in the order in which they were asked."""
    answers: dict[str, str] = {}
    while (name := next_question(OFFERS, BEGIN, answers)) is not None:
        knowledge = knowledge_of(answers, BEGIN)
        given = {
            value: answer.share if plausible else 1
            for value, answer in QUESTIONS[name].answers.items()
            if possible(answer, knowledge)
        }
        answers[name] = random.choices([*given], [*given.values()])[0]
    return answers


def _fitting(answers: dict[str, str]) -> int:
    """How many questions would fit this person if all were asked."""
    knowledge = knowledge_of(answers, BEGIN)
    return sum(name in answers or question.fits(knowledge) for name, question in QUESTIONS.items())


@pytest.mark.parametrize("plausible", [True, False])
def test_everything_is_decided_with_few_questions(plausible: bool) -> None:
    random = Random(20261122)
    people = [_asked(random, plausible) for _ in range(25)]
    for answers in people:
        knowledge = knowledge_of(answers, BEGIN)
        assert all(evaluate(offer, knowledge).eligible is not None for offer in OFFERS.values())
    average = sum(map(len, people)) / len(people)
    assert average <= 10.0  # measured: 9.0 of plausible persons, 7.7 of all answers alike
    assert sum(map(_fitting, people)) / len(people) > 1.5 * average


def test_the_same_answers_bring_the_same_question() -> None:
    assert next_question(OFFERS, BEGIN, {}) == next_question(OFFERS, BEGIN, {}) == "livelihood"
    assert next_question(OFFERS, BEGIN, {"livelihood": "yes"}) == "living_allowance"


def test_no_question_is_put_twice_and_what_nobody_can_use_is_not_asked() -> None:
    answers: dict[str, str] = {}
    while (name := next_question(OFFERS, BEGIN, answers)) is not None:
        assert name not in answers
        answers[name] = NOT_KNOWN
    assert "severe" not in answers  # of the disabled only
    assert "single_parent" not in answers  # the voucher is lost without knowing of 기초생활
    assert next_question({}, BEGIN, {}) is None


def test_every_question_is_a_state_of_the_flow() -> None:
    states = load_service("welfare").plan.states
    assert set(QUESTIONS) <= set(states)
    for name, question in QUESTIONS.items():
        state = states[name]
        expectation = getattr(state, "expectation", None)
        assert expectation is not None
        assert set(expectation.choices or ("yes", "no")) == set(question.answers)


@pytest.mark.parametrize(
    ("krw", "spoken"),
    [
        (0, "영 원"),
        (2500, "이천오백 원"),
        (9900, "구천구백 원"),
        (10_000, "만 원"),
        (11_000, "만 천 원"),
        (16_000, "만 육천 원"),
        (21_500, "이만 천오백 원"),
        (33_501, "삼만 삼천오백일 원"),
        (295_000, "이십구만 오천 원"),
        (701_000, "칠십만 천 원"),
        (10_000_000, "천만 원"),
    ],
)
def test_sums_as_they_are_spoken(krw: int, spoken: str) -> None:
    assert spoken_krw(krw) == spoken


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("그거 얼마나 준대요", "how_much"),
        ("어디 가서 하면 돼요", "where"),
        ("언제까지 해야 하나요", "when"),
        ("뭘 챙겨 가야 되나", "papers"),
        ("혹시 보이스피싱 아니여", "fraud"),
        ("근데 누구시라고요", "who"),
        ("없어요", "nothing"),
        ("네 됐어요", "nothing"),
        ("고맙습니다", "nothing"),
        ("어 써요", "nothing"),
        ("괜찬습니다", "nothing"),
        ("우리 동네 버스는 왜 안 와요", "unknown"),
    ],
)
def test_topics_of_own_questions(said: str, topic: str) -> None:
    assert answer_topic({"own_question": said}) == {"topic": topic}


def test_who_is_not_understood_twice_is_not_asked_a_third_time() -> None:
    assert answer_topic({"own_question": "버스는 왜 안 와요", "topic": "unknown"}) == {
        "topic": "unknown_again"
    }
    assert answer_topic({"own_question": "버스는 왜 안 와요", "topic": "how_much"}) == {"topic": "unknown"}
