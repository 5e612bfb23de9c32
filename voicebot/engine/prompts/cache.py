"""Clips that are used again, in memory and on disk, as the bytes that go on the wire.

A file holds a mark, a checksum and the bytes; it is written beside its place and moved there, so that a
reader never sees half of one. A file that is broken all the same (a bad disk, a copy that was cut off) is as
good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections import OrderedDict
from pathlib import Path

logger = logging.getLogger(__name__)

_MARK = b"VBPROMPT1"
_CHECKSUM_BYTES = 16
MEMORY_BYTES = 64 * 1024 * 1024
"""Two hours of A-law: all prompts of all services several times over."""


Clip = tuple[bytes, ...]
"""Payloads of 20 ms, shared by the cache and by every call that plays them."""


class ClipMemory:
    """The clips most recently used, up to so many bytes; used on the event loop only."""

    def __init__(self, limit_bytes: int = MEMORY_BYTES) -> None:
        """Start empty."""
        self._clips: OrderedDict[str, Clip] = OrderedDict()
        self._limit_bytes = limit_bytes
        self.size_bytes = 0

    def get(self, key: str) -> Clip | None:
        """A clip, which thereby is the most recently used."""
        clip = self._clips.get(key)
        if clip is not None:
            self._clips.move_to_end(key)
        return clip

    def put(self, key: str, clip: Clip) -> None:
        """Keep a clip; the least recently used ones make room."""
        self.size_bytes += _size(clip) - _size(self._clips.pop(key, ()))
        self._clips[key] = clip
        while self.size_bytes > self._limit_bytes:
            _, dropped = self._clips.popitem(last=False)
            self.size_bytes -= _size(dropped)


class ClipFolder:
    """The clips on disk; its methods block and belong into a thread."""

    def __init__(self, folder: Path, payload_bytes: int) -> None:
        """Take a folder, which is made with the first clip, and the size of a payload on this line."""
        self._folder = folder
        self._payload_bytes = payload_bytes
        self._failed = False

    def load(self, key: str) -> Clip | None:
        """Read a clip; ``None`` where there is none, or a broken one."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._report("cached prompt cannot be read; it is spoken anew", path, error)
            return None
        head = len(_MARK) + _CHECKSUM_BYTES
        body, size = data[head:], self._payload_bytes
        if data[:head] != _MARK + _checksum(body) or not body or len(body) % size:
            logger.warning(
                "cached prompt is broken; it is spoken anew", extra={"action": "prompt", "path": str(path)}
            )
            return None
        return tuple(body[start : start + size] for start in range(0, len(body), size))

    def save(self, key: str, clip: Clip) -> None:
        """Write a clip; a disk that is full or read-only is logged, and the prompt is spoken all the same."""
        path = self._path(key)
        temporary: str | None = None
        body = b"".join(clip)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
            with open(descriptor, "wb") as file:
                # Rendered by an installer, read by the engine's own user.
                os.fchmod(descriptor, 0o644)
                file.write(_MARK + _checksum(body) + body)
            os.replace(temporary, path)
        except OSError as error:
            self._report("prompt cannot be cached; it will be spoken anew each time", path, error)
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
        else:
            self._failed = False

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.prompt"

    def _report(self, message: str, path: Path, error: OSError) -> None:
        # One line until the disk works again: hundreds of prompts fail alike.
        if not self._failed:
            logger.error(message, extra={"action": "prompt", "path": str(path), "error": error.strerror})
        self._failed = True


def clip_key(*, text: str, rate: float, identity: str, encoding: str, version: int) -> str:
    """The name of a clip: everything that its sound depends on."""
    parts = (text, f"{rate:.2f}", identity, encoding, str(version))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _size(clip: Clip) -> int:
    return sum(map(len, clip))


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECKSUM_BYTES).digest()
