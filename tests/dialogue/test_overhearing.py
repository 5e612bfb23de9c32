"""What the service's code overhears, answers that are proposed, and how an answer was heard."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from voicebot.dialogue.actions import Action, Say
from voicebot.dialogue.events import CallStarted, CitizenSaid
from voicebot.dialogue.flow import Plan, compile_flow, fixed_texts
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.understanding import Gazetteer
from voicebot.errors import DialogueError

FLOW = """\
flow: aside
start: story
variables: {told: ""}
everywhere:
  {human: person, silent: bye, who: bye, later: bye, stop: bye, emergency: person, police: person,
   suicide: person}
overheard:
  by: listen
  doubts: doubt
  sets: [warned]
  topics: {rude: {say: 말씀을 삼가 주세요.}, rude_again: bye}
states:
  story:
    {ask: story, heard: story_heard, expect: open, prompts: "무슨 일인가요?", own_question: more, next: where}
  where:
    ask: place
    expect: place
    propose: told
    prompts: 어디인가요?
    read_back: "{place}, 맞나요?"
    next: bye
  more: {ask: more, expect: yes_no, prompts: "더 있으세요?", answers: {yes: story, no: bye}}
  person: {hand_over: duty, reason: asked, failed: bye}
  bye: {end: completed, say: 안녕히 계세요.}
"""


def _listen(slots: Mapping[str, str]) -> dict[str, str]:
    if "바보" in slots["said"]:
        return {
            "topic": "rude_again" if slots.get("warned") else "rude",
            "warned": slots["minutes"],
            "other": "x",
        }
    if "몇 시" in slots["said"] and slots["asked"] in ("story", "place"):
        return {"topic": "hours"}
    return {"topic": "nothing of the kind"}


def _doubt(slots: Mapping[str, str]) -> dict[str, str]:
    return {"doubted": "yes"} if slots["asked"] == "story" and "연극" in slots["said"] else {}


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    compilation = compile_flow(
        "aside.yaml", FLOW, functions=["listen", "doubt"], answers={"hours": "아홉 시입니다."}
    )
    assert compilation.problems == ()
    assert compilation.plan is not None
    return compilation.plan


def _started(plan: Plan, told: str = "", gazetteer: Gazetteer | None = None) -> Machine:
    machine = Machine(plan, {"listen": _listen, "doubt": _doubt}, gazetteer)
    machine.receive(CallStarted(variables={"told": told}), 100.0)
    return machine


def _say(machine: Machine, text: str, confidence: float = 0.9, now: float = 101.0) -> str:
    return _spoken(machine.receive(CitizenSaid(text=text, confidence=confidence), now))


def _spoken(actions: list[Action]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def test_a_question_is_answered_and_leads_where_the_state_says(plan: Plan) -> None:
    machine = _started(plan)
    assert _say(machine, "몇 시에 열어요") == "아홉 시입니다. 더 있으세요?"


def test_a_question_in_the_middle_is_answered_and_the_question_put_again(plan: Plan) -> None:
    machine = _started(plan)
    assert _say(machine, "나무가 커요") == "어디인가요?"
    assert _say(machine, "몇 시에 열어요") == "아홉 시입니다. 어디인가요?"
    assert _say(machine, "뭐라고요") == "어디인가요?", "again means the question"
    assert _say(machine, "시장 앞이요") == "안녕히 계세요."
    assert machine.snapshot().slots["place"] == "시장 앞"


def test_words_of_the_flow_come_before_the_same_question_and_slots_are_kept(plan: Plan) -> None:
    machine = _started(plan)
    assert _say(machine, "이 바보야", now=100.0 + 185.0) == "말씀을 삼가 주세요. 무슨 일인가요?"
    slots = machine.snapshot().slots
    assert slots["warned"] == "3", "whole minutes since the call began"
    assert "other" not in slots and "said" not in slots
    assert _say(machine, "바보") == "안녕히 계세요."
    assert machine.ended


def test_wishes_and_danger_are_not_overheard(plan: Plan) -> None:
    assert "삼가" not in _say(_started(plan), "바보야 사람 바꿔 주세요")
    assert "삼가" not in _say(_started(plan), "바보야 집에 불이 났어요")


def test_a_danger_that_the_service_doubts_is_asked_about_first(plan: Plan) -> None:
    machine = _started(plan)
    assert "위급한 상황" in _say(machine, "연극에서 집에 불이 났어요")
    _say(machine, "네")
    assert machine.snapshot().slots["danger"] == "emergency", "a yes is acted on"

    machine = _started(plan)
    _say(machine, "연극에서 집에 불이 났어요")
    assert _say(machine, "아니요") == "어디인가요?", "after a no it was the story"


def test_a_wish_to_die_and_a_danger_told_again_are_never_doubted(plan: Plan) -> None:
    machine = _started(plan)
    _say(machine, "연극이고 뭐고 죽고 싶어요")
    assert machine.snapshot().slots["danger"] == "suicide"

    machine = _started(plan)
    _say(machine, "연극에서 집에 불이 났어요")
    _say(machine, "연극이 아니라 집에 불이 났어요")
    assert machine.snapshot().slots["danger"] == "emergency"


def test_what_is_known_already_is_read_back_in_place_of_the_question(plan: Plan) -> None:
    machine = _started(plan, told="시장 앞")
    assert _say(machine, "나무가 커요") == "시장 앞, 맞나요?"
    assert _say(machine, "아니요 학교 앞이요") == "학교 앞, 맞나요?"
    assert _say(machine, "네") == "안녕히 계세요."
    assert machine.snapshot().slots["place"] == "학교 앞"

    machine = _started(plan, told="시장 앞")
    _say(machine, "나무가 커요")
    assert "어디인가요?" in _say(machine, "아니요")


@pytest.mark.parametrize(("confidence", "heard"), [(0.9, "well"), (0.4, "badly")])
def test_how_an_answer_was_heard(plan: Plan, confidence: float, heard: str) -> None:
    machine = _started(plan)
    _say(machine, "나무가 커요", confidence)
    assert machine.snapshot().slots["story_heard"] == heard


def test_a_misheard_place_is_put_right_by_the_gazetteer(plan: Plan) -> None:
    machine = _started(plan, gazetteer=Gazetteer(names={"중앙시장": "중앙시장"}))
    _say(machine, "나무가 커요")
    said = _say(machine, "중항시장이요")
    assert "중앙시장, 맞나요?" in said or machine.snapshot().slots.get("place") == "중앙시장"


def test_answers_are_rendered_with_the_prompts(plan: Plan) -> None:
    assert {"아홉 시입니다.", "말씀을 삼가 주세요."} <= set(fixed_texts(plan))


def test_the_function_must_be_there(plan: Plan) -> None:
    with pytest.raises(DialogueError, match="no function 'listen'"):
        Machine(plan)
    problems = compile_flow("aside.yaml", FLOW, functions=["hear"]).problems
    assert "unknown function 'listen'; known: hear" in str(problems[0])
    assert "unknown function 'doubt'; known: hear" in str(problems[1])


def test_a_topic_is_answered_in_one_place() -> None:
    problems = compile_flow("aside.yaml", FLOW, answers={"rude": "네."}).problems
    assert [problem.line for problem in problems] == [11]
    assert "topic 'rude' is also answered by the service's data" in problems[0].message
