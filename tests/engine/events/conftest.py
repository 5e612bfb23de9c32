"""Records on both databases, and records whose outbox has a receiver for messages."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.conftest import records as records
from voicebot.adapters.records.records import Records, open_records
from voicebot.engine.events.receivers import MESSAGE_TOPICS
from voicebot.events.message import TOPICS


@pytest.fixture
async def messaging(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Records]:
    """All records, their outbox with a broker and the messages to citizens."""
    shutil.copy(sqlite_template, tmp_path / "records.db")
    topics = {"mqtt": TOPICS, "messages": MESSAGE_TOPICS}
    url = f"sqlite:///{tmp_path / 'records.db'}"
    async with open_records(url, KEYS, at=NOON, destinations=tuple(topics), topics=topics) as opened:
        yield opened
