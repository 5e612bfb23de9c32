"""The records, open on each database (``tests/databases.py``)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import KEYS, NOON
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.records import Records, open_records

__all__ = ["KEYS", "NOON"]


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    """All records, their outbox with two receivers."""
    async with open_records(url, KEYS, at=NOON, destinations=("mqtt", "webhook")) as opened:
        yield opened


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database with the tables."""
    opened = Database(url, KEYS)
    yield opened
    await opened.close()
