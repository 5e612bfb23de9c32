"""One state of the file → one state of the plan, with everything that can be told of it alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import BaseModel

from voicebot.dialogue.flow import schema
from voicebot.dialogue.flow.asks import AskBuilder
from voicebot.dialogue.flow.plan import (
    RETURN,
    BranchState,
    CallState,
    ComputeState,
    DoState,
    EndState,
    HandOverState,
    Rule,
    SayState,
    SetState,
    State,
)
from voicebot.dialogue.flow.source import Path, Source
from voicebot.dialogue.flow.text import Text, TextError, parse_text
from voicebot.dialogue.flow.validation import no_function


class StateBuilder:
    """Builds the states of one file; mistakes go to its source.

    Args:
        source: The file.
        prefix: Put before the names of a sub-flow's states; empty for the main flow.
        settings: Slots that are fixed text in this installation.
        phrases: The machine's own words, parsed.
        human: Where a question leads that could not be answered.
        functions: Known pure functions, or ``None`` when they are not known here.
    """

    def __init__(
        self,
        *,
        source: Source,
        prefix: str,
        settings: Mapping[str, str],
        phrases: Mapping[str, Text],
        human: str,
        functions: Collection[str] | None,
    ) -> None:
        self._source = source
        self._prefix = prefix
        self._settings = settings
        self._functions = functions
        self._asks = AskBuilder(
            source=source, text=self.text, target=self._target, phrases=phrases, human=human
        )

    def build(self, name: str, spec: BaseModel, sub_start: str) -> State:
        """The state; ``sub_start`` is the first state of the sub-flow that a ``call`` names."""
        full = self._prefix + name
        path: Path = ("states", name)
        match spec:
            case schema.SaySpec():
                return SayState(
                    name=full,
                    text=self.text(spec.say, (*path, "say")),
                    interruptible=spec.interruptible,
                    next=self._target(spec.next),
                )
            case schema.AskSpec():
                return self._asks.build(full, spec, path)
            case schema.BranchSpec():
                rules = tuple(self._rule(rule) for rule in spec.branch)
                return BranchState(name=full, rules=rules, otherwise=self._target(spec.otherwise))
            case schema.SetSpec():
                values = self._texts(spec.set, (*path, "set"))
                return SetState(name=full, values=values, next=self._target(spec.next))
            case schema.ComputeSpec():
                return self._compute(full, spec, path)
            case schema.DoSpec():
                return self._do(full, spec, path)
            case schema.HandOverSpec():
                return self._hand_over(full, spec, path)
            case schema.CallSpec():
                return CallState(name=full, start=sub_start, next=self._target(spec.next))
            case schema.EndSpec():
                text = self._maybe(spec.say, (*path, "say"))
                return EndState(name=full, result=spec.end, reason=spec.reason or name, text=text)
            case _:
                raise AssertionError(f"no builder for {type(spec).__name__}")  # KINDS is complete

    def text(self, source: str, path: Path) -> Text:
        """Parse a prompt; a mistake is noted at ``path``."""
        try:
            parsed = parse_text(source, self._settings)
        except TextError as error:
            self._source.problem(path, str(error))
            return Text(source=source, parts=())
        if not parsed.parts:
            self._source.problem(path, "the prompt is empty; write what is said")
        return parsed

    def _maybe(self, source: str | None, path: Path) -> Text | None:
        return None if source is None else self.text(source, path)

    def _texts(self, given: Mapping[str, str], path: Path) -> dict[str, Text]:
        """Values of arguments and slots; these may be empty."""
        return {
            name: self.text(value, (*path, name)) if value else Text(source="", parts=())
            for name, value in given.items()
        }

    def _target(self, name: str | None) -> str:
        if not name:
            return ""
        return name if name == RETURN else self._prefix + name

    def _rule(self, spec: schema.RuleSpec) -> Rule:
        return Rule(
            when={name: frozenset(values) for name, values in spec.when.items()},
            known=frozenset(spec.known),
            unknown=frozenset(spec.unknown),
            to=self._target(spec.to),
        )

    def _compute(self, name: str, spec: schema.ComputeSpec, path: Path) -> ComputeState:
        if self._functions is not None and spec.compute not in self._functions:
            self._source.problem((*path, "compute"), no_function(spec.compute, self._functions))
        return ComputeState(
            name=name, function=spec.compute, sets=tuple(spec.sets), next=self._target(spec.next)
        )

    def _do(self, name: str, spec: schema.DoSpec, path: Path) -> DoState:
        if not spec.background and spec.failed is None:
            message = f"work {spec.do!r} has no 'failed'; say where the flow goes when the work fails"
            self._source.problem(path, message)
        if spec.background and (spec.failed or spec.results):
            message = "background work gives no result to wait for; take 'failed' and 'results' out"
            self._source.problem((*path, "background"), message)
        return DoState(
            name=name,
            work=spec.do,
            arguments=self._texts(spec.arguments, (*path, "arguments")),
            results=tuple(spec.results),
            text=self._maybe(spec.say, (*path, "say")),
            background=spec.background,
            timeout_s=spec.timeout_s,
            next=self._target(spec.next),
            failed=self._target(spec.failed) if spec.failed else "",
        )

    def _hand_over(self, name: str, spec: schema.HandOverSpec, path: Path) -> HandOverState:
        if not spec.failed:
            message = "hand_over has no 'failed'; say where the flow goes when nobody answers"
            self._source.problem(path, message)
        target = self._settings.get(spec.hand_over.strip("{}"), spec.hand_over)
        return HandOverState(
            name=name,
            target=target,
            reason=spec.reason,
            text=self._maybe(spec.say, (*path, "say")),
            failed=self._target(spec.failed) if spec.failed else "",
        )
