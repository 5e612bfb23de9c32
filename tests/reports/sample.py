"""Facts for tests of the tables: values that a reader of records would give."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from voicebot.campaigns.clock import SEOUL
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import CallRecord, Direction, Turn
from voicebot.records.campaigns import Disposition
from voicebot.records.cases import AlertRecord, CaseRecord
from voicebot.records.status import CaseState
from voicebot.reports.document import Cell, Document, Table
from voicebot.reports.facts import AlertFact, CaseFact, MissFact, Who
from voicebot.reports.words import Words

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SEOUL)
SUNDAY = date(2026, 11, 22)
HOUR = timedelta(hours=1)
KIM = Who(person_id=1, name="김영희", phone="+821022220001", external_id="K-1")
PARK = Who(person_id=2, name="박순자", phone="+821022220002")

WORDS = Words(
    anomalies={"fall": "넘어짐", "pain": "통증", "sleep": "잠 설침"},
    answers={"meals": ("식사 하심", "식사 못 하심"), "fever": ("열 있음", "열 없음")},
    benefits={"mobile": "이동전화", "gas": "도시가스"},
    types={"sinkhole": "땅꺼짐"},
    services={"care": "안부 전화", "duty": "당직 민원"},
    slots={"meals": "식사", "type": "종류"},
)


def alert(
    number: int,
    level: str,
    *,
    kind: str = "fall",
    at: datetime = NOON,
    who: Who = KIM,
    **details: str,
) -> AlertFact:
    """An alert of a care call."""
    record = AlertRecord(
        number=number,
        call_id=f"call-{number}",
        person_id=who.person_id,
        kind=kind,
        level=level,
        raised_at=at,
        seen_at=None,
        seen_by="",
        details=details,
    )
    return AlertFact(alert=record, who=who, service="care", campaign="care-alone")


def case(number: int, *, at: datetime = NOON, who: Who = KIM, **details: str) -> CaseFact:
    """A case that nobody has begun with."""
    record = CaseRecord(
        number=number,
        call_id="",
        person_id=who.person_id,
        opened_at=at,
        changed_at=at,
        state=CaseState(),
        details=details,
        service="duty",
    )
    return CaseFact(case=record, who=who)


def miss(
    in_a_row: int, *, who: Who = KIM, at: datetime = NOON, last: Disposition = Disposition.NO_ANSWER
) -> MissFact:
    """Somebody who was not reached."""
    return MissFact(who=who, service="care", campaign="care-alone", in_a_row=in_a_row, since=at, last=last)


def call(**slots: str) -> CallRecord:
    """A call with two turns, the second answered by a key."""
    return CallRecord(
        call_id="call-1",
        direction=Direction.OUTBOUND,
        service="care",
        phone="+821022220001",
        person_id=1,
        attempt_id="call-1",
        began_at=NOON,
        ended_at=NOON + timedelta(seconds=125),
        outcome=CallOutcome(result=CallResult.COMPLETED, reason="asked everything"),
        turns=(
            Turn(number=1, at_ms=0, prompt="김영희 님이세요?", heard="네", status="said", gap_ms=180),
            Turn(number=2, at_ms=65_500, prompt="번호는요?", heard="01022220001", status="keys"),
        ),
        slots=dict(slots),
    )


def table(document: Document, key: str) -> Table:
    """The table of a key."""
    (found,) = [one for one in document.tables if one.key == key]
    return found


def column(of: Table, key: str) -> list[Cell]:
    """All cells of a column, the sums included."""
    place = [one.key for one in of.columns].index(key)
    return [row.cells[place] for row in of.rows]


def figure(document: Document, key: str) -> Cell:
    """The figure of a key."""
    (found,) = [one.value for one in document.figures if one.key == key]
    return found
