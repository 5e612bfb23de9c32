"""Templates of short messages, ours and the city's own, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.flow.problems import raise_errors
from voicebot.dialogue.flow.source import Source, read_source
from voicebot.messages.size import LONGEST_BYTES, size_bytes, unwritable

VARIABLES: Mapping[str, frozenset[str]] = {
    "pre_notice": frozenset({"city", "number", "purpose", "day"}),
    "missed_call": frozenset({"city", "number", "purpose"}),
    "case_received": frozenset({"city", "number", "case"}),
    "case_assigned": frozenset({"city", "number", "case"}),
    "case_in_progress": frozenset({"city", "number", "case"}),
    "case_transferred": frozenset({"city", "number", "case", "department"}),
    "case_extended": frozenset({"city", "number", "case", "day"}),
    "case_completed": frozenset({"city", "number", "case"}),
}
"""Template → what it may name."""

_KEYS = ("text", "code")
_MUST = "number"
"""Whoever gets a message must be able to ask the city whether it is real (civic domain, trust)."""
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One message with holes."""

    text: str
    code: str = ""
    """Under which it is registered with the carrier of 알림톡; empty: it goes as a short message."""

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its holes filled.

        Raises:
            KeyError: A value is missing.
        """
        return _NAMED.sub(lambda found: values[found[1]], self.text)


def parse_templates(file: str, text: str, known: Mapping[str, Template] | None = None) -> dict[str, Template]:
    """Read the text of a file of templates.

    Args:
        file: Its name, for messages.
        text: YAML: template → ``text`` and ``code``.
        known: Templates that this file takes the place of, where it names them.

    Raises:
        FlowError: It is wrong; one ``file:line: what; remedy`` a mistake.
    """
    source = read_source(file, text)
    templates = dict(known or {})
    if isinstance(source.data, dict):
        for name, entry in source.data.items():
            if name not in VARIABLES:
                source.problem((name,), f"there is no template {name!r}; there are {', '.join(VARIABLES)}")
                continue
            template = _template(source, name, entry)
            if template is not None:
                templates[name] = template
        for name in sorted(set(VARIABLES) - set(templates)) if not source.problems else ():
            source.problem((), f"template {name!r} is missing; add '{name}: {{text: …}}'")
    elif not source.problems:
        source.problem((), "not a file of templates; write 'NAME: {text: …}' a template")
    raise_errors(source.problems)
    return templates


def _template(source: Source, name: str, entry: Any) -> Template | None:
    mistakes = len(source.problems)
    if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
        source.problem((name,), "no message; write {text: …}")
        return None
    for key in entry:
        if key not in _KEYS:
            source.problem((name, key), f"unknown key {key!r}; there are {', '.join(_KEYS)}")
    text, code = entry["text"], entry.get("code", "")
    named = _NAMED.findall(text)
    for variable in sorted(set(named) - VARIABLES[name]):
        allowed = ", ".join(sorted(VARIABLES[name]))
        source.problem((name, "text"), f"{{{variable}}} is not known here; there are {allowed}")
    if _MUST not in named:
        source.problem((name, "text"), f"the city's number is missing; put {{{_MUST}}} into the text")
    if "{" in _NAMED.sub("", text) or "}" in _NAMED.sub("", text):
        source.problem((name, "text"), "a brace has no partner; write {name}")
    for sign in unwritable(text):
        source.problem((name, "text"), f"telephones cannot show {sign!r}; take it out")
    if size_bytes(_NAMED.sub("", text)) > LONGEST_BYTES:
        source.problem((name, "text"), f"longer than {LONGEST_BYTES} bytes; shorten it")
    if not isinstance(code, str):
        source.problem((name, "code"), "the code is no text; write code: TEXT")
    if len(source.problems) > mistakes:
        return None
    return Template(text=text, code=code)
