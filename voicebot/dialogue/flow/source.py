"""A YAML file as plain data with the line of every key and item.

All scalars are text: ``yes`` stays "yes" (YAML 1.1 would make it true) and ``010`` keeps its zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from voicebot.dialogue.flow.problems import Problem

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Source:
    """What a file holds."""

    file: str
    data: Any = None
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line (from 1) of the innermost place on the path that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, message: str, *, warning: bool = False) -> None:
        """Note a mistake at a place."""
        self.problems.append(Problem(file=self.file, line=self.line(path), message=message, warning=warning))


def read_source(file: str, text: str) -> Source:
    """Read YAML text; its mistakes are in ``problems`` and leave ``data`` empty."""
    source = Source(file=file)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            source.problem((), "the file is empty; begin it with 'flow: NAME'")
        else:
            source.data = _plain(root, (), source, ())
    except yaml.MarkedYAMLError as error:
        ended = error.problem is not None and "end of stream" in error.problem
        mark = (error.context_mark if ended else None) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message = f"not valid YAML: {error.problem or error.context}; check indentation, quotes and colons"
        source.problems.append(Problem(file=file, line=line, message=message))
    except yaml.YAMLError as error:
        message = f"not valid YAML: {' '.join(str(error).split())}; save the file as plain UTF-8 text"
        source.problems.append(Problem(file=file, line=1, message=message))
    except RecursionError:
        message = "nested too deeply to be a flow; a flow has at most four levels"
        source.problems.append(Problem(file=file, line=1, message=message))
    if source.problems:
        source.data = None
    return source


def _plain(node: yaml.Node, path: Path, source: Source, above: tuple[yaml.Node, ...]) -> Any:
    """The node's data; ``above`` are the nodes around it (an alias may point to one of them)."""
    source.lines.setdefault(path, node.start_mark.line + 1)
    if any(node is outer for outer in above):
        source.problem(path, "an alias that contains itself; write the value out")
        return ""
    match node:
        case yaml.MappingNode():
            return _mapping(node, path, source, (*above, node))
        case yaml.SequenceNode():
            return [
                _plain(item, (*path, place), source, (*above, node)) for place, item in enumerate(node.value)
            ]
        case yaml.ScalarNode():
            return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
        case _:
            return ""


def _mapping(
    node: yaml.MappingNode, path: Path, source: Source, above: tuple[yaml.Node, ...]
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            message = "a key must be a word; a prompt with braces needs quotes around it"
            source.problems.append(Problem(file=source.file, line=line, message=message))
            continue
        name = str(key.value)
        if name in data:
            message = f"key {name!r} is given twice (first in line {source.line((*path, name))}); keep one"
            source.problems.append(Problem(file=source.file, line=line, message=message))
            continue
        source.lines[(*path, name)] = line
        data[name] = _plain(value, (*path, name), source, above)
    return data
