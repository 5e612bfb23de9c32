"""A small week in the records: two campaigns, a duty desk, and people whose days differ.

Sunday the 22nd of November 2026 is the day that the reports are about; the clock stands at Monday, 08:00.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from voicebot.adapters.records.desk import RecordsDesk
from voicebot.adapters.records.records import Records
from voicebot.campaigns.clock import SEOUL
from voicebot.campaigns.plan import as_settings, parse_plan
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn
from voicebot.records.campaigns import (
    AttemptRecord,
    CampaignState,
    Disposition,
    NewAttempt,
)
from voicebot.records.people import Consent, ConsentKind, Fact, NewPerson, Source

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=SEOUL)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=SEOUL)
DAY = timedelta(days=1)

CARE = """\
name: care-alone
service: care
caller_id: "031-123-4000"
from: 2026-11-16
on_holidays: true
slots:
  morning: {days: [mon, tue, wed, thu, fri, sat, sun], hours: "09:30-11:30"}
"""
WELFARE = """\
name: welfare-2026
service: welfare
caller_id: "031-123-4000"
from: 2026-11-20
until: 2026-12-18
calling_hours: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: ["10:00-12:00", "13:30-17:30"]}]
"""

WELL, FALLEN, AWAY, FORMULA = "+821022220001", "+821022220002", "+821022220003", "+821022220004"
"""Who is well, who has fallen, who never answers, and whose name a spreadsheet would compute."""

FALLEN_CALL = "care-alone-2-20261122"
WELFARE_CALL = "welfare-2026-1"
DUTY_CALL = "duty-1"


async def fill(records: Records) -> None:
    """Write the week down, as the engine and the dialler do."""
    rows = [
        NewPerson(phone=WELL, name="김영희", external_id="K-1"),
        NewPerson(phone=FALLEN, name="박순자", external_id="K-2"),
        NewPerson(phone=AWAY, name="이정수", external_id="K-3"),
        NewPerson(phone=FORMULA, name="=HYPERLINK(1)", external_id="K-4"),
    ]
    people = await records.people.enrol_many(rows, at=SUNDAY - 7 * DAY)
    care = await _campaign(records, CARE, people)
    for days in (2, 1, 0):
        at = SUNDAY - days * DAY
        await _care_day(records, care, at)
    welfare = await _campaign(records, WELFARE, people[:2])
    await _welfare(records, welfare)
    await _duty(records)
    await records.people.set_consent(
        people[1],
        Consent(kind=ConsentKind.HEALTH, granted=True, at=SUNDAY - 5 * DAY, source=Source.STAFF),
    )
    fact = Fact(kind="health", subject="무릎", text="박순자 님은 무릎이 아프다", since="2026-11-20")
    await records.memory.replace(people[1], [fact])


async def _campaign(records: Records, text: str, people: list[int]) -> int:
    plan = parse_plan("plan.yaml", text)
    at = SUNDAY - 7 * DAY
    id = await records.campaigns.create(
        plan.name, service=plan.service, settings=as_settings(plan), by="kim", at=at
    )
    await records.campaigns.add_targets(id, people, due_at=at)
    await records.campaigns.set_state(id, CampaignState.RUNNING, by="kim", at=at)
    return id


async def _care_day(records: Records, campaign: int, at: datetime) -> None:
    """The first is well, the second falls on Sunday, the third does not answer, the fourth is busy then."""
    targets = {target.phone: target.id for target in await records.campaigns.due(campaign, at)}
    for place, (phone, target) in enumerate(targets.items(), start=1):
        id = f"care-alone-{place}-{at:%Y%m%d}"
        attempt = await _begin(records, id, target, f"{at:%Y-%m-%d} morning", at)
        if phone == AWAY or (phone == FORMULA and at == SUNDAY):
            how = Disposition.NO_ANSWER if phone == AWAY else Disposition.BUSY
            await records.attempts.end(id, how, at=at + timedelta(seconds=40), retry_at=at + DAY)
            continue
        fell = phone == FALLEN and at == SUNDAY
        await _talk(records, attempt, at, "care", _care_slots(fell, at), CallResult.COMPLETED)
        await records.attempts.end(id, Disposition.ANSWERED, at=at + timedelta(minutes=3), retry_at=at + DAY)
        if fell:
            await _fallen(records, id, at)


def _care_slots(fell: bool, at: datetime) -> dict[str, str]:
    well = {"meals": "yes", "sleep": "yes", "pain": "no", "medicine": "yes", "variant": "living_alone"}
    return well | {"fell": "yes", "pain": "yes", "story": "010-2222-0002로 전화 주세요"} if fell else well


async def _fallen(records: Records, call_id: str, at: datetime) -> None:
    desk = RecordsDesk(records, now=lambda: at + timedelta(minutes=2))
    said = "어제 화장실에서 넘어졌어, 박순자야"
    await desk.perform(call_id, "alert", {"kind": "fall", "level": "urgent", "also": "pain", "said": said})
    await desk.perform(call_id, "alert", {"kind": "sleep", "level": "note"})
    step = {"level": "urgent", "reason": "fall", "summary": "넘어지신 분입니다."}
    await desk.perform(call_id, "handoff", {"step": "searching", **step})
    await desk.perform(call_id, "handoff", {"step": "taken", **step})
    text = f"[지금] 넘어짐 · 통증 (박순자 님, 01022220002)\n말씀: “{said}”\n할 일: 지금 전화하기"
    await desk.perform(call_id, "report", {"service": "care", "level": "urgent", "text": text})


async def _welfare(records: Records, campaign: int) -> None:
    """The first applies for two benefits, the second opts out."""
    at = SUNDAY + timedelta(hours=4)
    first, second = await records.campaigns.due(campaign, at)
    for number, target in enumerate((first, second), start=1):
        id = f"welfare-2026-{number}"
        attempt = await _begin(records, id, target.id, "once", at)
        desk = RecordsDesk(records, now=lambda: at)
        applies = number == 1
        slots = {"pension": "yes", "benefits": "mobile electricity"} if applies else {}
        result = CallResult.COMPLETED if applies else CallResult.REFUSED
        await _talk(records, attempt, at, "welfare", slots, result)
        if applies:
            case = {"kind": "welfare_application", "benefits": "mobile electricity", "callback": WELL}
            await desk.perform(id, "open_case", case)
        else:
            await desk.perform(id, "opt_out", {"callback": target.phone})
        await records.attempts.end(id, Disposition.ANSWERED, at=at + timedelta(minutes=4))


async def _duty(records: Records) -> None:
    """Somebody calls at night about a street light, and somebody about a sinkhole."""
    at = SUNDAY + timedelta(hours=11)
    desk = RecordsDesk(records, now=lambda: at)
    for number, (type, level, about) in enumerate(
        (("street_light", "P2", "가로등"), ("sinkhole", "P1", "땅꺼짐")), start=1
    ):
        id = f"duty-{number}"
        new = NewCall(
            call_id=id, direction=Direction.INBOUND, service="duty", phone=f"+82102222000{7 + number}"
        )
        await records.calls.begin(new, at=at)
        details = {"type": type, "level": level, "about": about, "department": "도로"}
        await desk.perform(id, "open_case", details)
        await records.calls.end(
            id,
            CallOutcome(result=CallResult.COMPLETED, reason="case opened"),
            at=at + timedelta(minutes=2),
            slots={"what": f"{about}이 고장 났어요", "level": level},
        )


async def _begin(records: Records, id: str, target: int, slot: str, at: datetime) -> AttemptRecord:
    attempt = await records.attempts.begin(
        NewAttempt(id=id, target_id=target, slot=slot, engine="engine-1"), at=at
    )
    assert isinstance(attempt, AttemptRecord)
    return attempt


async def _talk(
    records: Records,
    attempt: AttemptRecord,
    at: datetime,
    service: str,
    slots: dict[str, str],
    result: CallResult,
) -> None:
    call = NewCall(
        call_id=attempt.id,
        direction=Direction.OUTBOUND,
        service=service,
        attempt_id=attempt.id,
        engine="engine-1",
    )
    await records.calls.begin(call, at=at)
    await records.attempts.answered(attempt.id, at=at)
    turns = (
        Turn(number=1, at_ms=0, prompt="안녕하세요, 시청입니다.", heard="네", status="said", gap_ms=180),
        Turn(number=2, at_ms=65_000, prompt="식사하셨어요?", heard="=1+1", status="said", gap_ms=220),
        Turn(number=3, at_ms=70_000, prompt="번호를 눌러 주세요.", heard="1", status="keys"),
    )
    for turn in turns:
        await records.calls.add_turn(attempt.id, turn)
    await records.calls.end(
        attempt.id,
        CallOutcome(result=result, reason="asked everything"),
        at=at + timedelta(minutes=2, seconds=5),
        slots=slots,
    )
