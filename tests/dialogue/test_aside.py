"""What is told beside an answer: run before the flow goes on, or before the question is put again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from voicebot.dialogue.actions import Action, Say
from voicebot.dialogue.events import CallStarted, CitizenSaid, KeysPressed
from voicebot.dialogue.flow import compile_flow
from voicebot.dialogue.machine import Machine
from voicebot.errors import DialogueError

MAIN = """\
flow: main
start: slept
aside: {compute: told, sets: [story], call: story.yaml}
everywhere:
  {human: bye, silent: bye, who: bye, later: bye, stop: bye, emergency: bye, police: bye, suicide: bye}
states:
  slept: {ask: slept, expect: yes_no, polarity: fact, prompts: "잘 주무셨어요?", next: ate}
  ate: {ask: ate, expect: yes_no, polarity: fact, prompts: "식사하셨어요?", on: {aside: "off"}, next: bye}
  bye: {end: completed, say: 안녕히 계세요.}
"""
STORY = 'flow: story\nstart: told\nstates:\n  told: {say: "{story} 그러셨군요.", next: return}\n'


def _told(slots: Mapping[str, str]) -> dict[str, str]:
    found = "넘어졌" in slots["said"]
    return {"story": f"{slots['asked']}: {slots['said']}"} if found else {}


@pytest.fixture(name="machine")
def _machine() -> Machine:
    compilation = compile_flow(
        "main.yaml", MAIN, open_file={"story.yaml": STORY}.__getitem__, functions=["told"]
    )
    assert compilation.plan is not None, compilation.problems
    machine = Machine(compilation.plan, {"told": _told})
    machine.receive(CallStarted(), 0.0)
    return machine


def _spoken(actions: list[Action]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def _said(machine: Machine, text: str, confidence: float = 0.9) -> str:
    return _spoken(machine.receive(CitizenSaid(text=text, confidence=confidence), 1.0))


def test_the_flow_goes_on_where_the_answer_leads(machine: Machine) -> None:
    assert _said(machine, "네 근데 넘어졌어요") == "slept: 네 근데 넘어졌어요 그러셨군요. 식사하셨어요?"
    assert machine.snapshot().slots["slept"] == "yes"
    assert machine.snapshot().returns == ()


def test_without_a_sure_answer_the_question_is_put_again(machine: Machine) -> None:
    assert _said(machine, "네 근데 넘어졌어요", confidence=0.4).endswith("그러셨군요. 잘 주무셨어요?")
    assert "slept" not in machine.snapshot().slots
    assert machine.snapshot().failures == 0


def test_where_nothing_is_told_nothing_changes(machine: Machine) -> None:
    assert _said(machine, "네 잘 잤어요") == "식사하셨어요?"


def test_a_question_may_switch_it_off(machine: Machine) -> None:
    _said(machine, "네")
    assert _said(machine, "네 근데 넘어졌어요") == "안녕히 계세요."


def test_keys_tell_nothing(machine: Machine) -> None:
    assert _spoken(machine.receive(KeysPressed(keys="1"), 1.0)) == "식사하셨어요?"


def test_a_wish_that_leads_away_waits_for_it(machine: Machine) -> None:
    assert _said(machine, "지금 바빠요 넘어졌어요").endswith("그러셨군요. 안녕히 계세요.")


def test_the_function_must_be_there() -> None:
    files = {"story.yaml": STORY}
    (problem,) = compile_flow("main.yaml", MAIN, open_file=files.__getitem__, functions=[]).problems
    assert problem.line == 3 and "function 'told' is not in the service's code" in problem.message
    plan = compile_flow("main.yaml", MAIN, open_file=files.__getitem__).plan
    assert plan is not None
    with pytest.raises(DialogueError, match="no function 'told'"):
        Machine(plan, {})


@pytest.mark.parametrize(
    ("said", "slept"),
    [
        ("아니요 안 잤어요", "no"),
        ("네 못 잤어요", "no"),
        ("네 맞아요", "yes"),
        ("아니요 아니에요", "no"),
        ("아니요 잘 잤어요", "yes"),
    ],
)
def test_the_answer_once_more_to_its_read_back(machine: Machine, said: str, slept: str) -> None:
    assert "맞나요" in _said(machine, "네 잘 잤어요", confidence=0.4)
    _said(machine, said)
    assert machine.snapshot().slots["slept"] == slept
