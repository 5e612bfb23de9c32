"""What staff read of a call: a heading that says what is to be done, then a few short lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from voicebot.dialogue.actions import Do
from voicebot.outcome import CallOutcome, CallResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One call, to be read in ten seconds."""

    level: str
    """How soon somebody must act: ``urgent``, ``today``, ``note``, or ``none``."""
    lines: tuple[str, ...]
    """In Korean; the first is the heading."""

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


WriteReport = Callable[[Mapping[str, str], CallOutcome, Sequence[Do]], Report]
"""A service's report: what is known in the end, how the call ended, and the works that were asked for."""

_HEADINGS = {"urgent": "지금", "today": "오늘", "note": "참고", "none": "이상 없음"}

_ENDS = {
    CallResult.COMPLETED: "끝까지 통화함",
    CallResult.HANDED_OVER: "담당자에게 연결함",
    CallResult.HUNG_UP: "도중에 끊으심",
    CallResult.REFUSED: "거절하심",
    CallResult.NO_RESPONSE: "말씀이 없으심",
    CallResult.ENDED_BY_POLICY: "통화를 마치게 함",
    CallResult.FAILED: "통화가 잘못됨",
}


def heading(level: str, what: Sequence[str], slots: Mapping[str, str]) -> str:
    """``[오늘] 열 · 통증 (김순이 님, 01012345678)``.

    Args:
        level: As in ``Report``.
        what: What it is about, the most important first; may be empty.
        slots: ``name`` and ``caller_id``, either may be unknown.
    """
    name, number = slots.get("name", ""), slots.get("caller_id", "")
    who = ", ".join(part for part in (f"{name} 님" if name else "", number) if part)
    parts = (f"[{_HEADINGS[level]}]", " · ".join(what), f"({who})" if who else "")
    return " ".join(part for part in parts if part)


def end_line(outcome: CallOutcome, detail: str = "") -> str:
    """How the call ended."""
    return f"통화: {_ENDS[outcome.result]}" + (f" ({detail})" if detail else "")


def answers_line(title: str, answers: Sequence[str]) -> tuple[str, ...]:
    """One line of short answers, or none."""
    return (f"{title}: {' · '.join(answers)}",) if answers else ()
