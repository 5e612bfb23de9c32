"""Plays a conversation against the dialogue machine as text: no audio, no asyncio, simulated time.

Theory of operation
    The player stands for the engine. After each event it performs what the machine asked for: prompts take
    as long as their syllables, work comes back as the conversation says, a transfer is taken or not; only
    then is it the citizen's turn. The first thing that is not as expected ends the play, since what
    follows it would only confuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from voicebot.dialogue.flow.plan import State
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.walk import Functions
from voicebot.outcome import CallOutcome, CallResult
from voicebot.services import Service
from voicebot.testing.conversation.expectation import problem_of_end, problem_of_turn
from voicebot.testing.conversation.format import Conversation, Turn, WorkResult
from voicebot.testing.conversation.transcript import Line, Speaker, transcript

_SECONDS_PER_CHARACTER = 0.2
"""About five syllables a second, the pace of the embedded voice; only order depends on it, not the result."""

_CITIZEN_GONE = CallOutcome(result=CallResult.HUNG_UP, reason="the citizen hung up")
"""What the engine records when the citizen hangs up before the flow's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a conversation."""

    name: str
    lines: tuple[Line, ...]
    problem: str
    """What went wrong; empty: nothing."""
    visited: frozenset[str]
    """States of the flow that it came through."""
    outcome: CallOutcome | None
    """``None``: the call was still going on after the last turn."""
    slots: Mapping[str, str]

    @property
    def report(self) -> str:
        """The whole conversation as text, with the problem where it came up."""
        return transcript(self.name, self.lines)


class _Visited(Mapping[str, State]):
    """The states of a plan; remembers which were entered."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> State:
        self.names.add(name)
        return self._states[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)


def play(service: Service, conversation: Conversation) -> Played:
    """Play one conversation.

    Args:
        service: The compiled flow with its pure code.
        conversation: The citizen's side and what is expected.
    """
    player = _Player(service, conversation)
    problem = player.play()
    if problem:
        player.note(Speaker.PROBLEM, problem)
    return Played(
        name=conversation.name,
        lines=tuple(player.lines),
        problem=problem,
        visited=frozenset(player.visited.names),
        outcome=player.outcome,
        slots=player.machine.snapshot().slots,
    )


class _Player:
    """The engine and the clock of one conversation."""

    def __init__(self, service: Service, conversation: Conversation) -> None:
        self.visited = _Visited(service.plan.states)
        plan = replace(service.plan, states=self.visited)
        self.machine = Machine(plan, _with(service.functions, conversation.computed), service.gazetteer)
        self.visited.names.clear()  # the machine looked at every state when it was made
        self.lines: list[Line] = []
        self.outcome: CallOutcome | None = None
        self.works: list[Do] = []
        self.targets: list[str] = []
        self.turn_text = ""
        """What the bot said since the citizen's last turn."""
        self._conversation = conversation
        self._write_report = service.write_report
        self._meanwhile = ""
        self._now = 0.0
        self._silence_s = 0.0

    def note(self, speaker: Speaker, text: str) -> None:
        """Add a line to the transcript."""
        self.lines.append(Line(at_s=self._now, speaker=speaker, text=text))

    def play(self) -> str:
        """Play to the end, or to the first problem, which is returned."""
        self._receive(CallStarted(variables=self._conversation.variables))
        problem = self._turns(self._conversation.turns)
        if problem:
            return problem
        report = self._report()
        said = [line.text for line in self.lines if line.speaker is Speaker.BOT]
        return problem_of_end(
            self._conversation.expect,
            outcome=self.outcome,
            slots=self.machine.snapshot().slots,
            works=self.works,
            targets=self.targets,
            said=said,
            report=report,
        )

    def _report(self) -> str:
        """What staff read of the call, once it is over; also a work, as the engine asks for it."""
        if self._write_report is None or self.outcome is None:
            return ""
        report = self._write_report(self.machine.snapshot().slots, self.outcome, tuple(self.works))
        self.works.append(Do(name="report", arguments={"level": report.level, "text": report.text}))
        for line in report.lines:
            self.note(Speaker.ENGINE, f"report: {line}")
        return report.text

    def _turns(self, turns: Sequence[Turn]) -> str:
        for turn in turns:
            problem = problem_of_turn(turn, self.turn_text)
            event = self._event(turn)
            if not problem and event is not None and self.outcome is not None:
                problem = "the call is over, but the citizen has more to do"
            if problem:
                if event is not None:
                    self.note(Speaker.PROBLEM, f"before the citizen's {_shown(event)}")
                return problem
            if event is not None:
                before = self.machine.snapshot()
                self._citizen(event, turn.after_s)
                if turn.taken_back:
                    self.machine.restore(before)
                    self.note(Speaker.ENGINE, "the turn is taken back")
            if self._meanwhile:
                return self._meanwhile
        return ""

    def _event(self, turn: Turn) -> Event | None:
        if turn.said is not None:
            return CitizenSaid(text=turn.said, confidence=turn.heard, choice_scores=turn.scores)
        if turn.keys is not None:
            return KeysPressed(keys=turn.keys)
        if turn.silent:
            return CitizenSilent(silent_s=self._silence_s)
        return CitizenHungUp() if turn.hang_up else None

    def _citizen(self, event: Event, after_s: float) -> None:
        self._now += self._silence_s if isinstance(event, CitizenSilent) else after_s
        self.note(Speaker.CITIZEN, _shown(event))
        self.turn_text = ""
        self._receive(event)
        if isinstance(event, CitizenHungUp):
            self._end(_CITIZEN_GONE)

    def _receive(self, event: Event) -> None:
        self._perform(self.machine.receive(event, self._now))

    # --- what the machine asks for ------------------------------------------------------------

    def _perform(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Say():
                    self._say(action)
                case Listen():
                    self._silence_s = action.expectation.silence_s
                case Do():
                    self._do(action)
                case Transfer():
                    self._transfer(action)
                case HangUp():
                    self._end(action.outcome)

    def _say(self, prompt: Say) -> None:
        self.note(Speaker.BOT, prompt.text)
        self.turn_text = f"{self.turn_text} {prompt.text}".strip()
        self._now += len(prompt.text) * _SECONDS_PER_CHARACTER / prompt.rate
        self._perform(self.machine.receive(PromptFinished(prompt_id=prompt.prompt_id), self._now))

    def _do(self, work: Do) -> None:
        self.works.append(work)
        told = ", ".join(f"{name}: {value}" for name, value in work.arguments.items())
        self.note(Speaker.ENGINE, f"do {work.name} {{{told}}}")
        result = self._conversation.works.get(work.name, WorkResult())
        if self.machine.snapshot().work != work.name:
            return  # in the background: the flow went on without it
        due = self._now + result.after_s
        self._meanwhile = self._turns(result.meanwhile) or self._meanwhile
        deadline = self.machine.next_deadline()
        if deadline is not None and deadline <= due:
            self._now = deadline
            self.note(Speaker.ENGINE, f"{work.name} has not answered in time")
            self._perform(self.machine.handle_timer(self._now))
        self._now = max(self._now, due)
        self._receive(WorkFinished(name=work.name, succeeded=not result.fails, result=result.gives))

    def _transfer(self, transfer: Transfer) -> None:
        outcomes = self._conversation.transfers
        taken = outcomes[min(len(self.targets), len(outcomes) - 1)] == "taken"
        self.targets.append(transfer.target)
        self.note(Speaker.ENGINE, f"transfer to {transfer.target} ({'taken' if taken else 'nobody there'})")
        if taken:
            self._end(CallOutcome(result=CallResult.HANDED_OVER, reason=transfer.reason))
        else:
            self._receive(TransferFailed(target=transfer.target, reason="nobody answered"))

    def _end(self, outcome: CallOutcome) -> None:
        if self.outcome is None:
            self.outcome = outcome
            self.note(Speaker.ENGINE, f"the call ends: {outcome.result} ({outcome.reason})")


def _with(functions: Functions, given: Mapping[str, Mapping[str, str]]) -> Functions:
    """The service's functions, some of which give these slots as well."""

    def also(name: str) -> Callable[[Mapping[str, str]], Mapping[str, str]]:
        return lambda slots: {**functions[name](slots), **given[name]}

    return {**functions, **{name: also(name) for name in given}}


def _shown(event: Event) -> str:
    match event:
        case CitizenSaid():
            heard = "" if event.confidence >= 0.9 else f" (heard at {event.confidence})"
            return f"“{event.text}”{heard}"
        case KeysPressed():
            return f"keys {event.keys}"
        case CitizenSilent():
            return f"silence of {event.silent_s:g} s"
        case _:
            return "hang-up"
