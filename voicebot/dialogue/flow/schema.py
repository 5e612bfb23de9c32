"""What a flow file may hold, checked by pydantic; graph and texts are checked by the compiler."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from voicebot.dialogue.actions import AnswerKind
from voicebot.outcome import CallResult


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_many), Field(min_length=1)]
"""One word or a list of them."""


Target = Annotated[str, Field(min_length=1)]
"""A state's name; nothing after the colon is a mistake, not an end."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaySpec(_Model):
    """``say: TEXT``."""

    say: str
    interruptible: bool = True
    next: Target


class AskSpec(_Model):
    """``ask: SLOT``."""

    ask: str
    expect: AnswerKind
    prompts: Words
    polarity: Literal["fact", "symptom", "offer", "consent", ""] = ""
    choices: dict[str, Words] = {}
    keys: dict[str, str] = {}
    max_keys: Annotated[int, Field(ge=1, le=20)] | None = None
    keys_prompt: str | None = None
    confirm: Literal["always", "unsure", "never"] | None = None
    read_back: str | None = None
    propose: str | None = None
    heard: str | None = None
    next: Target | None = None
    answers: dict[str, str] = {}
    unsure: Target | None = None
    failed: Target | None = None
    silence_s: Annotated[float, Field(ge=1.0, le=60.0)] = 6.0
    on: dict[str, str] = {}
    own_question: Target | None = None
    interruptible: bool = True


class RuleSpec(_Model):
    """One line of a ``branch``."""

    when: dict[str, Words] = {}
    known: Annotated[list[str], BeforeValidator(_many)] = []
    unknown: Annotated[list[str], BeforeValidator(_many)] = []
    to: Target


class BranchSpec(_Model):
    """``branch: [RULE, …]``."""

    branch: Annotated[list[RuleSpec], Field(min_length=1)]
    otherwise: Target


class SetSpec(_Model):
    """``set: {SLOT: TEXT}``."""

    set: Annotated[dict[str, str], Field(min_length=1)]
    next: Target


class ComputeSpec(_Model):
    """``compute: FUNCTION`` of the service's pure code."""

    compute: str
    sets: Words
    next: Target


class DoSpec(_Model):
    """``do: WORK``."""

    do: str
    arguments: dict[str, str] = {}
    results: Annotated[list[str], BeforeValidator(_many)] = []
    say: str | None = None
    background: bool = False
    timeout_s: Annotated[float, Field(ge=1.0, le=120.0)] = 15.0
    next: Target
    failed: Target | None = None


class HandOverSpec(_Model):
    """``hand_over: TARGET``."""

    hand_over: str
    reason: str
    say: str | None = None
    failed: Target | None = None


class CallSpec(_Model):
    """``call: FILE``, a sub-flow."""

    call: str
    next: Target


class EndSpec(_Model):
    """``end: RESULT``."""

    end: CallResult
    reason: str = ""
    say: str | None = None


KINDS: dict[str, type[_Model]] = {
    "ask": AskSpec,
    "branch": BranchSpec,
    "set": SetSpec,
    "compute": ComputeSpec,
    "do": DoSpec,
    "hand_over": HandOverSpec,
    "call": CallSpec,
    "end": EndSpec,
    "say": SaySpec,
}
"""The key that makes a state what it is; ``say`` comes last, since do, hand_over and end may also speak."""


def _reply(value: Any) -> Any:
    return {"to": value} if isinstance(value, str) else value


class ReplySpec(_Model):
    """Where a wish leads (``to``), or what is said before the question is put again (``say``)."""

    to: Target | None = None
    say: str | None = None


Reply = Annotated[ReplySpec, BeforeValidator(_reply)]


class EverywhereSpec(_Model):
    """What is understood at any point, and where it leads."""

    human: Target
    silent: Target
    who: Reply
    later: Reply
    stop: Reply
    emergency: Target
    police: Target
    suicide: Target


class OverheardSpec(_Model):
    """What the service's code listens for in every answer, and what follows from it."""

    by: str
    doubts: str = ""
    sets: Annotated[list[str], BeforeValidator(_many)] = []
    topics: dict[str, Reply] = {}


class AsideSpec(_Model):
    """What is told beside the answer to a question."""

    compute: str
    sets: Words
    call: Target


class FlowSpec(_Model):
    """A whole file; ``everywhere`` is the main flow's alone."""

    flow: str
    start: Target
    settings: dict[str, str] = {}
    variables: dict[str, str] = {}
    phrases: dict[str, str] = {}
    everywhere: EverywhereSpec | None = None
    overheard: OverheardSpec | None = None
    aside: AsideSpec | None = None
    states: dict[str, Any]


OVERRIDABLE = frozenset({"human", "silent", "who", "later", "stop", "wait", "aside"})
"""Wishes that a question may answer in its own way (``on:``); danger is never one of them."""
