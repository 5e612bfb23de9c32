"""A city's own names of places, by which misheard ones are put right: 효자동, 시청 사거리, 중앙시장.

The file is YAML: kinds of names (``districts``, ``roads``, ``landmarks``) with lists; a name may carry the
other ways to say it as ``name: [way, way]``. A city replaces the file with its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.dialogue.flow.problems import raise_errors
from voicebot.dialogue.flow.source import Path, Source, read_source
from voicebot.dialogue.understanding.jamo import similarity

KINDS = ("districts", "roads", "landmarks")

NEAR_NAME = 0.78
"""Least similarity by sound at which a word is taken for a name: one wrong vowel or final in two syllables.
Nearer than one plain wrong sound in three syllables (8 jamo), so that 서신동 and 서선동 meet, 서신동 and
효신동 do not (tests/dialogue/understanding)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Names of places: every way to say one (without spaces) → the name."""

    names: Mapping[str, str] = field(default_factory=dict)

    def nearest(self, word: str) -> tuple[str, float]:
        """The name that sounds most like the word, and how alike (1 = the same); ``("", 0.0)`` if none.

        Two names that are equally near are none: a wrong place is worse than the citizen's own words.
        """
        known = self.names.get(word)
        if known is not None:
            return known, 1.0
        best, best_score, tied = "", 0.0, False
        if len(word) < 3:  # 효동 and 교동 are one sound apart and both may be there
            return best, best_score
        for form, name in self.names.items():
            if abs(len(form) - len(word)) > 1 or form[-1] != word[-1]:
                continue
            score = similarity(word, form)
            if score > best_score:
                best, best_score, tied = name, score, False
            elif score == best_score and name != best:
                tied = True
        return (best, best_score) if best_score >= NEAR_NAME and not tied else ("", 0.0)


def parse_gazetteer(file: str, text: str) -> Gazetteer:
    """Read the text of a gazetteer file.

    Args:
        file: Its name, for messages.
        text: YAML.

    Raises:
        FlowError: It is wrong; one ``file:line: what; remedy`` a mistake.
    """
    source = read_source(file, text)
    names: dict[str, str] = {}
    if not source.problems:
        if not isinstance(source.data, dict):
            source.problem((), f"not a gazetteer; begin it with one of {', '.join(KINDS)}")
        else:
            for kind, listed in source.data.items():
                _read_kind(source, kind, listed, names)
    raise_errors(source.problems)
    return Gazetteer(names=names)


def _read_kind(source: Source, kind: str, listed: Any, names: dict[str, str]) -> None:
    if kind not in KINDS:
        source.problem((kind,), f"unknown kind {kind!r}; use {', '.join(KINDS)}")
        return
    if not isinstance(listed, list):
        source.problem((kind,), f"{kind} must be a list; write one name a line after '- '")
        return
    for place, item in enumerate(listed):
        path: Path = (kind, place)
        match item:
            case str():
                _add(source, path, item, item, names)
            case dict():
                for name, ways in item.items():
                    _add(source, path, name, name, names)
                    if not isinstance(ways, list):
                        source.problem(path, f"other ways to say {name!r} must be a list; write [way, way]")
                        continue
                    for way in ways:
                        _add(source, path, str(way), name, names)
            case _:
                source.problem(path, "not a name; write a text, or name: [way, way]")


def _add(source: Source, path: Path, form: str, name: str, names: dict[str, str]) -> None:
    compact = form.replace(" ", "")
    if len(compact) < 2:
        source.problem(path, f"{form!r} is too short for a name; write at least two syllables")
    elif compact in names and names[compact] != name:
        source.problem(path, f"{form!r} already means {names[compact]!r}; keep one of them")
    else:
        names[compact] = name
