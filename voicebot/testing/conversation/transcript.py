"""A played conversation as text, for the reader of a failed test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Whose line it is."""

    BOT = "bot"
    CITIZEN = "citizen"
    ENGINE = "engine"
    """Work, transfers and the end of the call."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a conversation."""

    at_s: float
    """Seconds from the start of the call, in simulated time."""
    speaker: Speaker
    text: str


def transcript(name: str, lines: Iterable[Line]) -> str:
    """The whole conversation; what went wrong is marked where it did.

    Args:
        name: The conversation's name.
        lines: Its lines, in order.
    """
    return "\n".join([f"conversation {name!r}", *map(_shown, lines)])


def _shown(line: Line) -> str:
    if line.speaker is Speaker.PROBLEM:
        return f"  >>> {line.text}"
    return f"  {line.at_s:6.1f} s  {line.speaker:<8}{line.text}"
