"""The records as the engine has them: opened with the key of the environment, written off the media path."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from voicebot.adapters.records.acquaintances import RecordedAcquaintances
from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.adapters.records.journal import Journal
from voicebot.adapters.records.keeper import RecordKeeper
from voicebot.adapters.records.records import Records, open_records
from voicebot.adapters.records.upgrading import make_if_none
from voicebot.config import RECORDS_URL_VARIABLE, Settings
from voicebot.errors import ConfigurationError

logger = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Seoul")
"""Cities' clocks, whatever the host is set to."""

_DRAIN_S = 10.0
"""Longest wait, when the engine stops, for a database that does not answer; the journal keeps the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsReach:
    """Where the records are, and what opens them."""

    url: str = field(repr=False)
    """May hold a password."""
    keys: Keyring = field(repr=False)
    journal: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecords:
    """The records of a running engine."""

    records: Records
    keeper: RecordKeeper
    """Everything that calls tell goes through it."""
    acquaintances: RecordedAcquaintances


def reach_records(settings: Settings) -> RecordsReach:
    """The records that settings and environment name.

    Raises:
        RecordsKeyError: The environment has no key, or one that is malformed.
    """
    return RecordsReach(
        url=os.environ.get(RECORDS_URL_VARIABLE) or settings.records.url,
        keys=Keyring.from_environment(os.environ),
        journal=settings.records.journal,
    )


def passing_records(folder: Path) -> RecordsReach:
    """Records in a folder, under a key of this moment: nobody can read them afterwards."""
    keys = Keyring.from_environment({VARIABLE: new_key()})
    return RecordsReach(url=f"sqlite:///{folder / 'records.db'}", keys=keys, journal=folder / "journal")


@asynccontextmanager
async def open_kept_records(
    reach: RecordsReach, topics: Mapping[str, tuple[str, ...]] | None = None
) -> AsyncIterator[OpenRecords]:
    """Open the records, make the tables where there are none, and keep what calls tell until the end.

    What an engine that died has left in its journal is written first.

    Args:
        reach: Where they are.
        topics: Receivers of the outbox with their topics (``receivers.outbox_topics``).

    Raises:
        ConfigurationError: The address or the journal's folder is wrong, or the tables are of another
            version.
        RecordsKeyError: Something is sealed with a key that is not listed.
        RecordsError: The database cannot be reached.
    """
    await make_if_none(reach.url, reach.keys)
    async with open_records(
        reach.url, reach.keys, at=datetime.now(ZONE), destinations=tuple(topics or ()), topics=topics
    ) as records:
        journal = Journal(reach.journal, reach.keys)
        try:
            keeper = RecordKeeper(records, journal, now=lambda: datetime.now(ZONE))
            await _adopt(keeper, reach.journal)
            async with asyncio.TaskGroup() as tasks:
                keeping = tasks.create_task(keeper.run())
                try:
                    yield OpenRecords(
                        records=records, keeper=keeper, acquaintances=RecordedAcquaintances(records)
                    )
                finally:
                    await keeper.drain(_DRAIN_S)
                    keeping.cancel()
        finally:
            journal.close()


async def _adopt(keeper: RecordKeeper, folder: Path) -> None:
    try:
        if entries := await keeper.adopt():
            extra = {"action": "journal_adopted", "entries": entries}
            logger.info("taken over from an engine that did not stop in order", extra=extra)
    except OSError as error:
        raise ConfigurationError(
            f"[records] journal: {folder}: {error.strerror}; what an engine left there cannot be taken over"
        ) from error
