"""The schema's mistakes in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voicebot.dialogue.flow import schema
from voicebot.dialogue.flow.source import Path, Source

_Spec = TypeVar("_Spec", bound=BaseModel)


def kind_of(source: Source, data: Any, path: Path) -> type[BaseModel] | None:
    """The model that a state's keys call for."""
    if not isinstance(data, dict):
        source.problem(path, f"state {path[-1]!r} holds no keys; give it one of {', '.join(schema.KINDS)}")
        return None
    kinds = [kind for kind in schema.KINDS if kind in data and kind != "say"]
    if len(kinds) > 1:
        message = f"state {path[-1]!r} is {' and '.join(kinds)} at once; make two states of it"
        source.problem(path, message)
        return None
    if kinds:
        return schema.KINDS[kinds[0]]
    if "say" in data:
        return schema.SaySpec
    source.problem(path, f"state {path[-1]!r} does nothing; give it one of {', '.join(schema.KINDS)}")
    return None


def validated(source: Source, data: Any, model: type[_Spec], path: Path) -> _Spec | None:
    """Check data against its model; mistakes are noted in plain words."""
    if not isinstance(data, dict):
        source.problem(path, "expected keys with values; begin with 'flow: NAME'")
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for mistake in error.errors():
            place = (*path, *mistake["loc"])
            source.problem(place, _in_words(mistake["type"], mistake, place, model))
        return None


def _in_words(kind: str, mistake: Any, place: Path, model: type[BaseModel]) -> str:
    key = str(place[-1])
    match kind:
        case "missing":
            where = f" in state {place[1]!r}" if len(place) > 2 and place[0] == "states" else ""
            return f"{key!r} is missing{where}; add it"
        case "extra_forbidden":
            return unknown("key", key, model.model_fields)
        case "enum" | "literal_error":
            return f"{mistake['input']!r} is not possible for {key!r}; use {mistake['ctx']['expected']}"
        case "too_short":
            return f"{key!r} is empty; fill it"
        case _:
            return f"{key!r}: {mistake['msg'][:1].lower()}{mistake['msg'][1:]}; correct the value"


def no_function(name: str, functions: Collection[str]) -> str:
    known = ", ".join(sorted(functions)) or "none"
    return f"function {name!r} is not in the service's code; known: {known}"


def unknown(what: str, name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"
    return f"unknown {what} {name!r}; {remedy}"
