"""All records of an installation, opened together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.alerts import Alerts
from voicebot.adapters.records.attempts import Attempts
from voicebot.adapters.records.calls import Calls
from voicebot.adapters.records.campaigns import Campaigns
from voicebot.adapters.records.cases import Cases
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import VARIABLE, Keyring
from voicebot.adapters.records.ledger import Audit
from voicebot.adapters.records.memory import Memory
from voicebot.adapters.records.notes import Notes
from voicebot.adapters.records.opt_outs import OptOuts
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.people import People
from voicebot.adapters.records.statements import insert_if_new
from voicebot.adapters.records.tables.ledger import RecordKeyRow
from voicebot.adapters.records.upgrading import check_current
from voicebot.errors import RecordsKeyError


class Records:
    """One repository an aggregate, over one database.

    Args:
        database: Open, its tables and keys checked.
        destinations: Receivers of the outbox.
        topics: Destination → the only topics that it gets, where it does not get all.
    """

    def __init__(
        self,
        database: Database,
        destinations: Sequence[str] = (),
        topics: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.database = database
        self.outbox = Outbox(database, destinations, topics)
        self.audit = Audit(database)
        self.people = People(database)
        self.opt_outs = OptOuts(database)
        self.memory = Memory(database)
        self.calls = Calls(database, self.outbox)
        self.cases = Cases(database, self.outbox)
        self.alerts = Alerts(database, self.outbox)
        self.notes = Notes(database)
        self.campaigns = Campaigns(database)
        self.attempts = Attempts(database, self.outbox)


@asynccontextmanager
async def open_records(
    url: str,
    keys: Keyring,
    *,
    at: datetime,
    destinations: Sequence[str] = (),
    topics: Mapping[str, Collection[str]] | None = None,
) -> AsyncIterator[Records]:
    """Open the records; leaving closes them.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        keys: Of the environment.
        at: Now.
        destinations: Receivers of the outbox, e.g. ``("mqtt",)``.
        topics: Destination → the only topics that it gets, where it does not get all.

    Raises:
        ConfigurationError: The address is wrong, or the tables are of another version.
        RecordsKeyError: Something is sealed with a key that is not listed.
        RecordsError: The database cannot be reached.
    """
    database = Database(url, keys)
    try:
        async with database.writing() as connection:
            await check_current(connection, database.where)
            await _check_keys(connection, keys, database.where, at)
        yield Records(database, destinations, topics)
    finally:
        await database.close()


async def _check_keys(connection: AsyncConnection, keys: Keyring, where: str, at: datetime) -> None:
    """A wrong key is found at the start, not when a case is looked up weeks later."""
    used = (await connection.execute(select(RecordKeyRow.fingerprint))).scalars().all()
    missing = sorted(set(used) - set(keys.fingerprints))
    if missing:
        raise RecordsKeyError(
            f"{where} is sealed with the key {', '.join(missing)}, but {VARIABLE} lists "
            f"{', '.join(keys.fingerprints)}; add the missing one behind the newest"
        )
    await connection.execute(
        insert_if_new(connection, RecordKeyRow).values(fingerprint=keys.newest, first_used_at=at)
    )
