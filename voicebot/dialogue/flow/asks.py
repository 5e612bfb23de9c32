"""An ``ask`` of the file → a question of the plan, with its answers, keys and confirmation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.flow import schema
from voicebot.dialogue.flow.phrases import ANSWER
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.flow.source import Path, Source
from voicebot.dialogue.flow.text import Text, parse_text

_DIGIT_ENTRY = {AnswerKind.PHONE: 11, AnswerKind.NUMBER: 4, AnswerKind.TEMPERATURE: 3, AnswerKind.DATE: 4}
_DIGIT_ENTRY |= {AnswerKind.TIME: 4}
"""Most keys of an entry: a mobile number, a count, 365 for 36.5 degrees, month and day."""


class AskBuilder:
    """Builds the questions of one file; mistakes go to its source.

    Args:
        source: The file.
        text: Parses a prompt, noting mistakes at a path.
        target: The plan's name of a state named in this file.
        phrases: The machine's own words, parsed.
        human: Where a question leads that could not be answered.
    """

    def __init__(
        self,
        *,
        source: Source,
        text: Callable[[str, Path], Text],
        target: Callable[[str | None], str],
        phrases: Mapping[str, Text],
        human: str,
    ) -> None:
        self._source = source
        self._text = text
        self._target = target
        self._phrases = phrases
        self._human = human

    def build(self, name: str, spec: schema.AskSpec, path: Path) -> AskState:
        """The question; ``path`` is its place in the file."""
        if spec.ask == ANSWER:
            self._source.problem((*path, "ask"), f"slot {ANSWER!r} is the machine's own; name it otherwise")
        prompts = tuple(
            self._text(prompt, (*path, "prompts", place)) for place, prompt in enumerate(spec.prompts)
        )
        self._check_answers(spec, path)
        keys = self._keys(spec, path)
        expectation = Expectation(
            kind=spec.expect,
            question=prompts[0].question,
            polarity=spec.polarity,
            choices={value: tuple(words) for value, words in spec.choices.items()},
            keys=keys,
            max_keys=spec.max_keys or _DIGIT_ENTRY.get(spec.expect, 1),
            silence_s=spec.silence_s,
        )
        if spec.keys_prompt is not None:
            keys_prompt = self._text(spec.keys_prompt, (*path, "keys_prompt"))
        else:
            keys_prompt = self._default_keys_prompt(expectation)
        return AskState(
            name=name,
            slot=spec.ask,
            expectation=expectation,
            prompts=prompts,
            keys_prompt=keys_prompt,
            confirm=spec.confirm or _default_confirmation(spec.expect),
            read_backs=self._read_backs(spec, path),
            interruptible=spec.interruptible,
            next=self._target(spec.next),
            answers={value: self._target(target) for value, target in spec.answers.items()},
            unsure=self._target(spec.unsure) if spec.unsure else "",
            failed=self._target(spec.failed) if spec.failed else self._human,
            on={
                wish: target if target == "off" else self._target(target) for wish, target in spec.on.items()
            },
            propose=spec.propose or "",
            heard=spec.heard or "",
            own_question=self._target(spec.own_question) if spec.own_question else "",
        )

    def _check_answers(self, spec: schema.AskSpec, path: Path) -> None:
        problem = self._source.problem
        closed = {AnswerKind.YES_NO: {"yes", "no"}, AnswerKind.CHOICE: set(spec.choices)}.get(spec.expect)
        if spec.expect is AnswerKind.CHOICE and len(spec.choices) < 2:
            problem(path, "a choice needs at least two 'choices'; map each value to the words that say it")
        if spec.expect is not AnswerKind.CHOICE and spec.choices:
            problem((*path, "choices"), "'choices' belong to 'expect: choice'; take them out")
        for value in spec.answers:
            if closed is None:
                problem(
                    (*path, "answers", value),
                    f"a {spec.expect} question has no fixed answers; use 'next' and a branch",
                )
            elif value not in closed:
                problem(
                    (*path, "answers", value),
                    f"{value!r} is no answer to this question; it has {', '.join(sorted(closed))}",
                )
        if spec.next is None and (closed is None or closed - set(spec.answers)):
            missing = ", ".join(sorted(closed - set(spec.answers))) if closed else "the answer"
            problem(path, f"nothing follows {missing}; add 'next' or 'answers'")
        said: dict[str, str] = {}
        for value, words in spec.choices.items():
            for word in words:
                first = said.setdefault(word.replace(" ", ""), value)
                if first != value:
                    problem(
                        (*path, "choices", value),
                        f"{word!r} already means {first!r}; give each word to one choice",
                    )
        for wish in spec.on:
            if wish not in schema.OVERRIDABLE:
                known = ", ".join(sorted(schema.OVERRIDABLE))
                problem((*path, "on", wish), f"{wish!r} cannot be answered otherwise here; possible: {known}")
        if spec.on.get("aside", "off") != "off":
            problem((*path, "on", "aside"), "an aside leads to no state; 'off' is all that it can be")

    def _keys(self, spec: schema.AskSpec, path: Path) -> dict[str, str]:
        problem = self._source.problem
        for key, value in spec.keys.items():
            place = (*path, "keys", key)
            if key == "0":
                problem(place, "key 0 always reaches a person; choose one of 1-9")
            elif key not in set("123456789"):
                problem(
                    place, f"key {key!r} cannot be mapped (* repeats, # ends an entry); choose one of 1-9"
                )
            elif spec.expect in _DIGIT_ENTRY:
                problem(place, f"keys are the digits of a {spec.expect} here; take the mapping out")
            elif spec.expect is AnswerKind.YES_NO and value not in ("yes", "no"):
                problem(place, f"key {key} means {value!r}, which is no answer; use yes or no")
            elif spec.expect is AnswerKind.CHOICE and value not in spec.choices:
                problem(place, f"key {key} means {value!r}, which is no choice; use one of 'choices'")
        if spec.keys:
            return dict(spec.keys)
        if spec.expect is AnswerKind.YES_NO:
            return {"1": "yes", "2": "no"}
        if spec.expect is AnswerKind.CHOICE:
            return {str(number): value for number, value in enumerate(list(spec.choices)[:9], start=1)}
        return {}

    def _default_keys_prompt(self, expectation: Expectation) -> Text:
        match expectation.kind:
            case AnswerKind.YES_NO:
                return self._phrases["keys_yes_no"]
            case AnswerKind.CHOICE:
                read = [
                    f"{expectation.choices[value][0]}, {key}번."
                    for key, value in expectation.keys.items()
                    if value in expectation.choices
                ]
                return parse_text(" ".join(read), {})
            case AnswerKind.PHONE | AnswerKind.NUMBER | AnswerKind.TEMPERATURE:
                return self._phrases["keys_digits"]
            case AnswerKind.DATE | AnswerKind.TIME:
                return self._phrases["keys_digits"]
            case AnswerKind.PLACE | AnswerKind.OPEN:
                return self._phrases["keys_person"]
            case _:
                assert_never(expectation.kind)

    def _read_backs(self, spec: schema.AskSpec, path: Path) -> dict[str, Text]:
        if spec.read_back is not None:
            return {"*": self._text(spec.read_back, (*path, "read_back"))}
        if spec.expect is AnswerKind.YES_NO:
            return {"yes": self._phrases["confirm_yes"], "no": self._phrases["confirm_no"]}
        return {"*": self._phrases["read_back_digits" if spec.expect is AnswerKind.PHONE else "read_back"]}


def _default_confirmation(kind: AnswerKind) -> str:
    """A story is not read back; a telephone number always is; else only what is unsure."""
    match kind:
        case AnswerKind.OPEN:
            return "never"
        case AnswerKind.PHONE:
            return "always"
        case _:
            return "unsure"
