"""A copy of records and journal, made beside engines that are at work.

Theory of operation
    The journal is copied first. What a call tells leaves the journal only once the database has it, so that a
    copy of the database that is made later holds whatever the copied journal does not; what is in both is
    written once (``journal``). A backup has its name only when it is complete.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.journal import DAMAGED, JOURNAL, REFUSED
from voicebot.adapters.records.upgrading import newest_revision
from voicebot.errors import ConfigurationError, RecordsError

SQLITE_FILE, POSTGRES_FILE, ABOUT_FILE = "records.db", "records.dump", "about.json"
JOURNAL_FOLDER = "journal"

_UNFINISHED = ".part"
_NAME = "%Y%m%d-%H%M%S"
_COMMAND = "pg_dump"


async def back_up(database: Database, journal: Path, folder: Path, *, at: datetime, keep: int) -> Path:
    """Make a backup of its own in a folder, and take the oldest ones away.

    Args:
        database: Its tables are those of this version.
        journal: Folder of the journals.
        folder: Where backups are kept; made if it is not there.
        at: Now; names the backup.
        keep: How many are kept, this one included.

    Returns:
        The folder of this backup.

    Raises:
        ConfigurationError: The folder cannot be written, or PostgreSQL's ``pg_dump`` is not there.
        RecordsError: The copy failed; nothing of it is left.
    """
    final = folder / at.strftime(_NAME)
    unfinished = final.with_suffix(_UNFINISHED)
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        _copy_journal(journal, unfinished / JOURNAL_FOLDER)
        if database.is_sqlite:
            await asyncio.to_thread(_copy_sqlite, database.url, unfinished / SQLITE_FILE)
        else:
            await _dump(database.url, unfinished / POSTGRES_FILE)
        _tell(database, unfinished / ABOUT_FILE, at)
        unfinished.rename(final)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise RecordsError(f"{folder}: the backup failed ({reason}); make room, or name another") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in backups(folder)[:-keep]:
        shutil.rmtree(old)
    return final


def backups(folder: Path) -> list[Path]:
    """The complete backups in a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{ABOUT_FILE}") if path.parent.suffix != _UNFINISHED)


def _copy_journal(journal: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(journal.iterdir()) if journal.is_dir() else ():
        if path.suffix in (JOURNAL, REFUSED, DAMAGED):
            # With its time: it tells when the calls of a lost engine ended.
            try:
                shutil.copy2(path, target / path.name)
            except FileNotFoundError:
                continue  # its engine has stopped in order: everything is in the database


def _copy_sqlite(url: URL, target: Path) -> None:
    assert url.database is not None
    target.touch(mode=0o600)
    with closing(sqlite3.connect(url.database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        (told,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        # One file, whole: no journal of SQLite's own beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    if told != "ok":
        raise RecordsError(f"{url.database} is damaged: {told}; go back to an earlier backup")


async def _dump(url: URL, target: Path) -> None:
    # The password goes by the environment: everybody on the machine sees a command's arguments.
    query = {("sslmode" if name == "ssl" else name): value for name, value in url.query.items()}
    address = url.set(drivername="postgresql", password=None, query=query).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    command = (_COMMAND, "--format=custom", "--no-owner", f"--file={target}", f"--dbname={address}")
    # Made by us, so that nobody else can read it while it grows.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    status, said = await _run(command, os.environ | password)
    if status:
        raise RecordsError(f"pg_dump failed: {said.strip().splitlines()[-1] if said.strip() else status}")


async def _run(command: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"no {command[0]} on this machine; install the Debian package postgresql-client"
        ) from error
    _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace")


def _tell(database: Database, path: Path, at: datetime) -> None:
    """What whoever restores it must know; nothing secret."""
    about = {
        "at": at.isoformat(timespec="seconds"),
        "database": database.where,
        "revision": newest_revision(),
        "keys": list(database.keys.fingerprints),
    }
    path.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
