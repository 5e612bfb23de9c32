"""Conditions as they are written in a rule file.

::

    {basic_livelihood: [생계, 의료]}            receives at least one of these allowances
    {disability: severe, near_poor: true}       all of it must hold
    {age: {at_least: 65}}                       whole numbers; also at_most
    {any: [{…}, {…}]}   {all: [{…}, {…}]}   {not: {…}}
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from voicebot.dialogue.flow.source import Path, Source
from voicebot.services.welfare.conditions import Condition, Every, Not, Some, Test
from voicebot.services.welfare.profile import DOMAINS, EVERYTHING, LIVELIHOOD_KINDS, Value, allowed, mask

_JOINERS = ("any", "all", "not")
_MOST_NESTED = 8
"""A condition deeper than this cannot be read by the people who keep the file."""


def read_condition(source: Source, place: Path, written: Any) -> Condition:
    """The typed condition; mistakes are noted in the source.

    Args:
        source: The file, for its lines.
        place: Where the condition stands in it.
        written: The plain data there.
    """
    condition = _mapping(source, place, written, 0)
    _check_possible(source, place, condition)
    return condition


def _mapping(source: Source, place: Path, written: Any, depth: int) -> Condition:
    if not isinstance(written, dict) or depth > _MOST_NESTED:
        source.problem(place, "a condition must be KEY: VALUE, any: […], all: […] or not: {…}")
        return Every()
    parts = [_entry(source, (*place, key), key, value, depth) for key, value in written.items()]
    return parts[0] if len(parts) == 1 else Every(parts=tuple(parts))


def _entry(source: Source, place: Path, key: str, value: Any, depth: int) -> Condition:
    if key == "not":
        return Not(part=_mapping(source, place, value, depth + 1))
    if key in ("any", "all"):
        if not isinstance(value, list) or not value:
            source.problem(place, f"{key} needs a list of conditions, each {{KEY: VALUE}}")
            return Every()
        parts = tuple(
            _mapping(source, (*place, number), part, depth + 1) for number, part in enumerate(value)
        )
        return Some(parts=parts) if key == "any" else Every(parts=parts)
    if key not in DOMAINS:
        near = get_close_matches(key, [*DOMAINS, *_JOINERS], n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"use {', '.join(DOMAINS)}, any, all or not"
        source.problem(place, f"unknown key {key!r}; {remedy}")
        return Every()
    accepted = _values(source, place, key, value)
    return Test(key=key, accepted=mask(key, accepted))


def _values(source: Source, place: Path, key: str, value: Any) -> list[Value]:
    """The values of the key's domain that are meant."""
    domain = DOMAINS[key]
    if isinstance(value, dict):
        return _numbers(source, place, key, value)
    written = value if isinstance(value, list) else [value]
    if key == "basic_livelihood":
        if wrong := [each for each in written if each not in LIVELIHOOD_KINDS]:
            source.problem(place, f"{key} cannot be {wrong[0]!r}; give {', '.join(LIVELIHOOD_KINDS)}")
        return [kinds for kinds in domain if isinstance(kinds, frozenset) and kinds & set(map(str, written))]
    named = {str(each).lower() if isinstance(each, bool) else str(each): each for each in domain}
    for each in written:
        if str(each) not in named:
            source.problem(place, f"{key} cannot be {each!r}; give {allowed(key)}")
    return [named[str(each)] for each in written if str(each) in named]


def _numbers(source: Source, place: Path, key: str, limits: dict[str, Any]) -> list[Value]:
    """The numbers between ``at_least`` and ``at_most``."""
    numbers = [each for each in DOMAINS[key] if isinstance(each, int) and not isinstance(each, bool)]
    bounds = {"at_least": numbers[0], "at_most": numbers[-1]} if numbers else {}
    for name, limit in limits.items():
        if name not in bounds or not str(limit).isdecimal():
            source.problem(place, f"{key}: {name}: {limit} is no limit; give {allowed(key)}")
            return list(DOMAINS[key])
        bounds[name] = int(limit)
    return [each for each in numbers if bounds["at_least"] <= each <= bounds["at_most"]] if bounds else []


def _check_possible(source: Source, place: Path, condition: Condition) -> None:
    """Refuse what no profile, or every profile, fulfils."""
    match condition:
        case Test():
            if not condition.accepted:
                source.problem(place, f"can never hold: {condition.key} has no such value; widen the limits")
            elif condition.accepted == EVERYTHING[condition.key]:
                source.problem(place, f"always holds: {condition.key} has no other value; leave it out")
        case Not():
            _check_possible(source, place, condition.part)
        case Every():
            together: dict[str, int] = {}
            for part in condition.parts:
                _check_possible(source, place, part)
                if isinstance(part, Test):
                    together[part.key] = together.get(part.key, EVERYTHING[part.key]) & part.accepted
                    if not together[part.key]:
                        source.problem(place, f"can never hold: two tests of {part.key} exclude each other")
        case Some():
            for part in condition.parts:
                _check_possible(source, place, part)
