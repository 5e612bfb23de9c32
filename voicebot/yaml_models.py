"""YAML text into a checked model, every mistake told with file and line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from voicebot.errors import ConfigurationError

_Model = TypeVar("_Model", bound=BaseModel)

_OURS = "Value error, "
"""What pydantic writes before the sentence of a validator."""


def parse_model(where: str, text: str, model: type[_Model]) -> _Model:
    """Read YAML into a pydantic model.

    Args:
        where: Names the file in errors.
        text: What it holds.
        model: What it must hold.

    Raises:
        ConfigurationError: It is no YAML or breaks the model; one line ``file:line: problem`` a mistake.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{where}:{line}: not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that the calendar does not have
        raise ConfigurationError(f"{where}:1: not valid YAML: {error}") from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{where}:{_line_of(root, problem['loc'])}: "
            f"{_name_of(problem['loc'])}{problem['msg'].removeprefix(_OURS)}"
            for problem in error.errors()
        ]
        raise ConfigurationError("\n".join(dict.fromkeys(problems))) from error


def _name_of(location: Sequence[int | str]) -> str:
    """``answers[2].say: ``, or nothing for the file as a whole."""
    name = ""
    for step in location:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return f"{name.lstrip('.')}: " if name else ""


def _line_of(root: yaml.Node | None, location: Sequence[int | str]) -> int:
    """Line (from 1) of the innermost node on the way to ``location`` that exists."""
    node = root
    line = root.start_mark.line + 1 if root is not None else 1
    for step in location:
        child: yaml.Node | None = None
        match node:
            case yaml.MappingNode():
                for key, value in node.value:
                    if key.value == step:
                        child, line = value, key.start_mark.line + 1
            case yaml.SequenceNode() if isinstance(step, int) and step < len(node.value):
                child = node.value[step]
                line = child.start_mark.line + 1
            case _:
                pass
        if child is None:  # a missing key, or a union's branch name that pydantic puts into the location
            continue
        node = child
    return line
