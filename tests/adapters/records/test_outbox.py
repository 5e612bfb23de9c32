"""Messages wait until they were delivered, under the same id, each receiver for itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.adapters.records.conftest import NOON
from voicebot.adapters.records.ledger import AuditEntry
from voicebot.adapters.records.records import Records
from voicebot.errors import RecordsError


async def _put(records: Records, *topics: str) -> list[str]:
    async with records.database.writing() as connection:
        return [await records.outbox.put(connection, topic, {"n": topic}, NOON) for topic in topics]


async def test_a_message_is_delivered_to_each_receiver_once(records: Records) -> None:
    ids = await _put(records, "a", "b")
    messages = await records.outbox.due("mqtt", NOON)
    assert [message.event_id for message in messages] == ids
    assert [message.payload for message in messages] == [{"n": "a"}, {"n": "b"}]
    await records.outbox.delivered(messages, NOON)
    assert await records.outbox.due("mqtt", NOON) == []
    assert [message.event_id for message in await records.outbox.due("webhook", NOON)] == ids
    assert (await records.outbox.depth("mqtt"), await records.outbox.depth("webhook")) == (0, 2)


async def test_what_failed_waits(records: Records) -> None:
    await _put(records, "a", "b")
    (first, _) = await records.outbox.due("mqtt", NOON)
    later = NOON + timedelta(minutes=1)
    await records.outbox.failed(first, "broker is down " * 50, later)
    assert [message.topic for message in await records.outbox.due("mqtt", NOON)] == ["b"]
    messages = await records.outbox.due("mqtt", later, limit=5)
    assert [(message.topic, message.tries) for message in messages] == [("b", 0), ("a", 1)]


async def test_what_is_rolled_back_is_not_sent(records: Records) -> None:
    with pytest.raises(RecordsError):
        async with records.database.writing() as connection:
            await records.outbox.put(connection, "case", {}, NOON)
            await connection.execute(text("INSERT INTO cases (number) VALUES (1)"))
    assert await records.outbox.due("mqtt", NOON) == []


async def test_looking_at_a_record_can_be_audited(records: Records) -> None:
    entry = AuditEntry(
        at=NOON, actor="kim", action="person.seen", subject="person/1", details={"why": "call"}
    )
    await records.audit.add(entry)
    assert await records.audit.newest() == [entry]
    assert await records.audit.newest(subject="person/2") == []
