"""A flow as the machine walks it: typed, frozen, every target known to exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.flow.text import Text
from voicebot.outcome import CallResult

RETURN = "return"
"""The target that ends a sub-flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayState:
    """Speak and go on."""

    name: str
    text: Text
    interruptible: bool
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskState:
    """Put a question until it is answered, given up, or left for something else."""

    name: str
    slot: str
    expectation: Expectation
    prompts: tuple[Text, ...]
    """The question; from the second on, its wording after a failed try."""
    keys_prompt: Text
    """What is offered after two failed tries: the keys, or a person."""
    confirm: str
    """``always``, ``unsure`` or ``never``."""
    read_backs: Mapping[str, Text]
    """Answer value → how it is read back; ``*`` for any other."""
    interruptible: bool
    next: str
    answers: Mapping[str, str]
    unsure: str
    """Where "I don't know" leads; empty: it counts as a failed try."""
    failed: str
    on: Mapping[str, str]
    """Wish → state, where this question answers it in its own way; ``off``: not heard as a wish."""
    propose: str = ""
    """A slot whose value, once known, is read back instead of being asked for."""
    heard: str = ""
    """A slot that is told how the answer was heard: ``well`` or ``badly``."""
    own_question: str = ""
    """Where a question of the citizen's own leads when it was answered; empty: this question is put again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a branch: all of it must hold."""

    when: Mapping[str, frozenset[str]]
    known: frozenset[str]
    unknown: frozenset[str]
    to: str

    def holds(self, slots: Mapping[str, str]) -> bool:
        """Whether this line applies."""
        return (
            all(slots.get(name, "") in values for name, values in self.when.items())
            and all(slots.get(name) for name in self.known)
            and not any(slots.get(name) for name in self.unknown)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchState:
    """Choose the way by what is known."""

    name: str
    rules: tuple[Rule, ...]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """Give slots values."""

    name: str
    values: Mapping[str, Text]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeState:
    """Let the service's pure code derive slots from slots."""

    name: str
    function: str
    sets: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoState:
    """Have work done outside the conversation."""

    name: str
    work: str
    arguments: Mapping[str, Text]
    results: tuple[str, ...]
    text: Text | None
    background: bool
    """Whether the flow goes on without waiting for the result."""
    timeout_s: float
    next: str
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverState:
    """Bring the citizen to a person."""

    name: str
    target: str
    reason: str
    text: Text | None
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """Run a sub-flow, then go on."""

    name: str
    start: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndState:
    """Say the last words and hang up."""

    name: str
    result: CallResult
    reason: str
    text: Text | None


State = (
    SayState
    | AskState
    | BranchState
    | SetState
    | ComputeState
    | DoState
    | HandOverState
    | CallState
    | EndState
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a wish: a state to go to, or words before the question is put again."""

    to: str = ""
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is done about what is told beside an answer."""

    function: str
    """Of the service's code: slots, ``asked`` and ``said`` in; nothing out where nothing was told."""
    sets: tuple[str, ...]
    start: str
    """First state of the sub-flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """What the service's code hears in any answer before it is taken for one."""

    function: str
    """Given the slots, ``said``, ``asked`` (the question's slot) and ``minutes`` of the call; gives a
    ``topic`` or none, and slots."""
    sets: tuple[str, ...]
    topics: Mapping[str, Reply]
    questions: frozenset[str] = frozenset()
    """Topics that are questions of the citizen's own, answered from the service's data."""
    doubts: str = ""
    """Function: given the slots, ``said`` and ``asked``, gives ``doubted`` where words of danger stand in
    talk about something else; the danger is asked about then, not acted on at once. Empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole flow, its sub-flows included (their states are named ``file/state``)."""

    name: str
    start: str
    states: Mapping[str, State]
    everywhere: Mapping[str, Reply]
    """human, silent, who, later, stop, emergency, police, suicide."""
    variables: Mapping[str, str]
    """Name → value when ``CallStarted`` does not tell it."""
    phrases: Mapping[str, Text]
    aside: Aside | None = None
    overheard: Overheard | None = None

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What a wish or an overheard topic leads to, at any point."""
        topics = self.overheard.topics.values() if self.overheard is not None else ()
        return (*self.everywhere.values(), *topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One way out of a state."""

    label: str
    target: str
    path: tuple[str | int, ...]
    """Where in the state's YAML it is written."""


def edges(state: State) -> Iterator[Edge]:
    """Every way out of a state that its own lines name (not the wishes understood everywhere)."""
    match state:
        case SayState() | SetState() | ComputeState():
            yield Edge(label="", target=state.next, path=("next",))
        case AskState():
            for value, target in state.answers.items():
                yield Edge(label=value, target=target, path=("answers", value))
            if state.next:
                yield Edge(label="answered", target=state.next, path=("next",))
            if state.unsure:
                yield Edge(label="unsure", target=state.unsure, path=("unsure",))
            yield Edge(label="failed", target=state.failed, path=("failed",))
            for wish, target in state.on.items():
                if target != "off":
                    yield Edge(label=wish, target=target, path=("on", wish))
            if state.own_question:
                yield Edge(label="own question", target=state.own_question, path=("own_question",))
        case BranchState():
            for place, rule in enumerate(state.rules):
                yield Edge(label=rule_label(rule), target=rule.to, path=("branch", place, "to"))
            yield Edge(label="otherwise", target=state.otherwise, path=("otherwise",))
        case DoState():
            yield Edge(label="" if state.background else "done", target=state.next, path=("next",))
            if state.failed:
                yield Edge(label="failed", target=state.failed, path=("failed",))
        case HandOverState():
            if state.failed:  # else the file has a mistake, which is noted where it stands
                yield Edge(label="failed", target=state.failed, path=("failed",))
        case CallState():
            yield Edge(label="sub-flow", target=state.start, path=("call",))
            yield Edge(label="then", target=state.next, path=("next",))
        case EndState():
            return


def rule_label(rule: Rule) -> str:
    """A branch's line in words."""
    said = [f"{name} = {' or '.join(sorted(values))}" for name, values in rule.when.items()]
    said += [f"{name} known" for name in sorted(rule.known)]
    said += [f"{name} unknown" for name in sorted(rule.unknown)]
    return ", ".join(said)


def texts(state: State) -> tuple[Text, ...]:
    """Everything that a state may say."""
    match state:
        case SayState():
            return (state.text,)
        case AskState():
            return (*state.prompts, state.keys_prompt, *state.read_backs.values())
        case DoState() | HandOverState() | EndState():
            return (state.text,) if state.text else ()
        case _:
            return ()


def fixed_texts(plan: Plan) -> list[str]:
    """Every fixed prompt and carrier phrase, each once, in the flow's order: rendered at deploy."""
    phrases: dict[str, None] = {}
    replies = [reply.text for reply in plan.replies if reply.text is not None]
    for state in plan.states.values():
        for text in texts(state):
            phrases.update(dict.fromkeys(text.carriers))
    for text in (*plan.phrases.values(), *replies):
        phrases.update(dict.fromkeys(text.carriers))
    return list(phrases)
