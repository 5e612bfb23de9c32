"""Records on both databases, and records whose outbox has a receiver for messages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.conftest import records as records
from voicebot.adapters.records.records import Records, open_records
from voicebot.engine.events.receivers import MESSAGE_TOPICS
from voicebot.events.message import TOPICS


@pytest.fixture
async def messaging(sqlite_url: str) -> AsyncIterator[Records]:
    """All records, their outbox with a broker and the messages to citizens."""
    topics = {"mqtt": TOPICS, "messages": MESSAGE_TOPICS}
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=tuple(topics), topics=topics) as opened:
        yield opened
