"""Services by name: each is a folder beside this file with a ``flow.yaml`` and a little pure code."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.config import CityFiles
from voicebot.dialogue.flow import Compilation, Plan, Problem, compile_flow, fixed_texts, raise_errors
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.understanding import Gazetteer
from voicebot.dialogue.understanding.gazetteer import parse_gazetteer
from voicebot.dialogue.walk import Functions
from voicebot.errors import FlowError
from voicebot.services.data_files import read_text
from voicebot.services.equipment import Equipment
from voicebot.services.reporting import WriteReport

_FOLDER = Path(__file__).resolve().parent
_FLOW_FILE = "flow.yaml"

Checks = Mapping[str, Callable[[str], str]]
"""Variable of the flow → what is wrong with a value of it, with the remedy; nothing where it is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a call needs of its service."""

    name: str
    plan: Plan
    functions: Functions
    gazetteer: Gazetteer | None = None
    checks: Checks = field(default_factory=dict)
    write_report: WriteReport | None = None
    """What staff read of each call; ``None``: the service has cases instead."""
    warnings: tuple[Problem, ...] = ()

    def machine(self) -> Machine:
        """The machine of a new call."""
        return Machine(self.plan, self.functions, self.gazetteer)

    def problems(self, known: Mapping[str, str]) -> list[str]:
        """What is wrong with the values given to variables; names that the flow does not have are not looked
        at."""
        found = {name: check(known[name]) for name, check in self.checks.items() if name in known}
        return [f"{name}: {problem}" for name, problem in found.items() if problem]

    def fixed_texts(self) -> list[str]:
        """Every fixed prompt and carrier phrase, to be rendered at deploy."""
        return fixed_texts(self.plan)


def service_names() -> list[str]:
    """The services there are."""
    return sorted(path.parent.name for path in _FOLDER.glob(f"*/{_FLOW_FILE}"))


def service_equipment(
    name: str, files: CityFiles | None = None, gazetteer: Gazetteer | None = None
) -> Equipment:
    """The pure code of a service, and its answers.

    A service's package has ``FUNCTIONS``, or ``equip(answers, gazetteer)`` where a city's files matter.

    Args:
        name: One of ``service_names()``.
        files: The city's own files.
        gazetteer: The city's names of places.

    Raises:
        FlowError: A data file holds mistakes, one line each.
    """
    package = importlib.import_module(f"{__package__}.{name}")
    if not hasattr(package, "equip"):
        return Equipment(functions=package.FUNCTIONS)
    equipment: Equipment = package.equip(files.answers if files is not None else None, gazetteer)
    return equipment


def load_gazetteer(path: Path | None) -> Gazetteer | None:
    """A city's names of places; ``None`` where it has no file.

    Raises:
        FlowError: The file cannot be read, or holds mistakes, one line each.
    """
    return parse_gazetteer(str(path), read_text(path)) if path is not None else None


def service_checks(name: str) -> Checks:
    """How a service checks what it is told of a citizen."""
    checks: Checks = getattr(importlib.import_module(f"{__package__}.{name}"), "CHECKS", {})
    return checks


def service_report(name: str) -> WriteReport | None:
    """How a service tells staff of a call; ``None`` where it does not."""
    write: WriteReport | None = getattr(importlib.import_module(f"{__package__}.{name}"), "REPORT", None)
    return write


def service_flow(name: str) -> Path:
    """Where a service's flow lies.

    Raises:
        FlowError: There is no such service.
    """
    if name not in service_names():
        raise FlowError(f"no service {name!r}; there are {', '.join(service_names())}")
    return _FOLDER / name / _FLOW_FILE


def compile_file(
    path: Path,
    settings: Mapping[str, str] | None = None,
    functions: Functions | None = None,
    answers: Mapping[str, str] | None = None,
) -> Compilation:
    """Compile a flow file; sub-flows are looked for beside it.

    Args:
        path: The file.
        settings: The installation's values for the flow's ``settings``.
        functions: What ``compute`` may use; ``None`` does not check it.
        answers: Topic → words that are overheard beside those of the flow.

    Raises:
        FlowError: The file cannot be read.
    """
    return compile_flow(
        str(path),
        read_text(path),
        open_file=lambda name: Path(name).read_text(encoding="utf-8"),
        settings=settings,
        functions=functions,
        answers=answers,
    )


def load_flow(
    path: Path, settings: Mapping[str, str] | None = None, files: CityFiles | None = None
) -> Service:
    """Load a flow file that needs no code of its own as a service; it is named like the file.

    Raises:
        FlowError: The file cannot be read, or holds mistakes, one line each.
    """
    compilation = compile_file(path, settings, {})
    raise_errors(compilation.problems)
    assert compilation.plan is not None  # there were no errors
    return Service(
        name=path.stem,
        plan=compilation.plan,
        functions={},
        gazetteer=load_gazetteer(files.gazetteer if files is not None else None),
        warnings=compilation.problems,
    )


def load_service(
    name: str, settings: Mapping[str, str] | None = None, files: CityFiles | None = None
) -> Service:
    """Load a service.

    Args:
        name: One of ``service_names()``.
        settings: The installation's values for the flow's ``settings``, e.g. ``{"city": "…"}``.
        files: The city's own files.

    Raises:
        FlowError: No such service, or mistakes in its flow or data, one line each.
    """
    path = service_flow(name)
    gazetteer = load_gazetteer(files.gazetteer if files is not None else None)
    equipment = service_equipment(name, files, gazetteer)
    compilation = compile_file(path, settings, equipment.functions, equipment.answers)
    raise_errors(compilation.problems)
    assert compilation.plan is not None  # there were no errors
    return Service(
        name=name,
        plan=compilation.plan,
        functions=equipment.functions,
        gazetteer=gazetteer,
        checks=service_checks(name),
        write_report=service_report(name),
        warnings=compilation.problems,
    )
