"""Which questions a complaint of a type leads to: data beside this file, checked when it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.flow.problems import raise_errors
from voicebot.dialogue.flow.source import Source, read_source
from voicebot.dialogue.flow.validation import unknown

QUESTIONS = ("place", "hurt", "since", "ongoing", "plate", "on_road", "animal", "line", "spread")
"""Each is a slot, and a state ``ask_NAME`` of the flow."""

_KEYS = ("called", "ask", "urgent_if")


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is asked about one type."""

    called: str
    """The type as the bot names it."""
    ask: tuple[str, ...]
    urgent_if: tuple[str, ...] = ()
    """Words of which one must be told for the type's urgency to hold; none: it always holds."""

    def is_urgent(self, story: str) -> bool:
        """Whether the story bears out the urgency of its type."""
        compact = story.replace(" ", "")
        return not self.urgent_if or any(word in compact for word in self.urgent_if)


def parse_questions(file: str, text: str, types: Collection[str]) -> dict[str, Questions]:
    """Read the text of a questions file.

    Args:
        file: Its name, for messages.
        text: YAML: code of a type → ``called``, ``ask`` and perhaps ``urgent_if``.
        types: Codes that need questions.

    Raises:
        FlowError: It is wrong; one ``file:line: what; remedy`` a mistake.
    """
    source = read_source(file, text)
    found: dict[str, Questions] = {}
    if isinstance(source.data, dict):
        for code, entry in source.data.items():
            if code not in types:
                source.problem((code,), unknown("type", code, types))
            elif _is_good(source, code, entry):
                found[code] = Questions(
                    called=entry["called"],
                    ask=tuple(entry["ask"]),
                    urgent_if=tuple(word.replace(" ", "") for word in entry.get("urgent_if", ())),
                )
        for code in sorted(set(types) - set(source.data)):
            source.problem(
                (), f"type {code!r} has no questions; add a line '{code}: {{called: …, ask: […]}}'"
            )
    elif not source.problems:
        source.problem((), "not a questions file; write 'TYPE: {called: …, ask: […]}' a line")
    raise_errors(source.problems)
    return found


def _is_good(source: Source, code: str, entry: Any) -> bool:
    before = len(source.problems)
    if not isinstance(entry, Mapping):
        source.problem((code,), "no questions; write {called: …, ask: […]}")
        return False
    for key in entry:
        if key not in _KEYS:
            source.problem((code, key), unknown("key", key, _KEYS))
    called = entry.get("called")
    if not isinstance(called, str) or not called:
        source.problem((code, "called"), "'called' is missing; write how the bot names the type")
    asked = entry.get("ask")
    if not isinstance(asked, list):
        source.problem((code, "ask"), f"'ask' must be a list; write some of {', '.join(QUESTIONS)}")
        asked = []
    for place, name in enumerate(asked):
        if name not in QUESTIONS:
            source.problem((code, "ask", place), unknown("question", str(name), QUESTIONS))
        elif name in asked[:place]:
            source.problem((code, "ask", place), f"{name!r} is asked twice; keep one")
    words = entry.get("urgent_if", [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        source.problem((code, "urgent_if"), "'urgent_if' must be a list of words; write [word, word]")
    return len(source.problems) == before
