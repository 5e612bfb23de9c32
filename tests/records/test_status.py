"""The way of a case is one table; what is not in it is refused and changes nothing."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from voicebot.errors import StatusNotAllowed
from voicebot.records.status import NAMES_KO, TRANSITIONS, CaseState, CaseStatus, StatusChange, advanced

ASSIGNED = CaseState(status=CaseStatus.ASSIGNED, department="도로", assignee="lee")


def _change(to: CaseStatus, **more: object) -> StatusChange:
    complete: dict[str, object] = {
        "by": "kim",
        "assignee": "park",
        "department": "상수도",
        "due_on": date(2026, 12, 1),
    }
    return StatusChange(to=to, **(complete | more))  # type: ignore[arg-type]


def test_the_whole_way_of_a_case() -> None:
    state = CaseState(department="도로")
    for to in ("assigned", "in_progress", "transferred", "assigned", "in_progress", "extended", "completed"):
        state = advanced(state, _change(CaseStatus(to)))
    assert state == CaseState(
        status=CaseStatus.COMPLETED, department="상수도", assignee="park", due_on=date(2026, 12, 1)
    )


@pytest.mark.parametrize(("before", "to"), list(product(CaseStatus, CaseStatus)))
def test_only_what_the_table_allows(before: CaseStatus, to: CaseStatus) -> None:
    state = CaseState(status=before, department="도로", assignee="lee")
    if to in TRANSITIONS[before]:
        assert advanced(state, _change(to)).status is to
    else:
        with pytest.raises(StatusNotAllowed, match=f"that is {before} cannot become {to}; allowed: "):
            advanced(state, _change(to))


def test_every_status_can_be_completed_but_for_the_end() -> None:
    reached = {CaseStatus.COMPLETED}
    for _ in CaseStatus:
        reached |= {status for status, following in TRANSITIONS.items() if following & reached}
    assert reached == set(CaseStatus) == set(NAMES_KO) == set(TRANSITIONS)


def test_another_department_has_no_officer_yet() -> None:
    assert advanced(ASSIGNED, _change(CaseStatus.TRANSFERRED)).assignee == ""


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_change(CaseStatus.IN_PROGRESS, by=""), "by whom"),
        (_change(CaseStatus.ASSIGNED, assignee=""), "to whom"),
        (_change(CaseStatus.TRANSFERRED, department=""), "the other department"),
        (_change(CaseStatus.TRANSFERRED, department="도로"), "the other department"),
    ],
)
def test_a_step_needs_what_belongs_to_it(change: StatusChange, wanted: str) -> None:
    with pytest.raises(StatusNotAllowed, match=wanted):
        advanced(ASSIGNED, change)


@pytest.mark.parametrize("due_on", [None, date(2026, 11, 30), date(2026, 11, 1)])
def test_an_extension_moves_the_day_on(due_on: date | None) -> None:
    state = CaseState(status=CaseStatus.EXTENDED, assignee="lee", due_on=date(2026, 11, 30))
    with pytest.raises(StatusNotAllowed, match="later than before"):
        advanced(state, _change(CaseStatus.EXTENDED, due_on=due_on))
