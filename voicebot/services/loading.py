"""Services by name: each is a folder beside this file with a ``flow.yaml`` and a little pure code."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.dialogue.flow import Compilation, Plan, Problem, compile_flow, fixed_texts, raise_errors
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.walk import Functions
from voicebot.errors import FlowError
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
    checks: Checks = field(default_factory=dict)
    write_report: WriteReport | None = None
    """What staff read of each call; ``None``: the service has cases instead."""
    warnings: tuple[Problem, ...] = ()

    def machine(self) -> Machine:
        """The machine of a new call."""
        return Machine(self.plan, self.functions)

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


def service_functions(name: str) -> Functions:
    """The pure code of a service."""
    functions: Functions = importlib.import_module(f"{__package__}.{name}").FUNCTIONS
    return functions


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
    path: Path, settings: Mapping[str, str] | None = None, functions: Functions | None = None
) -> Compilation:
    """Compile a flow file; sub-flows are looked for beside it.

    Args:
        path: The file.
        settings: The installation's values for the flow's ``settings``.
        functions: What ``compute`` may use; ``None`` does not check it.

    Raises:
        FlowError: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError(f"{path}:1: cannot be read ({error.strerror}); give an existing flow file") from error
    except UnicodeDecodeError as error:
        raise FlowError(f"{path}:1: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return compile_flow(
        str(path),
        text,
        open_file=lambda name: Path(name).read_text(encoding="utf-8"),
        settings=settings,
        functions=functions,
    )


def load_flow(path: Path, settings: Mapping[str, str] | None = None) -> Service:
    """Load a flow file that needs no code of its own as a service; it is named like the file.

    Raises:
        FlowError: The file cannot be read, or holds mistakes, one line each.
    """
    compilation = compile_file(path, settings, {})
    raise_errors(compilation.problems)
    assert compilation.plan is not None  # there were no errors
    return Service(name=path.stem, plan=compilation.plan, functions={}, warnings=compilation.problems)


def load_service(name: str, settings: Mapping[str, str] | None = None) -> Service:
    """Load a service.

    Args:
        name: One of ``service_names()``.
        settings: The installation's values for the flow's ``settings``, e.g. ``{"city": "…"}``.

    Raises:
        FlowError: No such service, or mistakes in its flow, one line each.
    """
    path = service_flow(name)
    functions = service_functions(name)
    compilation = compile_file(path, settings, functions)
    raise_errors(compilation.problems)
    assert compilation.plan is not None  # there were no errors
    return Service(
        name=name,
        plan=compilation.plan,
        functions=functions,
        checks=service_checks(name),
        write_report=service_report(name),
        warnings=compilation.problems,
    )
