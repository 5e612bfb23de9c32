"""One step of a conversation: from an event, through the states that need no citizen, to the next wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, assert_never

from voicebot.dialogue.actions import (
    Action,
    AnswerKind,
    Do,
    Expectation,
    HangUp,
    Listen,
    Say,
    Segment,
    Transfer,
)
from voicebot.dialogue.flow.phrases import ANSWER
from voicebot.dialogue.flow.plan import (
    RETURN,
    AskState,
    BranchState,
    CallState,
    ComputeState,
    DoState,
    EndState,
    HandOverState,
    Plan,
    SayState,
    SetState,
)
from voicebot.dialogue.flow.text import Text, plain, render
from voicebot.dialogue.state import MachineState, Mode, Phase
from voicebot.dialogue.understanding import Gazetteer
from voicebot.errors import DialogueError
from voicebot.outcome import CallOutcome

Functions = Mapping[str, Callable[[Mapping[str, str]], Mapping[str, str]]]
"""A service's pure code: name → slots in, slots out."""

_MOST_STATES = 200
"""States passed without waiting; validation excludes endless loops, so more is a fault of the plan."""


class Step:
    """Gathers what is said and done, and the new state; the machine's own state is not touched.

    Args:
        plan: The flow.
        functions: The service's pure code.
        state: Where the conversation stands.
        now: Monotonic seconds.
        gazetteer: The city's names of places.
    """

    def __init__(
        self,
        plan: Plan,
        functions: Functions,
        state: MachineState,
        now: float,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        self.plan = plan
        self.state = state
        self.now = now
        self.gazetteer = gazetteer
        self.actions: list[Action] = []
        self._functions = functions
        self._pending: list[Segment] = []
        self._said: list[Segment] = []
        self._interruptible = True

    def change(self, **changes: Any) -> None:
        """Replace fields of the state."""
        self.state = self.state.changed(changes)

    def set_slots(self, values: Mapping[str, str]) -> None:
        """Give slots values."""
        self.change(slots={**self.state.slots, **values})

    @property
    def question(self) -> AskState:
        """The question that the citizen is listened to for."""
        state = self.plan.states[self.state.position]
        assert isinstance(state, AskState)  # the phase is LISTENING only in a question
        return state

    @property
    def listened_for(self) -> Expectation:
        """What the citizen was given the floor for."""
        expectation = self.state.expectation
        assert expectation is not None  # set with every LISTENING
        return expectation

    @property
    def today(self) -> date | None:
        """The day of the call, if it was told."""
        try:
            return date.fromisoformat(self.state.slots.get("today", ""))
        except ValueError:
            return None

    # --- speaking and listening -----------------------------------------------------------------------------

    def speak(self, text: Text, extra: Mapping[str, str] | None = None) -> None:
        """Add a text to what is said next."""
        self._pending += render(text, {**self.state.slots, **extra} if extra else self.state.slots)

    def phrase(self, name: str) -> None:
        """Add one of the machine's own phrases."""
        self.speak(self.plan.phrases[name])

    def say_again(self) -> None:
        """Add what was said last."""
        self._pending += self.state.last_said

    def say(self, interruptible: bool) -> None:
        """Speak what was gathered, as one prompt."""
        if not self._pending:
            return
        prompt_id = self.state.next_prompt_id
        self.actions.append(
            Say(
                prompt_id=prompt_id,
                segments=tuple(self._pending),
                interruptible=interruptible and self._interruptible,
                rate=self.state.rate,
            )
        )
        self._said += self._pending
        self._pending = []
        self._interruptible = True
        self.change(next_prompt_id=prompt_id + 1, last_said=tuple(self._said))

    def listen(self, mode: Mode, expectation: Expectation) -> None:
        """Speak what was gathered and give the citizen the floor."""
        self.say(interruptible=True)
        self.change(phase=Phase.LISTENING, mode=mode, expectation=expectation, deadline=None, work="")
        self.actions.append(Listen(expectation=expectation))

    # --- walking --------------------------------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Enter a state and walk on until something has to be waited for."""
        for _ in range(_MOST_STATES):
            if name == RETURN:
                *outer, name = self.state.returns
                self.change(returns=tuple(outer))
                continue
            state = self.plan.states[name]
            self.change(position=name)
            following = ""
            match state:
                case SayState():
                    following = self._say_state(state)
                case BranchState():
                    following = self._branch(state)
                case SetState():
                    slots = self.state.slots
                    self.set_slots({slot: plain(text, slots) for slot, text in state.values.items()})
                    following = state.next
                case ComputeState():
                    following = self._compute(state)
                case CallState():
                    self.change(returns=(*self.state.returns, state.next))
                    following = state.start
                case DoState():
                    following = self._do(state)
                case AskState():
                    self.ask(state)
                case HandOverState():
                    self._hand_over(state)
                case EndState():
                    self._end(state)
                case _:
                    assert_never(state)
            if not following:
                return
            name = following
        raise DialogueError(f"flow {self.plan.name}: {_MOST_STATES} states without a wait, last {name!r}")

    def go_everywhere(self, wish: str) -> None:
        """Follow a wish that leads out of any sub-flow."""
        self.leave_for(self.plan.everywhere[wish].to)

    def leave_for(self, name: str) -> None:
        """Enter a state of the main flow from wherever the conversation is."""
        self.change(returns=())
        self.go(name)

    def ask(self, state: AskState) -> None:
        """Put the question for the first time."""
        self.change(failures=0, silences=0, waiting=False, candidate="")
        self._interruptible = self._interruptible and state.interruptible
        proposed = self.state.slots.get(state.propose, "")
        if proposed:
            self.confirm(state, proposed)
            return
        self.speak(state.prompts[0])
        self.listen(Mode.ASKING, state.expectation)

    def confirm(self, state: AskState, value: str) -> None:
        """Read an answer back, and listen whether it is right."""
        self.change(candidate=value)
        label = state.expectation.choices[value][0] if value in state.expectation.choices else value
        text = state.read_backs.get(value) or state.read_backs["*"]
        self.speak(text, {ANSWER: label, state.slot: label})
        question = Expectation(
            kind=AnswerKind.YES_NO,
            question=text.question,
            polarity="fact",
            keys={"1": "yes", "2": "no"},
            silence_s=state.expectation.silence_s,
        )
        self.listen(Mode.CONFIRMING, question)

    def compute(self, function: str, more: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """What the service's code makes of the slots, and of what else it is told."""
        return self._functions[function]({**self.state.slots, **(more or {})})

    def _say_state(self, state: SayState) -> str:
        if not state.interruptible:
            self.say(interruptible=True)
            self.speak(state.text)
            self.say(interruptible=False)
        else:
            self.speak(state.text)
        return state.next

    def _branch(self, state: BranchState) -> str:
        for rule in state.rules:
            if rule.holds(self.state.slots):
                return rule.to
        return state.otherwise

    def _compute(self, state: ComputeState) -> str:
        derived = self.compute(state.function)
        self.set_slots({slot: derived.get(slot, "") for slot in state.sets})
        return state.next

    def _do(self, state: DoState) -> str:
        if state.text is not None:
            self.speak(state.text)
        slots = self.state.slots
        arguments = {name: plain(text, slots) for name, text in state.arguments.items()}
        work = Do(name=state.work, arguments={name: value for name, value in arguments.items() if value})
        if state.background:
            # what was gathered is said with what follows; the work begins at once
            self.actions.append(work)
            return state.next
        self.say(interruptible=False)
        self.actions.append(work)
        self.change(
            phase=Phase.WORKING, work=state.work, deadline=self.now + state.timeout_s, expectation=None
        )
        return ""

    def _hand_over(self, state: HandOverState) -> None:
        if state.text is not None:
            self.speak(state.text)
        self.say(interruptible=False)
        slots = {name: value for name, value in self.state.slots.items() if value}
        self.actions.append(Transfer(target=state.target, reason=state.reason, slots=slots))
        self.change(phase=Phase.TRANSFERRING, expectation=None, deadline=None)

    def _end(self, state: EndState) -> None:
        if state.text is not None:
            self.speak(state.text)
        self.say(interruptible=False)
        self.actions.append(HangUp(outcome=CallOutcome(result=state.result, reason=state.reason)))
        self.change(phase=Phase.ENDED, expectation=None, deadline=None)
