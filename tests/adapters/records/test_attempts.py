"""Campaigns and attempts: a row before each call, one disposition after it, nobody rung twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from tests.adapters.records.conftest import KEYS, NOON
from voicebot.adapters.records.records import Records, open_records
from voicebot.errors import RecordsError, StatusNotAllowed
from voicebot.records.campaigns import (
    AttemptRecord,
    CampaignState,
    Disposition,
    NewAttempt,
    Priority,
    Refusal,
    TargetState,
)
from voicebot.records.people import NewPerson, Source


async def _campaign(records: Records, name: str = "care", people: int = 1) -> int:
    campaign = await records.campaigns.create(name, service="care", settings={"cps": 1}, by="kim", at=NOON)
    rows = [NewPerson(phone=f"+8210200000{n:02}") for n in range(people)]
    await records.campaigns.add_targets(campaign, await records.people.enrol_many(rows, at=NOON), due_at=NOON)
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="kim", at=NOON)
    return campaign


async def _next(records: Records, campaign: int, id: str = "attempt-1") -> NewAttempt:
    (target, *_) = await records.campaigns.due(campaign, NOON)
    return NewAttempt(id=id, target_id=target.id, slot="2026-11-22 morning", engine="engine-1")


async def test_an_attempt_from_its_row_to_its_disposition(records: Records) -> None:
    campaign = await _campaign(records)
    attempt = await records.attempts.begin(await _next(records, campaign), at=NOON)
    assert isinstance(attempt, AttemptRecord) and attempt.number == 1
    assert await records.attempts.open_ones("engine-1") == [attempt]
    assert await records.attempts.open_ones("engine-2") == []
    assert await records.campaigns.due(campaign, NOON) == []
    await records.attempts.answered(attempt.id, at=NOON)
    assert await records.attempts.end(attempt.id, Disposition.ANSWERED, at=NOON, cause=16)
    assert not await records.attempts.end(attempt.id, Disposition.UNKNOWN, at=NOON)
    (kept,) = await records.attempts.of_person(attempt.person_id)
    assert kept == replace(attempt, ended_at=NOON, disposition=Disposition.ANSWERED)
    assert (await records.campaigns.counts(campaign))[TargetState.DONE] == 1
    assert await records.attempts.open_ones("engine-1") == []
    (message,) = await records.outbox.due("mqtt", NOON)
    assert (message.topic, message.payload["disposition"]) == ("attempt", "answered")


async def test_a_retry_waits_for_its_hour_and_counts_on(records: Records) -> None:
    campaign = await _campaign(records)
    first = await records.attempts.begin(await _next(records, campaign), at=NOON)
    assert isinstance(first, AttemptRecord)
    later = NOON + timedelta(minutes=10)
    await records.attempts.end(
        first.id, Disposition.BUSY, at=NOON, retry_at=later, priority=Priority.HIGH, tech_cause="486"
    )
    assert await records.campaigns.due(campaign, NOON) == []
    (target,) = await records.campaigns.due(campaign, later)
    assert (target.attempts, target.priority, target.due_at) == (1, Priority.HIGH, later)
    again = NewAttempt(id="attempt-2", target_id=target.id, slot=first.slot, engine="engine-1")
    second = await records.attempts.begin(again, at=later)
    assert isinstance(second, AttemptRecord) and second.number == 2


async def test_engines_that_race_call_each_person_once(url: str) -> None:
    async with open_records(url, KEYS, at=NOON) as one, open_records(url, KEYS, at=NOON) as two:
        campaign = await _campaign(one, people=20)
        engines = {"one": one, "two": two}

        async def dial(name: str) -> list[AttemptRecord | Refusal]:
            targets = await engines[name].campaigns.due(campaign, NOON)
            return [
                await engines[name].attempts.begin(
                    NewAttempt(id=f"{name}-{target.id}", target_id=target.id, slot="once", engine=name),
                    at=NOON,
                )
                for target in targets
            ]

        done = [result for results in await asyncio.gather(*map(dial, engines)) for result in results]
        begun = [result for result in done if isinstance(result, AttemptRecord)]
        assert len(begun) == len({attempt.person_id for attempt in begun}) == 20
        assert set(done) - set(begun) <= {Refusal.TAKEN}


async def test_two_campaigns_never_ring_a_person_at_once(records: Records) -> None:
    campaigns = [await _campaign(records, "care"), await _campaign(records, "welfare")]
    asked = [await _next(records, campaign, f"attempt-{campaign}") for campaign in campaigns]
    first = await records.attempts.begin(asked[0], at=NOON)
    assert isinstance(first, AttemptRecord)
    assert await records.attempts.begin(asked[1], at=NOON) is Refusal.RINGING
    assert len(await records.campaigns.due(campaigns[1], NOON)) == 1
    await records.attempts.end(first.id, Disposition.NO_ANSWER, at=NOON)
    assert isinstance(await records.attempts.begin(asked[1], at=NOON), AttemptRecord)


async def test_who_opted_out_meanwhile_is_not_called(records: Records) -> None:
    campaign = await _campaign(records)
    asked = await _next(records, campaign)
    await records.opt_outs.add("+821020000000", at=NOON, source=Source.CALL)
    assert await records.attempts.begin(asked, at=NOON) is Refusal.OPTED_OUT
    assert await records.attempts.begin(asked, at=NOON) is Refusal.TAKEN
    assert (await records.campaigns.counts(campaign))[TargetState.EXCLUDED] == 1


async def test_a_paused_campaign_begins_nothing(records: Records) -> None:
    campaign = await _campaign(records)
    asked = await _next(records, campaign)
    await records.campaigns.set_state(campaign, CampaignState.PAUSED, by="kim", at=NOON)
    assert await records.attempts.begin(asked, at=NOON) is Refusal.NOT_RUNNING
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="kim", at=NOON)
    assert isinstance(await records.attempts.begin(asked, at=NOON), AttemptRecord)


async def test_a_wrong_number_is_excluded(records: Records) -> None:
    campaign = await _campaign(records)
    attempt = await records.attempts.begin(await _next(records, campaign), at=NOON)
    assert isinstance(attempt, AttemptRecord)
    await records.attempts.end(attempt.id, Disposition.INVALID_NUMBER, at=NOON, exclude=True, retry_at=NOON)
    assert (await records.campaigns.counts(campaign))[TargetState.EXCLUDED] == 1


async def test_the_urgent_go_first_then_who_waits_longest(records: Records) -> None:
    campaign = await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    rows = [NewPerson(phone=f"+8210200000{n:02}") for n in range(4)]
    ids = await records.people.enrol_many(rows, at=NOON)
    hours = ((0, 3), (1, 2), (2, 1), (3, 30))
    for place, hour in hours:
        priority = Priority.HIGH if place == 1 else Priority.NORMAL
        due_at = NOON + timedelta(hours=hour)
        await records.campaigns.add_targets(campaign, [ids[place]], due_at=due_at, priority=priority)
    await records.campaigns.add_targets(campaign, ids, due_at=NOON)  # who is in it already stays as they are
    targets = await records.campaigns.due(campaign, NOON + timedelta(hours=10))
    assert [target.person_id for target in targets] == [ids[1], ids[2], ids[0]]
    assert targets[0].phone == "+821020000001"
    assert len(await records.campaigns.due(campaign, NOON + timedelta(hours=10), limit=2)) == 2


async def test_choosing_reads_only_those_who_are_due(records: Records) -> None:
    campaign = await _campaign(records)
    statements: list[tuple[str, tuple[object, ...]]] = []

    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    async with records.database.reading() as connection:
        engine = connection.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        await records.campaigns.due(campaign, NOON)
        event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN " if records.database.is_sqlite else "EXPLAIN "
        if not records.database.is_sqlite:  # of a small table the planner would read everything
            await connection.execute(text("SET enable_seqscan = off"))
            await connection.execute(text("SET plan_cache_mode = force_generic_plan"))
        assert len(statements) == len(Priority)
        for statement, parameters in statements:
            rows = await connection.exec_driver_sql(explain + statement, parameters)
            plan = " ".join(str(row) for row in rows)
            assert "ix_targets_waiting" in plan, plan
            assert "Sort" not in plan and "B-TREE" not in plan, plan


async def test_campaigns_have_names_states_and_an_audit(records: Records) -> None:
    campaign = await _campaign(records)
    with pytest.raises(RecordsError, match="there is a campaign 'care' already"):
        await records.campaigns.create("care", service="care", settings={}, by="kim", at=NOON)
    await records.campaigns.set_state(campaign, CampaignState.STOPPED, by="lee", at=NOON)
    with pytest.raises(StatusNotAllowed, match="create a new one"):
        await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="lee", at=NOON)
    with pytest.raises(RecordsError, match="no campaign with the id"):
        await records.campaigns.set_state(campaign + 1, CampaignState.RUNNING, by="lee", at=NOON)
    kept = await records.campaigns.get("care")
    assert kept is not None and (kept.state, kept.settings) == (CampaignState.STOPPED, {"cps": 1})
    assert await records.campaigns.get("other") is None
    actions = Counter(entry.action for entry in await records.audit.newest(subject=f"campaign/{campaign}"))
    assert actions == {"campaign.created": 1, "campaign.changed": 2}
