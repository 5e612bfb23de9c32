"""Questions by type, as data."""

from __future__ import annotations

import pytest

from voicebot.dialogue.flow.plan import AskState, BranchState
from voicebot.errors import FlowError
from voicebot.services import load_service
from voicebot.services.duty.loading import load_questions
from voicebot.services.duty.questions import QUESTIONS, parse_questions
from voicebot.services.triage import load_complaint_types

TYPES = ("noise", "other")
GOOD = "noise: {called: 소음, ask: [place]}\nother: {called: 그 밖, ask: [place, hurt]}\n"


def test_every_type_that_becomes_a_case_has_its_questions() -> None:
    types = load_complaint_types()
    questions = load_questions(types)
    assert set(questions) == {code for code, each in types.items() if each.level in ("P1", "P2", "P3")}
    assert "plate" in questions["parking"].ask
    assert "hurt" not in questions["parking"].ask
    assert "since" in questions["water_outage"].ask
    for code, each in questions.items():
        assert not each.urgent_if or types[code].level == "P1"


def test_every_question_has_its_states_in_the_flow() -> None:
    states = load_service("duty").plan.states
    assert set(QUESTIONS) == {
        name.removeprefix("details/ask_") for name in states if name.startswith("details/ask_")
    }
    which = states["details/which"]
    assert isinstance(which, BranchState)
    assert {next(iter(rule.when["ask_next"])) for rule in which.rules} == set(QUESTIONS)
    asked = {state.slot for state in states.values() if isinstance(state, AskState)}
    assert set(QUESTIONS) <= asked


def test_an_urgent_type_needs_an_urgent_word_where_it_has_some() -> None:
    questions = load_questions(load_complaint_types())
    assert questions["sinkhole"].is_urgent("도로가 푹 꺼 졌어요")
    assert not questions["sinkhole"].is_urgent("도로에 구멍이 났어요")
    assert questions["falling_hazard"].is_urgent("아무 말")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD + "noises: {called: 소음, ask: []}\n", 3, "unknown type 'noises'; did you mean 'noise'?"),
        ("noise: {called: 소음, ask: [place]}\n", 1, "type 'other' has no questions; add a line 'other:"),
        (GOOD.replace("[place, hurt]", "[place, hart]"), 2, "unknown question 'hart'; did you mean 'hurt'?"),
        (GOOD.replace("[place, hurt]", "[place, place]"), 2, "'place' is asked twice; keep one"),
        (GOOD.replace("called: 소음, ", ""), 1, "'called' is missing; write how the bot names the type"),
        (GOOD.replace("ask: [place]", "ask: place"), 1, "'ask' must be a list; write some of place, hurt"),
        (GOOD.replace("ask: [place]", "asks: [place]"), 1, "unknown key 'asks'; did you mean 'ask'?"),
        (GOOD.replace("ask: [place]", "ask: [], urgent_if: 불"), 1, "'urgent_if' must be a list of words"),
        ("noise: 소음\nother: {called: 그 밖, ask: []}\n", 1, "no questions; write {called: …, ask: […]}"),
        ("- noise\n", 1, "not a questions file; write 'TYPE: {called: …, ask: […]}' a line"),
        ("noise: [", 1, "not valid YAML"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_line_and_remedy(text: str, line: int, message: str) -> None:
    with pytest.raises(FlowError) as refused:
        parse_questions("questions.yaml", text, TYPES)
    assert f"questions.yaml:{line}: {message}" in str(refused.value)
