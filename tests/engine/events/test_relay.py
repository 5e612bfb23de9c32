"""What waits arrives at least once, steps in order, and nothing is held up by what is not its own."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select, update

from tests.engine.events.scene import Clock, Receiver, put, relay_of, run_for, run_until
from voicebot.adapters.records.records import Records
from voicebot.adapters.records.tables.ledger import OutboxRow
from voicebot.engine.events import relay as relaying
from voicebot.engine.events.relay import CLAIM_S, ROUND_S, SEND_LIMIT_S
from voicebot.errors import RecordsError
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Failed, Postponed, Refused, Verdict
from voicebot.events.waiting import LONGEST_DELAY_S


async def test_everything_arrives_once_alerts_first(records: Records) -> None:
    calls = await put(records, "call", 5)
    alerts = await put(records, "alert", 3)
    receiver, clock = Receiver(), Clock()
    relay = relay_of(records, receiver, clock, rate_per_s=2)
    await run_until(relay, clock, lambda: len(receiver.got) == 8)
    await run_for(relay, clock, 2)
    assert receiver.ids == alerts + calls
    assert await records.outbox.depth("mqtt") == 0
    assert await records.outbox.depth("webhook") == 8


async def test_no_more_than_the_rate(records: Records) -> None:
    await put(records, "call", 30)
    receiver, clock = Receiver(), Clock()
    relay = relay_of(records, receiver, clock, rate_per_s=5)
    await run_for(relay, clock, 2)
    assert len(receiver.got) <= 5 + 2 * 5
    await run_until(relay, clock, lambda: len(receiver.got) >= 30)
    assert len(receiver.got) == relay.counts.delivered == 30


async def test_a_poison_message_holds_up_no_other(records: Records) -> None:
    (poison,) = await put(records, "alert", 1)
    (broken,) = await put(records, "alert", 1)
    rest = await put(records, "case", 20)

    def answer(message: Message) -> Verdict:
        if message.event_id == poison:
            return Refused(reason="too large")
        if message.event_id == broken:
            raise ValueError("no such thing")
        return Delivered()

    receiver, clock = Receiver(answer=answer), Clock()
    relay = relay_of(records, receiver, clock)
    await run_for(relay, clock, 5)
    assert sorted(receiver.ids) == sorted(rest)
    state = await records.outbox.state("mqtt")
    assert (state.waiting, state.refused) == (1, 1)
    assert [one.event_id for one in receiver.tried].count(poison) == 1
    assert relay.counts.refused == 1

    receiver.answer = lambda message: Delivered()
    assert await records.outbox.retry("mqtt", clock.now) == 1
    await run_until(relay, clock, lambda: len(receiver.got) == 22)
    assert set(receiver.ids) == {poison, broken, *rest}


async def test_a_payload_that_does_not_open_is_put_aside(records: Records) -> None:
    ids = await put(records, "case", 3)
    of_first = OutboxRow.event_id == ids[0]
    async with records.database.writing() as connection:
        sealed = (
            (await connection.execute(select(OutboxRow.payload_sealed).where(of_first))).scalars().first()
        )
        assert sealed is not None
        await connection.execute(update(OutboxRow).where(of_first).values(payload_sealed=sealed[:-1] + b"?"))
    receiver, clock = Receiver(), Clock()
    await run_for(relay_of(records, receiver, clock), clock, 5)
    assert receiver.ids == ids[1:]
    assert (await records.outbox.state("mqtt")).refused == 1


async def test_the_steps_of_a_case_arrive_in_order_though_the_first_fails(records: Records) -> None:
    steps = await put(records, "case", 4, number="1001")
    others = await put(records, "case", 4, number="1002")
    failures = iter(range(3))

    def answer(message: Message) -> Verdict:
        first = message.event_id == steps[0] and next(failures, None) is not None
        return Failed(reason="500") if first else Delivered()

    receiver, clock = Receiver(answer=answer), Clock()
    relay = relay_of(records, receiver, clock)
    await run_until(relay, clock, lambda: len(receiver.got) == 8)
    assert [one for one in receiver.ids if one in steps] == steps
    assert [one for one in receiver.ids if one in others] == others
    assert receiver.ids.index(others[-1]) < receiver.ids.index(steps[0])


async def test_a_receiver_that_is_down_for_an_hour_loses_nothing_and_is_not_flooded(records: Records) -> None:
    clock = Clock()
    receiver = Receiver(answer=lambda message: Postponed(reason="connection refused"))
    relay = relay_of(records, receiver, clock, rate_per_s=10)
    ids = []
    for _ in range(12):
        ids += await put(records, "case", 15, clock.now)
        await run_for(relay, clock, 300)
    assert 60 <= len(receiver.tried) <= 90
    assert relay.in_trouble
    ids += (alerts := await put(records, "alert", 2, clock.now))

    receiver.answer = lambda message: Delivered()
    arrivals: list[float] = []
    while await records.outbox.depth("mqtt"):
        before = len(receiver.got)
        wait_s = await relay.round()
        arrivals += [clock.now.timestamp()] * (len(receiver.got) - before)
        clock.pass_s(max(wait_s, 0.001))
    assert receiver.ids[:2] == alerts
    assert len(receiver.ids) == len(set(receiver.ids)) and set(receiver.ids) == set(ids)
    for moment in arrivals:
        assert sum(moment <= one < moment + 1 for one in arrivals) <= 20
    assert not relay.in_trouble


async def test_a_receiver_that_answers_with_nothing_but_failures_is_left_alone(records: Records) -> None:
    ids = await put(records, "case", 40)
    receiver, clock = Receiver(answer=lambda message: Failed(reason="500")), Clock()
    relay = relay_of(records, receiver, clock, rate_per_s=10)
    await run_for(relay, clock, 3600)
    assert len(receiver.tried) < 90
    receiver.answer = lambda message: Delivered()
    await run_until(relay, clock, lambda: len(receiver.got) == 40, most_s=2 * LONGEST_DELAY_S)
    assert set(receiver.ids) == set(ids)


async def test_while_the_sender_is_not_ready_the_database_is_not_even_asked(records: Records) -> None:
    ids = await put(records, "case", 3)
    receiver, clock = Receiver(ready=False), Clock()
    relay = relay_of(records, receiver, clock)
    await run_for(relay, clock, 3600)
    assert receiver.tried == [] and relay.in_trouble
    messages = await records.outbox.due("mqtt", clock.now)
    assert [(one.event_id, one.tries) for one in messages] == [(one, 0) for one in ids]
    receiver.ready = True
    await run_until(relay, clock, lambda: len(receiver.got) == 3)
    assert receiver.ids == ids


async def test_behind_a_slow_receiver_an_alert_waits_for_one_message_only(records: Records) -> None:
    await put(records, "case", 20)
    clock = Clock()
    assert ROUND_S + SEND_LIMIT_S < CLAIM_S

    def answer(message: Message) -> Verdict:
        clock.pass_s(10)
        return Delivered()

    receiver = Receiver(answer=answer)
    relay = relay_of(records, receiver, clock, most_at_once=1)
    await relay.round()
    assert len(receiver.got) == 1
    (alert,) = await put(records, "alert", 1)
    await relay.round()
    assert receiver.ids[1:] == [alert]
    receiver.answer = lambda message: Delivered()
    await run_until(relay, clock, lambda: len(receiver.got) == 21)
    assert len(set(receiver.ids)) == 21


async def test_two_engines_share_the_work(records: Records) -> None:
    ids = await put(records, "case", 60)
    clock = Clock()
    receivers = [Receiver(), Receiver()]
    relays = [relay_of(records, receiver, clock, rate_per_s=10) for receiver in receivers]
    while await records.outbox.depth("mqtt"):
        await asyncio.gather(*(relay.round() for relay in relays))
        clock.pass_s(0.1)
    assert sorted(receivers[0].ids + receivers[1].ids) == sorted(ids)
    assert all(receiver.got for receiver in receivers)


async def test_after_the_clock_was_set_back_nothing_waits_for_it(records: Records) -> None:
    (id,) = await put(records, "case", 1)
    receiver, clock = Receiver(answer=lambda message: Failed(reason="500")), Clock()
    await relay_of(records, receiver, clock).round()
    clock.pass_s(-7200)
    receiver.answer = lambda message: Delivered()
    await run_until(relay_of(records, receiver, clock), clock, lambda: receiver.ids == [id], most_s=5)


async def test_a_database_that_restarts_stops_no_relay(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "delay_s", lambda *arguments, **options: 0.0)
    await put(records, "alert", 1)
    arrived, claim, failures = asyncio.Event(), records.outbox.claim, iter(range(3))

    async def broken(destination: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        if next(failures, None) is not None:
            raise RecordsError("the database is starting up")
        return await claim(destination, now, until, limit)

    def answer(message: Message) -> Verdict:
        arrived.set()
        return Delivered()

    monkeypatch.setattr(records.outbox, "claim", broken)
    stop = asyncio.Event()
    running = asyncio.create_task(relay_of(records, Receiver(answer=answer), Clock()).run(stop))
    await arrived.wait()
    stop.set()
    await running
    assert next(failures, None) is None


async def test_it_runs_until_it_is_stopped_and_looks_at_once_when_asked(records: Records) -> None:
    receiver, clock = Receiver(), Clock()
    relay = relay_of(records, receiver, clock)
    stop = asyncio.Event()
    arrived = asyncio.Event()

    def answer(message: Message) -> Verdict:
        arrived.set()
        return Delivered()

    receiver.answer = answer
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(relay.run(stop))
        await put(records, "alert", 1)
        relay.look()
        await arrived.wait()
        stop.set()
        await running
    assert await records.outbox.depth("mqtt") == 0
