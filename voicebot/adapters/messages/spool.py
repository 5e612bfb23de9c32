"""Messages as files, one each, for whatever program of the city sends them.

A file appears whole under its final name (``ID.json``), is never changed, and belongs to whoever takes it:
moved to ``sent/`` or deleted. A message that is in either place is not written again.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

from voicebot.errors import ConfigurationError
from voicebot.events.verdict import Delivered, Postponed, Refused, Verdict
from voicebot.messages.citizen import CitizenMessage

SENT = "sent"

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""A file's name; ours are UUIDs."""


class SpoolGateway:
    """Implements ``ports.MessageGateway``.

    Args:
        folder: Made if it is not there, readable by our user alone.

    Raises:
        ConfigurationError: It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            (folder / SENT).mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as error:
            raise ConfigurationError(
                f"[messages] folder {folder}: {error.strerror}; choose one that can be written"
            ) from error

    async def send(self, message: CitizenMessage) -> Verdict:
        """Write one file; a second time changes nothing."""
        if not _SAFE_ID.fullmatch(message.id):
            return Refused(reason="its id is no name for a file")
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            return Postponed(reason=f"{self._folder}: {error.strerror}")
        return Delivered()

    def _write(self, message: CitizenMessage) -> None:
        name = f"{message.id}.json"
        if (self._folder / name).exists() or (self._folder / SENT / name).exists():
            return
        draft = self._folder / f".{name}.draft"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(message.as_json(), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)
        # The name itself must outlive a power cut, or the message would be delivered and gone.
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
