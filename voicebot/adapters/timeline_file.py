"""Timelines on disk: one file of JSON lines a call, written by one thread for all calls.

``record`` only appends to a list; redaction, JSON and the disk are the thread's business, so that a slow or
full disk costs no call a single tick. What was recorded reaches the kernel within a second: that much is lost
when the process is killed.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType

from voicebot.timeline.record import Record, Track, format_line
from voicebot.timeline.redaction import KeyMask, redact

logger = logging.getLogger(__name__)

_FLUSH_S = 1.0
"""How much of a call a kill may cost."""
_LONGEST_BACKLOG = 20_000
"""Entries of one call that may wait for a disk that hangs, about 10 MB; later ones are not kept."""
_CLOSE_S = 5.0
"""How long an orderly end waits for the disk."""

_WORDS = frozenset({"text", "heard", "said", "answer", "choices", "slots", "arguments", "result_text"})
"""Details that hold what was said; left out where words are not kept."""
_EXEMPT = frozenset({"wall_time", "call_id", "service"})
"""Details that are made of digits and say nothing about a person."""

_Entry = tuple[str, str, float, Mapping[str, object]]


class TimelineFile:
    """The timeline of one call (``ports.TimelineSink``); made by ``TimelineFolder.open``."""

    def __init__(self, path: Path, *, call_id: str, started_at: float, keep_text: bool) -> None:
        """See ``TimelineFolder.open``.

        Args:
            path: The file; made with the first entry.
            call_id: For log lines.
            started_at: Monotonic seconds of the call's start.
            keep_text: Whether words are written.
        """
        self.path = path
        self._call_id = call_id
        self._started_at = started_at
        self._keep_text = keep_text
        self._waiting: deque[_Entry] = deque()
        self._keys = KeyMask()
        self._descriptor: int | None = None
        self._failed = False
        self.closed = False

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Add one entry; see ``ports.TimelineSink``."""
        if len(self._waiting) < _LONGEST_BACKLOG:
            self._waiting.append((track, event, at, details))

    def close(self) -> None:
        """The call is over: the file is completed and closed within a second."""
        self.closed = True

    def flush(self) -> bool:
        """Write what waits, and tell whether the file is done with; called by the folder only."""
        closed = self.closed  # before the entries are taken: what is recorded later is not lost by closing
        try:
            self._write(b"".join(self._line(self._waiting.popleft()) for _ in range(len(self._waiting))))
        except OSError as error:
            self._report(error)
        if closed and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        return closed

    def _line(self, entry: _Entry) -> bytes:
        track, event, at, details = entry
        try:
            record = Record(
                at_s=at - self._started_at,
                track=Track(track),
                event=event,
                details={
                    name: self._kept(name, value, at)
                    for name, value in details.items()
                    if self._keep_text or name not in _WORDS
                },
            )
            return format_line(record).encode("utf-8", "replace")
        except (ValueError, TypeError, RecursionError) as error:
            # A wrong entry is a mistake of ours; it costs the entry, never the call.
            logger.warning(
                "timeline entry left out",
                extra={"action": "timeline", "call_id": self._call_id, "event": event, "error": repr(error)},
            )
            return b""

    def _kept(self, name: str, value: object, at: float) -> object:
        if name in _EXEMPT:
            return value
        if name == "key" and isinstance(value, str):
            return self._keys.mask(value, at)
        if name.endswith("_at") and isinstance(value, float):
            return round(value - self._started_at, 3)
        return _redacted(value)

    def _write(self, data: bytes) -> None:
        if not data:
            return
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # What callers said is for nobody else to read.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._descriptor = os.open(self.path, flags, 0o600)
        whole = os.fstat(self._descriptor).st_size
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            # A line torn by a full disk would spoil the file for its readers.
            os.ftruncate(self._descriptor, whole)
            raise

    def _report(self, error: OSError) -> None:
        if self._failed:
            return
        self._failed = True
        logger.error(
            "timeline cannot be written; the call goes on without it",
            extra={
                "action": "timeline",
                "call_id": self._call_id,
                "path": str(self.path),
                "error": error.strerror,
            },
        )


def _redacted(value: object) -> object:
    match value:
        case str():
            return redact(value)
        case Mapping():
            return {str(name): _redacted(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(inner) for inner in value]
        case _:
            return value


class TimelineFolder:
    """Where the timelines of all calls go; owns the thread that writes them.

    Use as a context manager: leaving it writes what still waits.
    """

    def __init__(self, folder: Path, *, keep_text: bool = True, flush_s: float = _FLUSH_S) -> None:
        """Take a folder; it is made when the first timeline is written.

        Args:
            folder: Where the files go.
            keep_text: Whether recognised and spoken words are written.
            flush_s: Seconds between writes.
        """
        self._folder = folder
        self._keep_text = keep_text
        self._flush_s = flush_s
        self._files: list[TimelineFile] = []
        self._lock = threading.Lock()
        """Guards the list of files."""
        self._writing = threading.Lock()
        """Held by whoever writes."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timelines", daemon=True)

    def __enter__(self) -> TimelineFolder:
        """Start writing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what waits and stop."""
        self._stopping.set()
        self._thread.join(_CLOSE_S)

    def open(self, *, call_id: str, service: str, started_at: float, wall_time: datetime) -> TimelineFile:
        """The timeline of a new call, begun with its ``call_started``.

        Args:
            call_id: Names the call in the file and in the file's name.
            service: The service that takes the call.
            started_at: Monotonic seconds of the call's start: zero of the file's times.
            wall_time: The same moment by the clock on the wall, with its zone.
        """
        safe_id = re.sub(r"[^\w.-]", "_", f"{service}-{call_id}", flags=re.ASCII)[:120]
        path = self._folder / f"{wall_time:%Y%m%d-%H%M%S}-{safe_id}.jsonl"
        timeline = TimelineFile(path, call_id=call_id, started_at=started_at, keep_text=self._keep_text)
        timeline.record(
            Track.ENGINE,
            "call_started",
            started_at,
            wall_time=wall_time.isoformat(timespec="milliseconds"),
            service=service,
            call_id=call_id,
        )
        with self._lock:
            self._files.append(timeline)
        return timeline

    def flush(self) -> None:
        """Write what waits now (the thread does it every second)."""
        with self._writing:
            with self._lock:
                files = list(self._files)
            done = {id(timeline) for timeline in files if timeline.flush()}
            if done:
                with self._lock:
                    self._files = [timeline for timeline in self._files if id(timeline) not in done]

    def _run(self) -> None:
        while not self._stopping.wait(self._flush_s):
            self.flush()
        with self._lock:
            for timeline in self._files:
                timeline.close()
        self.flush()
