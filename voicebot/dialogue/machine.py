"""The dialogue machine: events in, actions out, one frozen state between them.

Rules
    * ``receive`` handles one event to completion; what it returns is everything that is to happen now.
    * A prompt and what follows it come together: ``[Say, Listen]``, ``[Say, Do]``, ``[Say, Transfer]``,
      ``[Say, HangUp]``. Prompts are played in order; a ``Listen`` takes effect when the prompts before it
      may be interrupted; ``Transfer`` and ``HangUp`` wait until everything has been said.
    * An event that came too late (work that timed out, keys after the end) changes nothing. An event that
      cannot happen raises ``DialogueError`` and changes nothing.
    * No work is asked for twice: ``Do`` is left behind when its result, or its time-out, has come.

The table below is the whole of the machine's transitions; ``None`` marks what is ignored there, and a pair
that is missing is impossible.
"""

from __future__ import annotations

from collections.abc import Callable

from voicebot.dialogue.actions import Action, Expectation
from voicebot.dialogue.alarm import enter_danger, is_new
from voicebot.dialogue.asking import answered, keyed, silent
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
from voicebot.dialogue.flow.plan import ComputeState, DoState, HandOverState, Plan
from voicebot.dialogue.state import MachineState, Phase
from voicebot.dialogue.understanding import Gazetteer, detect_danger
from voicebot.dialogue.walk import Functions, Step
from voicebot.errors import DialogueError

__all__ = ["TRANSITIONS", "Machine", "MachineState"]

_Handler = Callable[[Step, Event], None]


def _start(step: Step, event: Event) -> None:
    assert isinstance(event, CallStarted)
    step.change(slots={**step.plan.variables, **event.variables}, started_at=step.now)
    step.go(step.plan.start)


def _answered(step: Step, event: Event) -> None:
    assert isinstance(event, CitizenSaid)
    answered(step, event)


def _keyed(step: Step, event: Event) -> None:
    assert isinstance(event, KeysPressed)
    keyed(step, event.keys)


def _silent(step: Step, event: Event) -> None:
    silent(step)


def _said_while_working(step: Step, event: Event) -> None:
    """Only danger is listened to while work is under way."""
    assert isinstance(event, CitizenSaid)
    danger = detect_danger(event.text)
    if danger is not None and is_new(step, danger):
        step.change(work="", deadline=None)
        enter_danger(step, danger, event.text)


def _keyed_while_working(step: Step, event: Event) -> None:
    assert isinstance(event, KeysPressed)
    if event.keys == "0":
        step.change(person_wanted=True)


def _worked(step: Step, event: Event) -> None:
    assert isinstance(event, WorkFinished)
    if event.name == step.state.work:
        _work_over(step, event)


def _work_over(step: Step, result: WorkFinished | None) -> None:
    """The awaited work succeeded, failed, or (``None``) took too long."""
    state = step.plan.states[step.state.position]
    assert isinstance(state, DoState)  # the phase is WORKING only in one
    wanted = step.state.person_wanted
    step.change(work="", deadline=None, person_wanted=False)
    succeeded = result is not None and result.succeeded
    if result is not None and succeeded:
        missing = [name for name in state.results if not result.result.get(name)]
        succeeded = not missing
        step.set_slots({name: result.result[name] for name in state.results if name not in missing})
    if wanted:
        step.go_everywhere("human")
    else:
        step.go(state.next if succeeded else state.failed)


def _nobody(step: Step, event: Event) -> None:
    state = step.plan.states[step.state.position]
    assert isinstance(state, HandOverState)  # the phase is TRANSFERRING only in one
    step.go(state.failed)


def _hung_up(step: Step, event: Event) -> None:
    step.change(phase=Phase.ENDED, expectation=None, deadline=None)


TRANSITIONS: dict[Phase, dict[type[Event], _Handler | None]] = {
    Phase.READY: {CallStarted: _start, CitizenHungUp: _hung_up},
    Phase.LISTENING: {
        CitizenSaid: _answered,
        CitizenSilent: _silent,
        KeysPressed: _keyed,
        PromptFinished: None,
        WorkFinished: None,
        TransferFailed: None,
        CitizenHungUp: _hung_up,
    },
    Phase.WORKING: {
        CitizenSaid: _said_while_working,
        CitizenSilent: None,
        KeysPressed: _keyed_while_working,
        PromptFinished: None,
        WorkFinished: _worked,
        TransferFailed: None,
        CitizenHungUp: _hung_up,
    },
    Phase.TRANSFERRING: {
        CitizenSaid: None,
        CitizenSilent: None,
        KeysPressed: None,
        PromptFinished: None,
        WorkFinished: None,
        TransferFailed: _nobody,
        CitizenHungUp: _hung_up,
    },
    Phase.ENDED: {
        CitizenSaid: None,
        CitizenSilent: None,
        KeysPressed: None,
        PromptFinished: None,
        WorkFinished: None,
        TransferFailed: None,
        CitizenHungUp: None,
    },
}


class Machine:
    """One conversation.

    Args:
        plan: The flow.
        functions: The service's pure code, for the flow's ``compute`` states and what it overhears.
        gazetteer: The city's names of places.

    Raises:
        DialogueError: The flow computes with a function that is not given.
    """

    __slots__ = ("_functions", "_gazetteer", "_plan", "_state")

    def __init__(
        self, plan: Plan, functions: Functions | None = None, gazetteer: Gazetteer | None = None
    ) -> None:
        self._plan = plan
        self._functions: Functions = functions or {}
        self._gazetteer = gazetteer
        self._state = MachineState()
        needed = [state.function for state in plan.states.values() if isinstance(state, ComputeState)]
        if plan.overheard is not None:
            needed += filter(None, (plan.overheard.function, plan.overheard.doubts))
        needed += [plan.aside.function] if plan.aside is not None else []
        for name in needed:
            if name not in self._functions:
                raise DialogueError(f"flow {plan.name}: no function {name!r}; give it to Machine")

    def receive(self, event: Event, now: float) -> list[Action]:
        """Say what is to happen now.

        Args:
            event: What happened.
            now: Monotonic seconds.

        Raises:
            DialogueError: The event cannot happen at this point; nothing has changed.
        """
        state = self._state
        handlers = TRANSITIONS[state.phase]
        if type(event) not in handlers:
            raise DialogueError(f"{type(event).__name__} cannot come while the call is {state.phase}")
        if isinstance(event, PromptFinished) and event.prompt_id >= state.next_prompt_id:
            raise DialogueError(
                f"prompt {event.prompt_id} ended, but the last one said was {state.next_prompt_id - 1}"
            )
        handler = handlers[type(event)]
        if handler is None:
            return []
        step = Step(self._plan, self._functions, state, now, self._gazetteer)
        handler(step, event)
        self._state = step.state
        return step.actions

    def next_deadline(self) -> float | None:
        """When ``handle_timer`` is due, in monotonic seconds."""
        return self._state.deadline

    def handle_timer(self, now: float) -> list[Action]:
        """Take the failure branch of work that has not answered in time."""
        deadline = self._state.deadline
        if deadline is None or now < deadline:
            return []
        step = Step(self._plan, self._functions, self._state, now, self._gazetteer)
        _work_over(step, None)
        self._state = step.state
        return step.actions

    def snapshot(self) -> MachineState:
        """Where the conversation stands now."""
        return self._state

    def restore(self, state: MachineState) -> None:
        """Go back to an earlier point; prompt ids are not used again."""
        prompt_id = max(state.next_prompt_id, self._state.next_prompt_id)
        self._state = state.changed({"next_prompt_id": prompt_id})

    @property
    def expectation(self) -> Expectation | None:
        """What is listened for now."""
        return self._state.expectation

    @property
    def ended(self) -> bool:
        """Whether nothing more will be said or done."""
        return self._state.phase is Phase.ENDED
