"""Keeps what calls tell without ever holding one up: through the journal into the database, in order.

Theory of operation
    ``begin``, ``add_turn``, ``end`` and ``perform`` only put an entry into a queue. One task brings entries
    to the journal, many at a time; another writes them to the database, one after the other. While the
    database is down, slow or full the second one waits and tries the same entry again, and whoever asked for
    work gets an answer at once: that it will be done, once it is in the journal, or that it failed, where the
    flow must have its result. ``look_up_case`` alone reads the database directly.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from voicebot.adapters.records.desk import LOOK_UP, RecordsDesk
from voicebot.adapters.records.entries import (
    begin_content,
    end_content,
    turn_content,
    work_content,
    write_entry,
)
from voicebot.adapters.records.journal import Entry, EntryKind, Journal
from voicebot.adapters.records.records import Records
from voicebot.errors import RecordsUnavailable, VoicebotError
from voicebot.outcome import CallOutcome
from voicebot.records.calls import NewCall, Turn

logger = logging.getLogger(__name__)

NEEDS_RESULT = frozenset({"open_case"})
"""Work whose result is spoken: that it will be done is no answer to it."""

_ANSWER_LIMIT_S = 3.0
"""Longest wait for the database: flows give work four seconds, in which the citizen hears nothing."""

_DISK_LIMIT_S = 3.0
"""Longest wait for the journal, which takes milliseconds; a disk that hangs longer is as good as full."""

_WRITE_LIMIT_S = 20.0
"""A server that hangs without closing the connection; SQLite's own wait for another writer is 5 s."""

_OF_ALL = ""
"""Call id of an entry that concerns every call of an engine (``EntryKind.LOST``)."""

_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Between tries while the database is down; the last one again and again. A restart takes some seconds."""


@dataclass(slots=True)
class _Item:
    entry: Entry
    answer: asyncio.Future[Mapping[str, str]] | None = None
    """Of whoever waits for it."""
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the journal was tried."""
    in_journal: bool = False

    def settle(self) -> None:
        """The database has not taken it yet: say what can be said now."""
        if self.answer is None or self.answer.done():
            return
        if self.in_journal and self.entry.content["name"] not in NEEDS_RESULT:
            self.answer.set_result({})
        else:
            self.answer.set_exception(RecordsUnavailable("the database does not answer; it is tried again"))


class RecordKeeper:
    """Implements ``ports.CaseDesk`` and ``ports.CallBook``; ``run`` does the writing.

    Args:
        records: Open.
        journal: Of this process.
        now: Wall clock with a time zone.
        pause: Waits between tries, seconds.
        answer_limit_s: Longest wait of ``perform`` for the database.
    """

    def __init__(
        self,
        records: Records,
        journal: Journal,
        *,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        answer_limit_s: float = _ANSWER_LIMIT_S,
    ) -> None:
        self._records = records
        self._desk = RecordsDesk(records, now=now)
        self._journal = journal
        self._now = now
        self._pause = pause
        self._answer_limit_s = answer_limit_s
        self._fresh: deque[_Item] = deque()
        self._waiting: deque[_Item] = deque()
        self._unwritten: Counter[str] = Counter()  # call → entries
        self._down = False
        self._some_fresh, self._some_waiting, self._all_written = (asyncio.Event() for _ in range(3))
        self._all_written.set()
        self._disk = asyncio.Lock()

    @property
    def depth(self) -> int:
        """Entries that the database has not taken yet."""
        return self._unwritten.total()

    def holds(self, call_id: str) -> bool:
        """Whether there is something of a call, or of a lost engine's calls, that the database has not taken
        yet: until then the records do not tell how it ended."""
        return bool(self._unwritten[call_id] or self._unwritten[_OF_ALL])

    # --- what calls tell ------------------------------------------------------------------------------------

    def begin(self, call: NewCall) -> None:
        """See ``ports.CallBook``."""
        self._put(EntryKind.BEGIN, call.call_id, begin_content(call, self._journal.name))

    def add_turn(self, call_id: str, turn: Turn) -> None:
        """See ``ports.CallBook``."""
        self._put(EntryKind.TURN, call_id, turn_content(turn))

    def end(self, call_id: str, outcome: CallOutcome, slots: Mapping[str, str]) -> None:
        """See ``ports.CallBook``."""
        self._put(EntryKind.END, call_id, end_content(outcome, slots))

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Do the named work (``RecordsDesk.perform``); what the database cannot take now is done later, and
        answered with nothing.

        Raises:
            RecordsUnavailable: The database does not answer, and the result is needed now, or the journal
                cannot be written either. The work is tried again all the same.
            VoicebotError: The work is refused.
        """
        if name == LOOK_UP:
            try:
                async with asyncio.timeout(self._answer_limit_s):
                    return await self._desk.perform(call_id, name, arguments)
            except TimeoutError as error:
                raise RecordsUnavailable("the database takes too long") from error
        answer: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        item = self._put(EntryKind.WORK, call_id, work_content(name, arguments), answer)
        # Before it is in the journal nothing can be promised, so the database's time begins afterwards.
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(item.accepted.wait(), _DISK_LIMIT_S)
                await asyncio.wait({answer}, timeout=self._answer_limit_s)
        except asyncio.CancelledError:
            answer.cancel()  # nobody is told any more: should it be refused, it is put aside
            raise
        item.settle()
        return answer.result()

    # --- its life -------------------------------------------------------------------------------------------

    async def adopt(self) -> int:
        """Take over what processes that died have left; before ``run``. Returns how many entries.

        Raises:
            RecordsKeyError: They are sealed with a key that is not listed.
            OSError: The folder cannot be read or written.
        """
        entries = await asyncio.to_thread(self._journal.adopt)
        self._waiting.extend(_Item(entry=entry, in_journal=True) for entry in entries)
        self._unwritten.update(entry.call_id for entry in entries)
        if entries:
            self._all_written.clear()
            self._some_waiting.set()
        return len(entries)

    async def run(self) -> None:
        """Write until cancelled; what is not written then is in the journal."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._to_journal())
                tasks.create_task(self._to_database())
        finally:
            # Here nothing can be awaited any more. What is in there twice is written once.
            with contextlib.suppress(OSError):
                self._journal.append(item.entry for item in self._fresh)

    async def drain(self, limit_s: float) -> bool:
        """Wait until the database has taken everything; whether it has in time."""
        try:
            await asyncio.wait_for(self._all_written.wait(), limit_s)
        except TimeoutError:
            logger.warning("left to the next start", extra={"action": "journal_left", "entries": self.depth})
            return False
        return True

    def _put(
        self,
        kind: EntryKind,
        call_id: str,
        content: Mapping[str, object],
        answer: asyncio.Future[Mapping[str, str]] | None = None,
    ) -> _Item:
        item = _Item(entry=Entry(kind=kind, call_id=call_id, at=self._now(), content=content), answer=answer)
        self._fresh.append(item)
        self._unwritten[call_id] += 1
        self._all_written.clear()
        self._some_fresh.set()
        return item

    async def _to_journal(self) -> None:
        while True:
            await self._some_fresh.wait()
            self._some_fresh.clear()
            items = list(self._fresh)
            await self._accept(items)
            for _ in items:
                self._waiting.append(self._fresh.popleft())
            self._some_waiting.set()
            if self._down:
                self._settle()

    async def _accept(self, items: list[_Item]) -> None:
        async with self._disk:
            try:
                await asyncio.to_thread(self._journal.append, [item.entry for item in items])
            except OSError as error:
                # The database may still take them; if neither does, they are tried again as long as we live.
                extra = {"action": "journal", "reason": error.strerror}
                logger.error("the journal cannot be written", extra=extra)
            else:
                for item in items:
                    item.in_journal = True
        for item in items:
            item.accepted.set()

    async def _to_database(self) -> None:
        tries = 0
        while True:
            if not self._waiting:
                self._some_waiting.clear()
                await self._some_waiting.wait()
            try:
                await self._write(self._waiting[0])
            except RecordsUnavailable as error:
                if not self._down:
                    reason = str(error)
                    logger.error("records wait", extra={"action": "records_wait", "reason": reason})
                self._down = True
                if outside := [item for item in self._waiting if not item.in_journal]:
                    await self._accept(outside)
                self._settle()
                await self._pause(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
                tries += 1
                continue
            if self._down:
                logger.info("records go on", extra={"action": "records_go_on", "entries": self.depth})
            self._down, tries = False, 0
            self._taken(self._waiting.popleft())
            if not self._unwritten:
                await self._empty_journal()

    def _taken(self, item: _Item) -> None:
        call_id = item.entry.call_id
        self._unwritten[call_id] -= 1
        if not self._unwritten[call_id]:
            del self._unwritten[call_id]

    def _settle(self) -> None:
        for item in self._waiting:
            item.settle()

    async def _empty_journal(self) -> None:
        async with self._disk:
            if self._unwritten:
                return
            try:
                await asyncio.to_thread(self._journal.clear)
            except OSError as error:
                # What stays is written once more at the next start, and changes nothing.
                extra = {"action": "journal", "reason": error.strerror}
                logger.warning("the journal cannot be emptied", extra=extra)
        if not self._unwritten:
            self._all_written.set()

    async def _write(self, item: _Item) -> None:
        """Write one entry to the database, or put it aside if that refuses it for good.

        Raises:
            RecordsUnavailable: Try again later.
        """
        try:
            async with asyncio.timeout(_WRITE_LIMIT_S):
                result = await write_entry(item.entry, self._records, self._desk)
        except RecordsUnavailable:
            raise
        except TimeoutError as error:
            raise RecordsUnavailable(f"no answer of the database in {_WRITE_LIMIT_S:.0f} s") from error
        except Exception as error:
            # Whatever it is, those behind it must not wait for it.
            if item.answer is not None and not item.answer.done():
                item.answer.set_exception(error)  # the flow goes on by its branch for work that failed
                return
            known = isinstance(error, VoicebotError)  # says nothing personal; what led to it may
            extra = {
                "action": "refused",
                "kind": item.entry.kind.value,
                "call_id": item.entry.call_id,
                "reason": str(error) if known else type(error).__name__,
            }
            logger.error("an entry was refused", extra=extra, exc_info=None if known else error)
            await self._refuse(item.entry)
            return
        if item.answer is not None and not item.answer.done():
            item.answer.set_result(result)

    async def _refuse(self, entry: Entry) -> None:
        try:
            await asyncio.to_thread(self._journal.refuse, entry)
        except OSError as error:
            extra = {"action": "refused", "reason": error.strerror, "call_id": entry.call_id}
            logger.error("a refused entry could not be kept", extra=extra)
