"""Labelled utterances: what citizens say, by type of complaint and by idea.

A file has lines of four kinds: ``@code`` begins a type, ``= idea`` begins a group of utterances that share
one idea (evaluation holds out whole groups), ``# …`` is a comment, and any other line is an utterance.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from voicebot.errors import FlowError


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One utterance with its type."""

    said: str
    code: str
    group: str
    """``code/idea``."""


def parse_examples(text: str, source: str, codes: Collection[str]) -> list[Example]:
    """The utterances of one file.

    Args:
        text: The file.
        source: Its name, for messages.
        codes: The types there are.

    Raises:
        FlowError: An unknown type, an utterance before a type or an idea, or one that comes twice.
    """
    examples: list[Example] = []
    code = idea = ""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        where = f"{source}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            code, idea = line[1:].strip(), ""
            if code not in codes:
                raise FlowError(f"{where}: unknown type {code!r}; take a code of complaint_types.csv")
        elif line.startswith("="):
            idea = line[1:].strip()
            if not code or not idea:
                raise FlowError(f"{where}: write '= idea' with a name, after an '@code' line")
        elif not code or not idea:
            raise FlowError(f"{where}: begin with '@code' and '= idea' before the first utterance")
        elif line in seen:
            raise FlowError(f"{where}: the same as line {seen[line]}; keep one of them")
        else:
            seen[line] = number
            examples.append(Example(said=line, code=code, group=f"{code}/{idea}"))
    return examples
