"""The machine's rules: late events are ignored, impossible ones refused, turns can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from voicebot.dialogue.actions import Action, Do, HangUp, Listen, Say, Transfer
from voicebot.dialogue.events import (
    CallStarted,
    CitizenHungUp,
    CitizenSaid,
    CitizenSilent,
    Event,
    KeysPressed,
    PromptFinished,
    TransferFailed,
    WorkFinished,
)
from voicebot.dialogue.flow import Plan, compile_flow, fixed_texts
from voicebot.dialogue.machine import TRANSITIONS, Machine
from voicebot.dialogue.state import Phase
from voicebot.errors import DialogueError
from voicebot.outcome import CallResult

FOLDER = Path(__file__).parent


def _score(slots: Mapping[str, str]) -> dict[str, str]:
    return {"points": "3" if slots["sleep"] == "good" else "1"}


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    path = FOLDER / "care_like.yaml"
    compilation = compile_flow(
        str(path), path.read_text("utf-8"), open_file=lambda name: Path(name).read_text("utf-8")
    )
    assert compilation.problems == ()
    assert compilation.plan is not None
    return compilation.plan


@pytest.fixture(name="machine")
def _machine(plan: Plan) -> Machine:
    return Machine(plan, {"score": _score})


def _say(machine: Machine, *texts: str) -> list[Action]:
    actions: list[Action] = []
    for text in texts:
        actions = machine.receive(CitizenSaid(text=text, confidence=0.9), 1.0)
    return actions


def _spoken(actions: list[Action]) -> str:
    return " ".join(action.text for action in actions if isinstance(action, Say))


def test_a_prompt_that_must_be_heard_comes_by_itself(machine: Machine) -> None:
    actions = machine.receive(CallStarted(variables={"last_meal": "김밥"}), 0.0)
    first, second, listen = actions
    assert isinstance(first, Say) and isinstance(second, Say) and isinstance(listen, Listen)
    assert not first.interruptible
    assert second.interruptible
    assert second.text == "지난번에 김밥을 드셨다고 하셨지요. 잠은 잘 주무셨어요, 설치셨어요?"
    assert set(listen.expectation.choices) == {"good", "bad"}
    assert listen.expectation.keys == {"1": "good", "2": "bad"}


def test_a_sub_flow_returns_to_each_of_its_callers(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    assert _spoken(_say(machine, "잘 잤어요")) == "아프신 데가 있으세요?"
    assert machine.snapshot().returns == ("second",)
    assert _spoken(_say(machine, "네 있어요")) == "어디가 아프세요?"
    assert _spoken(_say(machine, "무릎이 쑤셔요")) == "아프신 데가 있으세요?"
    assert machine.snapshot().returns == ("story",)
    assert _spoken(_say(machine, "괜찮아요")) == "하실 말씀이 있으세요?"
    assert machine.snapshot().returns == ()


def test_pure_code_fills_slots_and_work_gets_them(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    actions = _say(machine, "설쳤어요", "없어요", "없어요", "고맙습니다 늘 전화해 주셔서")
    assert actions == [Do(name="save", arguments={"points": "1"})]
    assert machine.next_deadline() == 6.0


def test_work_that_does_not_answer_counts_as_failed(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    _say(machine, "설쳤어요", "없어요", "없어요", "고맙습니다 늘 전화해 주셔서")
    assert machine.handle_timer(5.9) == []
    actions = machine.handle_timer(6.0)
    assert isinstance(actions[-1], HangUp)
    assert machine.next_deadline() is None
    assert machine.handle_timer(99.0) == []
    assert machine.receive(WorkFinished(name="save", succeeded=True, result={"report": "1"}), 7.0) == []


@pytest.mark.parametrize("result", [{}, {"report": ""}])
def test_a_result_that_lacks_what_the_flow_needs_is_a_failure(
    machine: Machine, result: Mapping[str, str]
) -> None:
    machine.receive(CallStarted(), 0.0)
    _say(machine, "설쳤어요", "없어요", "없어요", "고맙습니다 늘 전화해 주셔서")
    assert machine.receive(WorkFinished(name="other", succeeded=True), 1.0) == []
    actions = machine.receive(WorkFinished(name="save", succeeded=True, result=result), 1.0)
    assert isinstance(actions[-1], HangUp)


def test_a_wish_may_be_answered_in_place_or_turned_off(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    before = machine.snapshot()
    assert "잘 못 들었어요." in _spoken(_say(machine, "나중에요"))
    machine.restore(before)
    assert _spoken(_say(machine, "누구세요")) == "아프신 데가 있으세요?"


def test_scores_of_the_recogniser_settle_or_shake_an_answer(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    before = machine.snapshot()
    agreed = CitizenSaid(text="잘 잤어요", confidence=0.5, choice_scores={"good": 0.9, "bad": 0.05})
    assert _spoken(machine.receive(agreed, 1.0)) == "아프신 데가 있으세요?"
    machine.restore(before)
    contrary = CitizenSaid(text="잘 잤어요", confidence=0.9, choice_scores={"good": 0.1, "bad": 0.8})
    assert "하신 것이 맞나요?" in _spoken(machine.receive(contrary, 1.0))
    machine.restore(before)
    sound_only = CitizenSaid(text="ㅁㅁ", confidence=0.4, choice_scores={"good": 0.8, "bad": 0.1})
    assert "잘 잤어라고 하신 것이 맞나요?" in _spoken(machine.receive(sound_only, 1.0))
    assert _spoken(_say(machine, "아니요 설쳤어요")).startswith("설쳤어라고")
    assert _spoken(_say(machine, "네")) == "아프신 데가 있으세요?"
    assert machine.snapshot().slots["sleep"] == "bad"


def test_a_turn_that_is_taken_back_leaves_no_trace_but_its_prompt_ids(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    before = machine.snapshot()
    _say(machine, "잘 잤어요")
    after = machine.snapshot()
    machine.restore(before)
    assert machine.snapshot().slots == before.slots
    assert machine.snapshot().position == before.position
    (say, _) = _say(machine, "잘 잤어요")
    assert isinstance(say, Say)
    assert say.prompt_id == after.next_prompt_id


def test_a_snapshot_cannot_be_changed(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    state = machine.snapshot()
    with pytest.raises(AttributeError):
        state.position = "elsewhere"  # type: ignore[misc]
    _say(machine, "잘 잤어요")
    assert "sleep" not in state.slots


def test_late_events_change_nothing(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    before = machine.snapshot()
    for event in (
        PromptFinished(prompt_id=1),
        WorkFinished(name="save", succeeded=True),
        TransferFailed(target="staff", reason="late"),
    ):
        assert machine.receive(event, 1.0) == []
        assert machine.snapshot() is before
    machine.receive(CitizenHungUp(), 2.0)
    assert machine.ended
    assert _say(machine, "여보세요") == []
    assert machine.receive(CitizenHungUp(), 3.0) == []


@pytest.mark.parametrize(
    "event",
    [
        CitizenSaid(text="네", confidence=0.9),
        CitizenSilent(silent_s=6.0),
        KeysPressed(keys="1"),
        PromptFinished(prompt_id=0),
        WorkFinished(name="save", succeeded=True),
        TransferFailed(target="staff", reason="no call yet"),
    ],
)
def test_nothing_can_happen_before_the_call(machine: Machine, event: Event) -> None:
    with pytest.raises(DialogueError, match="cannot come while the call is ready"):
        machine.receive(event, 0.0)
    assert machine.snapshot().phase is Phase.READY


def test_what_cannot_happen_is_refused_and_changes_nothing(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    before = machine.snapshot()
    with pytest.raises(DialogueError, match="CallStarted cannot come while the call is listening"):
        machine.receive(CallStarted(), 1.0)
    with pytest.raises(DialogueError, match="prompt 99 ended, but the last one said was 2"):
        machine.receive(PromptFinished(prompt_id=99), 1.0)
    assert machine.snapshot() is before


def test_pure_code_that_fails_changes_nothing(plan: Plan) -> None:
    def fails(slots: Mapping[str, str]) -> dict[str, str]:
        raise ZeroDivisionError

    machine = Machine(plan, {"score": fails})
    machine.receive(CallStarted(), 0.0)
    _say(machine, "설쳤어요", "없어요", "없어요")
    before = machine.snapshot()
    with pytest.raises(ZeroDivisionError):
        _say(machine, "고맙습니다 늘 전화해 주셔서")
    assert machine.snapshot() is before


def test_missing_pure_code_is_told_at_once(plan: Plan) -> None:
    with pytest.raises(DialogueError, match="no function 'score'"):
        Machine(plan)


def test_a_transfer_that_fails_goes_on_in_the_flow(machine: Machine) -> None:
    machine.receive(CallStarted(), 0.0)
    (transfer,) = machine.receive(KeysPressed(keys="0"), 1.0)
    assert isinstance(transfer, Transfer)
    assert _say(machine, "여보세요") == []
    actions = machine.receive(TransferFailed(target="staff", reason="busy"), 2.0)
    assert isinstance(actions[-1], HangUp)
    assert actions[-1].outcome.result is CallResult.COMPLETED


def test_every_phase_says_what_it_does_with_every_event() -> None:
    kinds = set(TRANSITIONS[Phase.LISTENING]) | {CallStarted}
    for phase in set(Phase) - {Phase.READY}:
        assert set(TRANSITIONS[phase]) == kinds - {CallStarted}


def test_everything_fixed_that_is_said_was_rendered_at_deploy(plan: Plan, machine: Machine) -> None:
    fixed = set(fixed_texts(plan))
    actions = machine.receive(CallStarted(variables={"last_meal": "죽"}), 0.0)
    for text in (
        "어버버",
        "음냐음냐",
        "잘 잤어요",
        "잠깐만요",
        "안 들려요",
        "괜찮아요",
        "누구세요",
        "없어요",
    ):
        actions += _say(machine, text)
    for action in actions:
        if isinstance(action, Say):
            assert {part.text for part in action.segments if part.kind == "fixed"} <= fixed
