"""Brings the tables to the state that this version of voicebot needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.encryption import Keyring
from voicebot.errors import ConfigurationError

_FOLDER = Path(__file__).parent / "migrations"

_UPGRADE_LOCK = 0x766F6963
"""PostgreSQL's advisory lock held during an upgrade; the number spells "voic"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade did."""

    before: str
    """Revision before it; empty: there were no tables."""
    after: str

    @property
    def changed(self) -> bool:
        """Whether there was anything to do."""
        return self.before != self.after


def newest_revision() -> str:
    """The revision that this version of voicebot needs."""
    return _revisions()[0]


async def upgrade(database: Database) -> Upgrade:
    """Run the steps that are missing, all in one transaction; two at once wait for each other.

    Raises:
        ConfigurationError: The tables are of a newer voicebot, or not ours.
        RecordsError: The database cannot be reached or written; nothing was changed.
    """
    async with database.writing() as connection:
        if not database.is_sqlite:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        before = await connection.run_sync(_revision)
        _check_known(before, database.where)
        await connection.run_sync(_run_steps)
        return Upgrade(before=before, after=await connection.run_sync(_revision))


async def make_if_none(url: str, keys: Keyring) -> bool:
    """Make the tables in a database that has none yet; whether that was so. Older ones are left alone: their
    upgrade wants a backup first.

    Raises:
        ConfigurationError: The address is wrong, or the tables are of a newer voicebot, or not ours.
        RecordsError: The database cannot be reached or written.
    """
    database = Database(url, keys)
    try:
        async with database.reading() as connection:
            if await connection.run_sync(_revision):
                return False
        return (await upgrade(database)).changed
    finally:
        await database.close()


async def check_current(connection: AsyncConnection, where: str) -> None:
    """Make sure that the tables are those of this version.

    Args:
        connection: Any open one.
        where: The database's name for the message.

    Raises:
        ConfigurationError: They are older (run the upgrade) or newer (install the newer voicebot).
    """
    revision = await connection.run_sync(_revision)
    _check_known(revision, where)
    if revision != newest_revision():
        raise ConfigurationError(
            f"{where}: its tables are of revision {revision or 'none'}, this voicebot needs "
            f"{newest_revision()}; make a backup, then run: voicebot records upgrade"
        )


def _check_known(revision: str, where: str) -> None:
    if revision and revision not in _revisions():
        raise ConfigurationError(
            f"{where}: its tables are of revision {revision}, which this voicebot does not know; "
            "install the version that made them, or a newer one"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[str, ...]:
    """All revisions, the newest first; read once, since Alembic compiles every step to tell."""
    steps = ScriptDirectory.from_config(_config())
    return tuple(step.revision for step in steps.walk_revisions())


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _run_steps(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
