"""What can be told only of the whole flow: states never reached, loops without a question."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.dialogue.flow.korean import syllables
from voicebot.dialogue.flow.plan import (
    RETURN,
    AskState,
    CallState,
    EndState,
    Plan,
    State,
    edges,
)
from voicebot.dialogue.flow.slots import Noting, check_slots, prompts_of
from voicebot.dialogue.flow.source import Path
from voicebot.dialogue.flow.text import Text

LONGEST_PROMPT = 60
"""Syllables; at the 4–5 syllables a second that suit old people this is 12–15 s, all that is kept in mind."""


def check_plan(plan: Plan, places: Noting) -> None:
    """Note everything that is wrong with the flow as a whole."""
    _reachability(plan, places)
    _silent_loops(plan, places)
    check_slots(plan, places)
    for state in plan.states.values():
        for path, text in prompts_of(state):
            _length(state, path, text, places)


def _reachability(plan: Plan, places: Noting) -> None:
    reached: set[str] = set()
    waiting = [plan.start, *(reply.to for reply in plan.replies if reply.to)]
    waiting += [plan.aside.start] if plan.aside is not None else []
    while waiting:
        name = waiting.pop()
        if name in reached or name == RETURN or name not in plan.states:
            continue
        reached.add(name)
        waiting += [edge.target for edge in edges(plan.states[name]) if edge.target]
    for name in plan.states.keys() - reached:
        shown = name.rpartition("/")[2]
        places.problem(name, (), f"state {shown!r} is never reached; lead a state to it or take it out")


# --- loops that never listen --------------------------------------------------------------------------------


def _silent_targets(plan: Plan, state: State, passing: set[str]) -> Iterator[str]:
    """States that may follow without a word of the citizen."""
    match state:
        case AskState() | EndState():
            return
        case CallState():
            yield state.start
            if state.start in passing:
                yield state.next
        case _:
            for edge in edges(state):
                yield edge.target


def _passing_subflows(plan: Plan) -> set[str]:
    """First states of sub-flows that may be run through without a question."""
    passing: set[str] = set()
    starts = {state.start for state in plan.states.values() if isinstance(state, CallState)}
    while True:
        found = {start for start in starts - passing if _reaches_return(plan, start, passing)}
        if not found:
            return passing
        passing |= found


def _reaches_return(plan: Plan, start: str, passing: set[str]) -> bool:
    prefix = start.rpartition("/")[0]
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == RETURN:
            return True
        if name in seen or name not in plan.states or name.rpartition("/")[0] != prefix:
            continue
        seen.add(name)
        state = plan.states[name]
        if isinstance(state, CallState):
            waiting += [state.next] if state.start in passing else []
        else:
            waiting += _silent_targets(plan, state, passing)
    return False


def _silent_loops(plan: Plan, places: Noting) -> None:
    passing = _passing_subflows(plan)
    done: set[str] = set()
    for first in plan.states:
        if first in done:
            continue
        way: list[str] = []
        on_way: set[str] = set()
        stack = [(first, iter(_silent_targets(plan, plan.states[first], passing)))]
        way.append(first)
        on_way.add(first)
        while stack:
            name, following = stack[-1]
            target = next(following, None)
            if target is None:
                stack.pop()
                way.pop()
                on_way.discard(name)
                done.add(name)
            elif target in on_way:
                loop = [*way[way.index(target) :], target]
                message = f"endless loop without a question: {' → '.join(loop)}; put an ask or end in it"
                places.problem(target, (), message)
                done.add(target)
            elif target not in done and target in plan.states:
                stack.append((target, iter(_silent_targets(plan, plan.states[target], passing))))
                way.append(target)
                on_way.add(target)


def _length(state: State, path: Path, text: Text, places: Noting) -> None:
    words = text.source
    if syllables(words) > LONGEST_PROMPT:
        message = (
            f"{syllables(words)} syllables are long to listen to (over {LONGEST_PROMPT}); shorten or split it"
        )
        places.problem(state.name, path, message, warning=True)
    if words.count("?") > 1:
        places.problem(state.name, path, "two questions at once; ask one at a time", warning=True)
