"""Whether every slot is known when it is spoken or handed on, on every way through the flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from voicebot.dialogue.flow.phrases import ANSWER
from voicebot.dialogue.flow.plan import (
    RETURN,
    AskState,
    BranchState,
    CallState,
    ComputeState,
    DoState,
    Edge,
    EndState,
    HandOverState,
    Plan,
    SayState,
    SetState,
    State,
    edges,
)
from voicebot.dialogue.flow.source import Path
from voicebot.dialogue.flow.text import Text

DANGER_SLOTS = frozenset({"danger", "danger_said", "danger_denied"})
"""Set by the machine before it goes to a danger's state: the kind, and the citizen's words."""

_DANGERS = ("emergency", "police", "suicide")


class Noting(Protocol):
    """Takes mistakes with the state they are in."""

    def problem(self, state: str, path: Path, message: str, *, warning: bool = False) -> None:
        """Note a mistake."""
        ...


def _set_by(state: State, edge: Edge) -> frozenset[str]:
    """Slots that are known when the state is left by this edge, beside those known before."""
    target = edge.target
    match state:
        case BranchState() if isinstance(place := edge.path[1] if len(edge.path) > 1 else None, int):
            return state.rules[place].known | frozenset(state.rules[place].when)
        case AskState():
            answered = target == state.next or target in state.answers.values()
            other_ways = {state.failed, state.unsure, state.own_question, *state.on.values()}
            gained = {state.slot, state.heard} - {""}
            return frozenset(gained) if answered and target not in other_ways else frozenset()
        case SetState():
            return frozenset(state.values)
        case ComputeState():
            return frozenset(state.sets)
        case DoState():
            done = target == state.next and target != state.failed
            return frozenset(state.results) if done else frozenset()
        case _:
            return frozenset()


class _Knowledge:
    """A forward must-analysis: for each state, the slots set on every way to it."""

    def __init__(self, plan: Plan) -> None:
        self.known: dict[str, frozenset[str]] = {}
        self._plan = plan
        self._waiting: list[str] = []
        self._returned: dict[str, frozenset[str]] = {}
        """Sub-flow → slots known on every way to its return."""
        always = frozenset(plan.variables)
        self._flow(plan.start, always)
        for wish, reply in plan.everywhere.items():
            if reply.to:
                self._flow(reply.to, always | DANGER_SLOTS if wish in _DANGERS else always)
        for reply in plan.overheard.topics.values() if plan.overheard is not None else ():
            if reply.to:
                self._flow(reply.to, always)
        if plan.aside is not None:
            self._flow(plan.aside.start, always | set(plan.aside.sets))
        while self._waiting:
            self._pass_on(self._waiting.pop())

    def _flow(self, target: str, slots: frozenset[str]) -> None:
        before = self.known.get(target)
        after = slots if before is None else before & slots
        if after != before:
            self.known[target] = after
            self._waiting.append(target)

    def _pass_on(self, name: str) -> None:
        state = self._plan.states[name]
        slots = self.known[name]
        for edge in edges(state):
            if isinstance(state, CallState) and edge.label == "then":
                returned = self._returned.get(_unit(state.start))
                if returned is None:
                    continue
                if edge.target == RETURN:  # the sub-flow ends with the one that it called
                    self._return(_unit(name), slots | returned)
                else:
                    self._flow(edge.target, slots | returned)
            elif edge.target == RETURN:
                self._return(_unit(name), slots | _set_by(state, edge))
            else:
                self._flow(edge.target, slots | _set_by(state, edge))

    def _return(self, unit: str, slots: frozenset[str]) -> None:
        before = self._returned.get(unit)
        after = slots if before is None else before & slots
        if after == before:
            return
        self._returned[unit] = after
        for state in self._plan.states.values():
            if isinstance(state, CallState) and _unit(state.start) == unit and state.name in self.known:
                self._waiting.append(state.name)


def _unit(name: str) -> str:
    """The sub-flow that a state belongs to; empty for the main flow."""
    return name.rpartition("/")[0]


def check_slots(plan: Plan, places: Noting) -> None:
    """Note every slot that may be unknown when it is needed."""
    for name, slots in _Knowledge(plan).known.items():
        state = plan.states[name]
        for path, text in _uses(state):
            own: set[str] = set()
            if path[:1] == ("read_back",) and isinstance(state, AskState):
                own = {ANSWER, state.slot}
            for missing in sorted(text.slots - slots - own):
                message = (
                    f"slot {{{missing}}} may not be set yet when this is said; ask it on every way here, "
                    f"declare it under 'variables', or write {{{missing}?}}"
                )
                places.problem(name, path, message)


def prompts_of(state: State) -> Iterator[tuple[Path, Text]]:
    """What is said, with where it is written."""
    match state:
        case SayState():
            yield ("say",), state.text
        case AskState():
            for place, prompt in enumerate(state.prompts):
                yield ("prompts", place), prompt
            yield ("keys_prompt",), state.keys_prompt
            for text in state.read_backs.values():
                yield ("read_back",), text
        case DoState() | HandOverState() | EndState() if state.text is not None:
            yield ("say",), state.text
        case _:
            return


def _uses(state: State) -> Iterator[tuple[Path, Text]]:
    """Every text whose slots are needed."""
    yield from prompts_of(state)
    match state:
        case DoState():
            for name, text in state.arguments.items():
                yield ("arguments", name), text
        case SetState():
            for name, text in state.values.items():
                yield ("set", name), text
        case _:
            return
