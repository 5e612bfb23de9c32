"""What calls have told and the database has not yet taken: on the disk first, so that no crash loses it.

Theory of operation
    Each process has a journal of its own, a file that it holds a lock on as long as it lives. An entry is
    accepted once it is on the disk there; the database is written afterwards, and the journal is emptied when
    nothing is left to write. A file without a lock belongs to a process that died: whoever finds it takes
    its entries over. Every entry may be written to the database twice (``work_id``, and calls whose begin,
    turns and end are kept once), so that a crash at any moment loses nothing and doubles nothing.

    A line is one entry, sealed with the records' keys. What the database refuses for good is put into a file
    beside (``….refused``), which the next start tries again: an update may have mended the reason.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from voicebot.adapters.records.encryption import Keyring
from voicebot.errors import ConfigurationError, RecordsError, RecordsKeyError

logger = logging.getLogger(__name__)

_COLUMN = "journal.entry"
_LEAST_BYTES = 33
"""Of a sealed value: version, fingerprint, nonce and tag. A shorter line was torn."""
JOURNAL, REFUSED, DAMAGED = ".journal", ".refused", ".damaged"


class EntryKind(StrEnum):
    """What an entry tells."""

    BEGIN = "begin"
    TURN = "turn"
    END = "end"
    WORK = "work"
    LOST = "lost"
    """An engine died; its calls are to be ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to be written."""

    kind: EntryKind
    call_id: str
    at: datetime
    content: Mapping[str, Any]
    """Plain values, by the kind."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Of the work, wherever it is tried again."""


class Journal:
    """The journal of this process.

    Args:
        folder: Holds the journals of all processes; made if it is not there.
        keys: Seal what is written.

    Raises:
        ConfigurationError: The folder cannot be written.
    """

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self.name = uuid.uuid4().hex
        """Names this process to the others, and its calls in the database."""
        self._folder = folder
        self._keys = keys
        self._torn = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = _opened(folder / self.name)
            _lock(self._file)
            # Only now others see it: a journal without a lock is one of a process that died.
            (folder / self.name).rename(folder / f"{self.name}{JOURNAL}")
        except OSError as error:
            raise ConfigurationError(
                f"[records] journal: {folder}: {error.strerror}; choose a folder that can be written"
            ) from error

    def append(self, entries: Iterable[Entry]) -> None:
        """Put entries on the disk.

        Raises:
            OSError: They are not there, e.g. the disk is full; what was there before still is.
        """
        lines = b"".join(self._line(entry) for entry in entries)
        try:
            _write(self._file, b"\n" + lines if self._torn else lines)
            self._torn = False
        except OSError:
            self._torn = True  # the half line ends where the next begins
            raise

    def clear(self) -> None:
        """Everything has been written to the database."""
        os.ftruncate(self._file, 0)
        self._torn = False

    def refuse(self, entry: Entry) -> None:
        """Keep what the database refuses for good.

        Raises:
            OSError: It could not be kept.
        """
        file = _opened(self._folder / f"{self.name}{REFUSED}")
        try:
            _write(file, self._line(entry))
        finally:
            os.close(file)

    def adopt(self) -> list[Entry]:
        """Take over what processes that died have left: in the order of their journals, oldest first.

        Everything is in this journal when it returns, and the files are gone.

        Raises:
            RecordsKeyError: An entry is sealed with a key that is not listed; nothing was changed.
            OSError: They could not be read or taken over; they stay for the next start.
        """
        adopted: list[Entry] = []
        with contextlib.ExitStack() as held:
            found: list[Path] = []
            for path in self._left_behind():
                ours = any(path.stem == taken.stem for taken in found)
                if (ours or not self._lives(path.stem)) and _held(path, held):
                    found.append(path)
            for path in found:
                adopted += self._entries(path)
                if path.suffix == JOURNAL:
                    adopted.append(_lost(path))
            self.append(adopted)
            for path in found:
                path.unlink()
        return adopted

    def close(self) -> None:
        """Leave; the file goes with it if nothing is left in it."""
        if os.fstat(self._file).st_size == 0:
            (self._folder / f"{self.name}{JOURNAL}").unlink(missing_ok=True)
        os.close(self._file)

    def _line(self, entry: Entry) -> bytes:
        text = json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False)
        return base64.b64encode(self._keys.seal(text, _COLUMN)) + b"\n"

    def _left_behind(self) -> list[Path]:
        paths = [path for path in self._folder.iterdir() if path.suffix in (JOURNAL, REFUSED)]
        others = [path for path in paths if path.stem != self.name]
        # What was refused goes last: it may hang on what the journal of the same process still holds.
        return sorted(others, key=lambda path: (path.suffix == REFUSED, path.stat().st_mtime))

    def _lives(self, name: str) -> bool:
        """Whether a process still holds its journal."""
        try:
            file = os.open(self._folder / f"{name}{JOURNAL}", os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return not _lock(file)
        finally:
            os.close(file)

    def _entries(self, path: Path) -> list[Entry]:
        entries: list[Entry] = []
        damaged: list[bytes] = []
        lines = path.read_bytes().split(b"\n")
        lines.pop()  # what comes after the last end of a line was never accepted
        for line in filter(None, lines):
            try:
                sealed = base64.b64decode(line, validate=True)
                if len(sealed) < _LEAST_BYTES:
                    raise RecordsError("cut short")
                entries.append(_entry(json.loads(self._keys.open(sealed, _COLUMN))))
            except RecordsKeyError:
                raise
            except (binascii.Error, RecordsError):
                damaged.append(line)
        if damaged:
            aside = path.with_name(path.name + DAMAGED)  # of a journal and its refused entries, both stay
            aside.write_bytes(b"\n".join([*damaged, b""]))
            logger.error(
                "lines of a journal do not open and were put aside",
                extra={"action": "journal_damaged", "file": str(aside), "lines": len(damaged)},
            )
        return entries


def waiting(folder: Path) -> dict[str, int]:
    """How many files of each kind lie in a folder of journals, for ``doctor``; none of an absent folder."""
    names = [path.suffix for path in folder.iterdir()] if folder.is_dir() else []
    return {kind: names.count(kind) for kind in (JOURNAL, REFUSED, DAMAGED)}


def _lost(path: Path) -> Entry:
    ended_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return Entry(kind=EntryKind.LOST, call_id="", at=ended_at, content={"engine": path.stem})


def _entry(values: dict[str, Any]) -> Entry:
    return Entry(
        kind=EntryKind(values["kind"]),
        call_id=values["call_id"],
        at=datetime.fromisoformat(values["at"]),
        content=values["content"],
        id=values["id"],
    )


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)


def _write(file: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.write(file, data[written:])
    os.fdatasync(file)


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(path: Path, held: contextlib.ExitStack) -> bool:
    """Hold a file as long as the stack is open; not if another process has been faster."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    held.callback(os.close, file)
    return _lock(file) and path.exists()
