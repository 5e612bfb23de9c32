"""What is due goes, what is needed stays, and the audit tells of it; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from tests.adapters.records.conftest import NOON
from tests.adapters.records.test_calls import CALL
from voicebot.adapters.records import purging
from voicebot.adapters.records.purging import check_clock, note_run, purge
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables import Base
from voicebot.errors import ConfigurationError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import Direction, NewCall, Turn
from voicebot.records.campaigns import AttemptRecord, CampaignState, Disposition, NewAttempt
from voicebot.records.cases import NewCase
from voicebot.records.people import Consent, ConsentKind, Fact, Source
from voicebot.records.retention import Kept, RetentionPeriods, due
from voicebot.records.status import CaseStatus, StatusChange

DONE = CallOutcome(result=CallResult.COMPLETED, reason="")


async def _purge(records: Records, days: int) -> dict[Kept, int]:
    at = NOON + timedelta(days=days)
    return await purge(records.database, due(RetentionPeriods(), at), by="timer", at=at)


async def _counts(records: Records) -> dict[str, int]:
    counts = {}
    async with records.database.reading() as connection:
        for name, table in Base.metadata.tables.items():
            counts[name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return {name: count for name, count in counts.items() if count and name not in ("audit", "record_keys")}


async def _everything(records: Records, at: datetime) -> int:
    """One of each, all of one person, all over."""
    person = await records.people.enrol("010-1234-5678", at=at, name="김영희")
    consent = Consent(kind=ConsentKind.CALLS, granted=True, at=at, source=Source.IMPORT)
    await records.people.set_consent(person.id, consent)
    await records.opt_outs.add(person.phone, at=at, source=Source.CALL)
    fact = Fact(kind="health", subject="무릎", text="무릎이 아프다", since=at.date().isoformat())
    await records.memory.replace(person.id, [fact])
    call = NewCall(call_id="call", direction=Direction.INBOUND, service="duty", phone=person.phone)
    await records.calls.begin(call, at=at)
    await records.calls.add_turn("call", Turn(number=1, at_ms=0, prompt="", heard="", status="filled"))
    await records.calls.end("call", DONE, at=at, slots={"level": "P3"})
    number = await records.cases.open(NewCase(person_id=person.id), at=at)
    steps = (
        StatusChange(to=CaseStatus.ASSIGNED, by="kim", assignee="lee"),
        StatusChange(to=CaseStatus.COMPLETED, by="lee"),
    )
    for step in steps:
        await records.cases.change(number, step, at=at)
    alert = await records.alerts.raise_alert({}, at=at, person_id=person.id)
    await records.alerts.see(alert, by="kim", at=at)
    async with records.database.writing() as connection:
        await records.notes.put(connection, "report", {}, at=at)
    for destination in ("mqtt", "webhook"):
        await records.outbox.delivered(await records.outbox.due(destination, at), at)
    return person.id


async def test_each_kind_goes_when_its_time_is_over(records: Records) -> None:
    await _everything(records, NOON)
    before = await _counts(records)
    assert set(before) == {
        *("people", "consents", "opt_outs", "memory_facts", "calls", "turns", "slots"),
        *("cases", "case_changes", "alerts", "notes", "outbox"),
    }
    assert not any((await _purge(records, 14)).values())
    gone: list[tuple[int, set[str]]] = []
    for days in (15, 61, 366, 1096):
        await _purge(records, days)
        after = await _counts(records)
        gone.append((days, before.keys() - after.keys()))
        before = after
    assert gone == [
        (15, {"outbox"}),
        (61, {"turns", "slots"}),
        (366, {"calls", "alerts", "notes", "memory_facts"}),
        (1096, {"cases", "case_changes", "people", "consents"}),
    ]
    assert set(before) == {"opt_outs"}


async def test_what_is_not_over_stays(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    number = await records.cases.open(NewCase(person_id=person.id), at=NOON)
    await records.alerts.raise_alert({}, at=NOON)
    assert not any((await _purge(records, 5_000)).values())
    assert await records.cases.get(number) is not None
    assert len(await records.alerts.unseen()) == 1
    assert len(await records.outbox.due("mqtt", NOON)) == 2


async def test_a_person_whom_a_campaign_will_call_stays(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    campaign = await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    await records.campaigns.add_targets(campaign, [person.id], due_at=NOON)
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="kim", at=NOON)
    (target,) = await records.campaigns.due(campaign, NOON)
    asked = NewAttempt(id="attempt-1", target_id=target.id, slot="once", engine="engine-1")
    assert isinstance(await records.attempts.begin(asked, at=NOON), AttemptRecord)
    assert (await _purge(records, 5_000))[Kept.ATTEMPTS] == 0  # open
    await records.attempts.end("attempt-1", Disposition.BUSY, at=NOON, retry_at=NOON)
    deleted = await _purge(records, 5_000)
    assert (deleted[Kept.ATTEMPTS], deleted[Kept.PEOPLE]) == (1, 0)
    await records.campaigns.set_state(campaign, CampaignState.STOPPED, by="kim", at=NOON)
    deleted = await _purge(records, 5_000)
    assert (deleted[Kept.ATTEMPTS], deleted[Kept.PEOPLE]) == (1, 1)  # whom it was to call, and the person
    assert set(await _counts(records)) == {"campaigns", "outbox"}


async def test_a_refusal_of_yesterday_outlives_an_old_record(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    refused = NOON + timedelta(days=400)
    consent = Consent(kind=ConsentKind.CALLS, granted=False, at=refused, source=Source.STAFF)
    await records.people.set_consent(person.id, consent)
    assert (await _purge(records, 401))[Kept.PEOPLE] == 0
    assert not (await records.people.consents(person.id))[ConsentKind.CALLS].granted
    assert (await _purge(records, 400 + 366))[Kept.PEOPLE] == 1


async def test_old_facts_go_and_new_ones_stay(records: Records) -> None:
    person = await records.people.enrol("010-1234-5678", at=NOON)
    old = Fact(kind="health", subject="무릎", text="무릎이 아프다", since="2025-01-01")
    new = Fact(kind="pets", subject="강아지", text="강아지를 키운다", since="2026-11-22")
    await records.memory.replace(person.id, [old, new])
    assert (await _purge(records, 0))[Kept.MEMORY] == 1
    assert await records.memory.of(person.id) == [new]


async def test_many_rows_go_in_many_transactions_each_in_the_audit(records: Records) -> None:
    async with records.database.writing() as connection:
        for _ in range(purging._BATCH + 1):
            await records.notes.put(connection, "report", {}, at=NOON)
    deleted = await _purge(records, 400)
    assert deleted[Kept.NOTES] == purging._BATCH + 1
    entries = await records.audit.newest(subject="records")
    assert [entry.details["rows"] for entry in entries] == [1, purging._BATCH]
    assert {(entry.actor, entry.action) for entry in entries} == {("timer", "records.purged")}


async def test_the_audit_itself_ends(records: Records) -> None:
    await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    assert (await _purge(records, 1_100))[Kept.AUDIT] == 1
    async with records.database.reading() as connection:
        left = (await connection.execute(text("SELECT action FROM audit"))).scalars().all()
    assert left == ["records.purged"]


async def test_a_clock_that_is_far_ahead_is_noticed(records: Records) -> None:
    month = timedelta(days=32)
    await check_clock(records.database, NOON)  # nothing there, nothing to lose
    await records.calls.begin(CALL, at=NOON)
    await check_clock(records.database, NOON + timedelta(days=30))
    with pytest.raises(ConfigurationError, match=r"since 2026-11-22.*--clock-is-right"):
        await check_clock(records.database, NOON + month)
    await note_run(records.database, {}, by="purge", at=NOON + month)
    await check_clock(records.database, NOON + month)
