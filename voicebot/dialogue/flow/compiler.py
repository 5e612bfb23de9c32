"""Flow files → plan: files are read, checked against the schema, built, and then checked as a whole."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from voicebot.dialogue.flow import schema
from voicebot.dialogue.flow.checks import check_plan
from voicebot.dialogue.flow.phrases import DEFAULTS
from voicebot.dialogue.flow.plan import RETURN, Aside, Overheard, Plan, Reply, State, edges
from voicebot.dialogue.flow.problems import Problem
from voicebot.dialogue.flow.source import Path, Source, read_source
from voicebot.dialogue.flow.states import StateBuilder
from voicebot.dialogue.flow.text import Text, TextError, parse_text
from voicebot.dialogue.flow.validation import kind_of, no_function, unknown, validated


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """A plan, or ``None`` where mistakes leave none; and what was found, warnings included."""

    plan: Plan | None
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Places:
    """Where the states of the plan are written."""

    sources: dict[str, tuple[Source, str]] = field(default_factory=dict)
    """State's name in the plan → its file and its name there."""

    def problem(self, state: str, path: Path, message: str, *, warning: bool = False) -> None:
        """Note a mistake at a place in a state."""
        source, name = self.sources[state]
        source.problem(("states", name, *path), message, warning=warning)


def compile_flow(
    file: str,
    text: str,
    *,
    open_file: Callable[[str], str] | None = None,
    settings: Mapping[str, str] | None = None,
    functions: Collection[str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Compilation:
    """Compile a flow.

    Args:
        file: Its name, as problems shall show it; sub-flows are named relative to it.
        text: What it holds.
        open_file: Gives the text of a sub-flow's file; raises ``OSError`` where there is none.
        settings: Values for the flow's ``settings`` in this installation.
        functions: Names that ``compute`` may use; ``None`` does not check them.
        answers: Topic → words, from the service's data: overheard beside those of the flow.
    """
    return _Compiler(open_file, settings or {}, functions, answers or {}).compile(file, text)


class _Compiler:
    def __init__(
        self,
        open_file: Callable[[str], str] | None,
        settings: Mapping[str, str],
        functions: Collection[str] | None,
        answers: Mapping[str, str],
    ) -> None:
        self._answers = answers
        self._open_file = open_file
        self._given = settings
        self._functions = functions
        self._settings: dict[str, str] = {}
        self._variables: dict[str, str] = {}
        self._phrases: dict[str, Text] = {}
        self._human = ""
        self._sources: dict[str, Source] = {}
        self._starts: dict[str, str] = {}
        self._open_calls: list[str] = []
        self._states: dict[str, State] = {}
        self._places = Places()

    def compile(self, file: str, text: str) -> Compilation:
        source = self._sources[file] = read_source(file, text)
        spec = validated(source, source.data, schema.FlowSpec, ()) if source.data is not None else None
        if spec is None:
            return Compilation(plan=None, problems=self._problems())
        self._head(source, spec)
        everywhere = self._everywhere(source, spec)
        start = self._unit(file, source, spec, "")
        aside = self._aside(file, source, spec.aside)
        overheard = self._overheard(source, spec.overheard) if spec.overheard is not None else None
        self._check_targets(source, everywhere, overheard)
        if any(not problem.warning for problem in self._problems()):
            return Compilation(plan=None, problems=self._problems())
        plan = Plan(
            name=spec.flow,
            start=start,
            states=self._states,
            everywhere=everywhere,
            variables=self._variables,
            phrases=self._phrases,
            overheard=overheard,
            aside=aside,
        )
        check_plan(plan, self._places)
        problems = self._problems()
        good = all(problem.warning for problem in problems)
        return Compilation(plan=plan if good else None, problems=problems)

    def _problems(self) -> tuple[Problem, ...]:
        return tuple(sorted({problem for source in self._sources.values() for problem in source.problems}))

    # --- the head of the main flow --------------------------------------------------------------------------

    def _head(self, source: Source, spec: schema.FlowSpec) -> None:
        self._settings = {name: self._given.get(name, value) for name, value in spec.settings.items()}
        self._variables = dict(spec.variables)
        for name, words in (DEFAULTS | spec.phrases).items():
            if name not in DEFAULTS:
                source.problem(("phrases", name), unknown("phrase", name, DEFAULTS))
                continue
            try:
                self._phrases[name] = parse_text(words, self._settings)
            except TextError as error:
                source.problem(("phrases", name), str(error))
                self._phrases[name] = Text(source=words, parts=())

    def _everywhere(self, source: Source, spec: schema.FlowSpec) -> dict[str, Reply]:
        given = spec.everywhere
        if given is None:
            message = "'everywhere' is missing; say where human, silent, who, later, stop and danger lead"
            source.problem((), message)
            return {}
        self._human = given.human
        replies: dict[str, Reply] = {}
        for name in type(given).model_fields:
            value: str | schema.ReplySpec = getattr(given, name)
            if isinstance(value, str):
                replies[name] = Reply(to=value)
                continue
            replies[name] = self._reply(source, ("everywhere", name), value)
        return replies

    def _reply(self, source: Source, path: Path, spec: schema.ReplySpec) -> Reply:
        """A state to go to, or words; with a mistake, neither."""
        name = str(path[-1])
        if (spec.to is None) == (spec.say is None):
            source.problem(path, f"{name!r} needs either a state or 'say: WORDS'")
            return Reply()
        try:
            text = parse_text(spec.say, self._settings) if spec.say is not None else None
        except TextError as error:
            source.problem(path, str(error))
            return Reply()
        if text is not None and text.slots - set(self._variables):
            message = f"{name!r} may be asked before {', '.join(sorted(text.slots))} is known; use {{name?}}"
            source.problem(path, message)
        return Reply(to=spec.to or "", text=text)

    def _overheard(self, source: Source, spec: schema.OverheardSpec) -> Overheard:
        for key, name in (("by", spec.by), ("doubts", spec.doubts)):
            if self._functions is not None and name and name not in self._functions:
                source.problem(("overheard", key), unknown("function", name, self._functions))
        topics = {
            topic: self._reply(source, ("overheard", "topics", topic), reply)
            for topic, reply in spec.topics.items()
        }
        for topic, words in self._answers.items():
            if topic in topics:
                message = f"topic {topic!r} is also answered by the service's data; rename one of them"
                source.problem(("overheard", "topics", topic), message)
            answer = schema.ReplySpec(say=words)
            topics[topic] = self._reply(source, ("overheard", "topics", topic), answer)
        return Overheard(
            function=spec.by,
            sets=tuple(spec.sets),
            topics=topics,
            questions=frozenset(self._answers),
            doubts=spec.doubts,
        )

    # --- the states of one file -----------------------------------------------------------------------------

    def _unit(self, file: str, source: Source, spec: schema.FlowSpec, prefix: str) -> str:
        """Build the states of one file; returns the name of its first state."""
        builder = StateBuilder(
            source=source,
            prefix=prefix,
            settings=self._settings,
            phrases=self._phrases,
            human=self._human,
            functions=self._functions,
        )
        self._open_calls.append(file)
        if not spec.states:
            source.problem(("states",), "no states; add at least one")
        for name, data in spec.states.items():
            path: Path = ("states", name)
            if name == RETURN or "/" in name:
                source.problem(path, f"a state cannot be called {name!r}; choose another name")
                continue
            model = kind_of(source, data, path)
            state_spec = validated(source, data, model, path) if model is not None else None
            if state_spec is None:
                continue
            sub_start = ""
            if isinstance(state_spec, schema.CallSpec):
                sub_start = self._call(file, source, state_spec.call, (*path, "call"))
            state = builder.build(name, state_spec, sub_start)
            self._states[state.name] = state
            self._places.sources[state.name] = (source, name)
        if spec.start not in spec.states:
            source.problem(("start",), unknown("state", spec.start, spec.states))
        self._open_calls.pop()
        return prefix + spec.start

    def _call(self, caller: str, source: Source, name: str, path: Path) -> str:
        """Compile the sub-flow that is called, once; returns its first state, or nothing on a mistake."""
        file = posixpath.join(posixpath.dirname(caller), name)
        if file in self._open_calls:
            chain = " → ".join(
                posixpath.basename(each) for each in [*self._open_calls[self._open_calls.index(file) :], file]
            )
            source.problem(path, f"sub-flows call each other without end ({chain}); take one call out")
            return ""
        if file in self._starts:
            return self._starts[file]
        try:
            text = self._open_file(file) if self._open_file is not None else ""
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            source.problem(path, f"sub-flow {name!r} cannot be read ({reason}); name a file beside this one")
            return ""
        sub = self._sources[file] = read_source(file, text)
        spec = validated(sub, sub.data, schema.FlowSpec, ()) if sub.data is not None else None
        if spec is None:
            return ""
        for key in ("everywhere", "settings", "variables", "phrases", "aside"):
            if getattr(spec, key):
                sub.problem((key,), f"{key!r} belongs to the main flow; move it there")
        prefix = posixpath.splitext(posixpath.basename(name))[0] + "/"
        self._starts[file] = self._unit(file, sub, spec, prefix)
        return self._starts[file]

    def _aside(self, file: str, source: Source, spec: schema.AsideSpec | None) -> Aside | None:
        if spec is None:
            return None
        if self._functions is not None and spec.compute not in self._functions:
            source.problem(("aside", "compute"), no_function(spec.compute, self._functions))
        start = self._call(file, source, spec.call, ("aside", "call"))
        return Aside(function=spec.compute, sets=tuple(spec.sets), start=start)

    def _check_targets(
        self, source: Source, everywhere: Mapping[str, Reply], overheard: Overheard | None
    ) -> None:
        known = self._states
        written = _written_states(self._sources.values())
        for state in self._states.values():
            own, name = self._places.sources[state.name]
            prefix = state.name.removesuffix(name)
            for edge in edges(state):
                if edge.target == RETURN:
                    if not prefix:
                        message = "'return' leaves a sub-flow, and this is the main flow; use an end state"
                        own.problem(("states", name, *edge.path), message)
                elif edge.target and edge.target not in known:
                    shown = edge.target.removeprefix(prefix)
                    if shown not in written[own.file]:  # else it exists, but has mistakes of its own
                        message = unknown("state", shown, written[own.file])
                        own.problem(("states", name, *edge.path), message)
        replies: dict[Path, Reply] = {("everywhere", wish): reply for wish, reply in everywhere.items()}
        if overheard is not None:
            replies |= {("overheard", "topics", topic): reply for topic, reply in overheard.topics.items()}
        for path, reply in replies.items():
            if reply.to and reply.to not in known and reply.to not in written[source.file]:
                source.problem(path, unknown("state", reply.to, written[source.file]))


def _written_states(sources: Collection[Source]) -> dict[str, list[str]]:
    written: dict[str, list[str]] = {}
    for source in sources:
        states = source.data.get("states") if isinstance(source.data, dict) else None
        written[source.file] = list(states) if isinstance(states, dict) else []
    return written
