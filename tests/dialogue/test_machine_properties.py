"""Whatever happens, in whatever order: the machine never breaks, never talks to itself, never works twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.dialogue.actions import Action, Do, HangUp, Listen, Say, SegmentKind, Transfer
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
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.state import Phase
from voicebot.services import load_service

DUTY = load_service("duty")
FIXED = set(DUTY.fixed_texts())

_SAID = st.sampled_from(
    (
        "네/아니요/괜찮아요/몰라요/뭐라고요/천천히요/잠깐만요/나중에 할게요/사람 바꿔 주세요/누구세요/"
        "그만할게요/불이 났어요/죽고 싶어요/때려요/가로등이 안 들어와요/가로수가 쓰러졌어요/"
        "효자동 시장 앞이요/ㅁ/그게 어/공일공 일이삼사 오육칠팔/아니요 뒷자리 오육칠구"
    ).split("/")
) | st.text(max_size=12)
_EVENTS = st.one_of(
    st.builds(
        CitizenSaid,
        text=_SAID,
        confidence=st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.95]),
        choice_scores=st.sampled_from([{}, {"yes": 0.9, "no": 0.05}, {"yes": 0.1, "no": 0.7}, {"x": 0.9}]),
    ),
    st.builds(CitizenSilent, silent_s=st.just(6.0)),
    st.builds(KeysPressed, keys=st.sampled_from(["0", "1", "2", "5", "*", "01012345678", "99", "", "A"])),
    st.builds(PromptFinished, prompt_id=st.just(1), interrupted=st.booleans()),
    st.builds(
        WorkFinished,
        name=st.sampled_from(["open_case", "alert", "other"]),
        succeeded=st.booleans(),
        result=st.sampled_from([{}, {"case_number": "1001"}]),
    ),
    st.builds(TransferFailed, target=st.just("duty"), reason=st.just("busy")),
)


def _check_shape(machine: Machine, event: Event, actions: list[Action], works: list[str]) -> None:
    listens = [action for action in actions if isinstance(action, Listen)]
    leaves = [action for action in actions if isinstance(action, Transfer | HangUp)]
    assert len(listens) + len(leaves) <= 1
    if listens or leaves:
        assert actions[-1] in (*listens, *leaves)
    phase = machine.snapshot().phase
    assert bool(listens) == (phase is Phase.LISTENING and bool(actions))
    if not actions:  # ignored, or remembered for later
        assert not isinstance(event, CitizenSilent) or phase is not Phase.LISTENING
    for action in actions:
        if isinstance(action, Do):
            works.append(action.name)
        if isinstance(action, Say):
            assert action.segments
            assert action.interruptible <= bool(listens)
            assert {part.text for part in action.segments if part.kind is SegmentKind.FIXED} <= FIXED


@settings(max_examples=300, deadline=None)
@given(st.lists(_EVENTS, max_size=25), st.sampled_from(["", "01012345678"]))
def test_any_order_of_events(events: list[Event], caller_id: str) -> None:
    machine = DUTY.machine()
    works: list[str] = []
    actions = machine.receive(CallStarted(variables={"caller_id": caller_id}), 0.0)
    _check_shape(machine, CallStarted(), actions, works)
    prompts = [action.prompt_id for action in actions if isinstance(action, Say)]
    for number, event in enumerate(events, start=1):
        before = machine.snapshot()
        actions = machine.receive(event, float(number))
        _check_shape(machine, event, actions, works)
        if any(isinstance(action, Do) and action.name == "open_case" for action in actions):
            assert not before.slots.get("case_number")  # a new story empties it
        prompts += [action.prompt_id for action in actions if isinstance(action, Say)]
        after = machine.snapshot()
        machine.restore(before)
        assert machine.receive(event, float(number)) != [] or actions == []
        machine.restore(after)
    assert prompts == sorted(set(prompts))
    assert works.count("alert") <= 4  # one for each danger, one for somebody hurt
    assert machine.snapshot().phase is not Phase.READY
    machine.receive(CitizenHungUp(), 99.0)
    assert machine.ended


@settings(max_examples=60, deadline=None)
@given(st.lists(_SAID, max_size=10))
def test_a_citizen_who_falls_silent_is_let_go(said: list[str]) -> None:
    machine = DUTY.machine()
    machine.receive(CallStarted(), 0.0)
    for text in said:
        machine.receive(CitizenSaid(text=text, confidence=0.9), 1.0)
    for _ in range(40):
        phase = machine.snapshot().phase
        if phase is Phase.ENDED:
            return
        if phase is Phase.LISTENING:
            machine.receive(CitizenSilent(silent_s=6.0), 2.0)
        elif phase is Phase.WORKING:
            machine.receive(WorkFinished(name="open_case", succeeded=False), 2.0)
        else:
            machine.receive(TransferFailed(target="duty", reason="busy"), 2.0)
    raise AssertionError(f"still in {machine.snapshot().position}")
