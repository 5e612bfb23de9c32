"""What is wrong with a flow, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.errors import FlowError


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake, or one doubt (``warning``)."""

    file: str
    line: int
    message: str
    """What is wrong; then, after a semicolon, the remedy."""
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.line}: {kind}{self.message}"


def raise_errors(problems: Sequence[Problem]) -> None:
    """Raise what is more than a warning.

    Raises:
        FlowError: One line for each mistake.
    """
    errors = [problem for problem in problems if not problem.warning]
    if errors:
        raise FlowError("\n".join(map(str, errors)))
