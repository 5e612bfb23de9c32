"""The way of a case: 접수 → 담당자 지정 → 처리중 → (이송/연장) → 완료, as one table.

Rules
    Every case begins as received. Somebody owns it before anybody works on it. Another department sends it
    back to the beginning of its own work. Completed is the end: a matter that comes back is a new case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from voicebot.errors import StatusNotAllowed


class CaseStatus(StrEnum):
    """Where a case stands; the value is what commands and exports show."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    TRANSFERRED = "transferred"
    EXTENDED = "extended"
    COMPLETED = "completed"


NAMES_KO = {
    CaseStatus.RECEIVED: "접수",
    CaseStatus.ASSIGNED: "담당자 지정",
    CaseStatus.IN_PROGRESS: "처리중",
    CaseStatus.TRANSFERRED: "이송",
    CaseStatus.EXTENDED: "연장",
    CaseStatus.COMPLETED: "완료",
}
"""As staff and citizens read them."""

SPOKEN_KO = NAMES_KO | {CaseStatus.EXTENDED: NAMES_KO[CaseStatus.IN_PROGRESS]}
"""As they are told on the telephone: what was put off is still being worked on."""

_R, _A, _P = CaseStatus.RECEIVED, CaseStatus.ASSIGNED, CaseStatus.IN_PROGRESS
_T, _E, _C = CaseStatus.TRANSFERRED, CaseStatus.EXTENDED, CaseStatus.COMPLETED

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    _R: frozenset({_A, _T}),
    _A: frozenset({_A, _P, _T, _C}),  # given to a colleague; settled by one telephone call
    _P: frozenset({_A, _T, _E, _C}),
    _T: frozenset({_A, _T}),  # the next department may not be the right one either
    _E: frozenset({_P, _A, _T, _E, _C}),
    _C: frozenset(),
}
"""Status → the statuses that may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What a change of status may change."""

    status: CaseStatus = CaseStatus.RECEIVED
    department: str = ""
    assignee: str = ""
    """The officer who owns it; empty while nobody does."""
    due_on: date | None = None
    """The day to which an extension moved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One step of a case, as an officer asks for it."""

    to: CaseStatus
    by: str
    """Who changed it: an officer's account, or ``voicebot``."""
    assignee: str = ""
    """With ``assigned``: the officer."""
    department: str = ""
    """With ``transferred``: the department that it goes to."""
    due_on: date | None = None
    """With ``extended``: the new day."""
    note: str = ""
    """What the citizen may be told."""


def advanced(state: CaseState, change: StatusChange) -> CaseState:
    """The case after a change of its status.

    Raises:
        StatusNotAllowed: The step is not in the table, or lacks what it needs; the message names what is
            allowed. The case is unchanged.
    """
    allowed = TRANSITIONS[state.status]
    if change.to not in allowed:
        rest = ", ".join(sorted(allowed)) or "nothing: open a new case"
        raise StatusNotAllowed(f"a case that is {state.status} cannot become {change.to}; allowed: {rest}")
    if not change.by:
        raise StatusNotAllowed("a change of status needs to say by whom")
    match change.to:
        case CaseStatus.ASSIGNED:
            if not change.assignee:
                raise StatusNotAllowed("assigned: say to whom")
            return replace(state, status=change.to, assignee=change.assignee)
        case CaseStatus.TRANSFERRED:
            if not change.department or change.department == state.department:
                raise StatusNotAllowed("transferred: name the other department")
            return replace(state, status=change.to, department=change.department, assignee="")
        case CaseStatus.EXTENDED:
            if change.due_on is None or (state.due_on is not None and change.due_on <= state.due_on):
                raise StatusNotAllowed("extended: give a day later than before")
            return replace(state, status=change.to, due_on=change.due_on)
        case _:
            return replace(state, status=change.to)
