"""A mosquitto of one's own: a child process on a loopback port, its configuration in a folder of the test."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.errors import ConfigurationError

_START_S = 30.0
"""A busy machine; usually it listens in a tenth of a second."""
_POLL_S = 0.02
_PROGRAMS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
"""Debian puts it where an ordinary user's PATH does not look."""


def find_mosquitto() -> str:
    """The program.

    Raises:
        ConfigurationError: It is not installed.
    """
    found = shutil.which("mosquitto", path=_PROGRAMS)
    if found is None:
        raise ConfigurationError(
            "no mosquitto; install the Debian package mosquitto, or run scripts/setup.sh"
        )
    return found


@dataclass(slots=True)
class Mosquitto:
    """A broker that can be stopped and started again, on the same port and with what it had stored."""

    folder: Path
    settings: tuple[str, ...] = ("allow_anonymous true",)
    """Lines of its configuration, beside the listener and the storage."""
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            ConfigurationError: It does not start; the message ends with its own words.
        """
        if self.port == 0:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {self.folder}/",
            f"log_dest file {self.folder / 'mosquitto.log'}",
            "user root",
            *self.settings,
        ]
        process = self._process = self._launched("\n".join(lines))
        deadline = time.monotonic() + _START_S
        while not await self._listens():
            if process.poll() is not None or time.monotonic() > deadline:
                words = (self.folder / "said").read_text(errors="replace").strip().splitlines()
                raise ConfigurationError(
                    f"mosquitto does not start: {words[-1] if words else 'it says nothing'}"
                )
            await asyncio.sleep(_POLL_S)

    def _launched(self, lines: str) -> subprocess.Popen[bytes]:
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(f"{lines}\n")
        # However this process ends, the broker ends with it.
        command = ["setpriv", "--pdeathsig", "KILL", "--", find_mosquitto(), "-c", str(configuration)]
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    async def stop(self, *, kill: bool = False) -> None:
        """Stop it; with ``kill`` at once, as when the power fails."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            await asyncio.to_thread(self._process.wait)
            self._process = None

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


@asynccontextmanager
async def running_mosquitto(folder: Path, *settings: str) -> AsyncIterator[Mosquitto]:
    """Start a broker, and stop it at the end.

    Args:
        folder: Empty; holds its configuration, log and storage.
        settings: Lines of its configuration in place of ``allow_anonymous true``.

    Raises:
        ConfigurationError: It is not installed, or does not start.
    """
    broker = Mosquitto(folder, settings) if settings else Mosquitto(folder)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop(kill=True)
