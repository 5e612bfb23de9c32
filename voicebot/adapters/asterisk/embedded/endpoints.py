"""How to reach a running instance: kept in its run folder, so that every process finds it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from voicebot.adapters.asterisk.embedded.ports import Ports
from voicebot.adapters.asterisk.embedded.render import Role
from voicebot.errors import AsteriskUnavailable

FILE_NAME = "endpoints.json"

_CONSOLE_LIMIT_S = 10.0
_PING_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where one instance listens, and the secrets to enter."""

    role: Role
    host: str
    sip_port: int
    ari_port: int
    ari_user: str
    ari_password: str
    ami_port: int
    ami_user: str
    ami_password: str
    agi_port: int
    """Where Asterisk looks for the engine's FastAGI server."""
    rtp_range: tuple[int, int]
    """Both ends included."""
    pid: int
    run_dir: Path
    application: str
    """The engine's ARI application, as the dialplan calls it."""
    command: tuple[str, ...]
    """The program as it was started, for the remote console."""
    socket_dir: Path

    @classmethod
    def load(cls, run_dir: Path) -> Self | None:
        """Read what an instance left in its run folder; ``None`` when there is nothing (readable)."""
        try:
            values = json.loads((run_dir / FILE_NAME).read_text(encoding="utf-8"))
            values["rtp_range"] = tuple(values["rtp_range"])
            values["command"] = tuple(values["command"])
            values["run_dir"] = Path(values["run_dir"])
            values["socket_dir"] = Path(values["socket_dir"])
            return cls(**values)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self) -> None:
        """Write the file, readable by its owner only and never half written."""
        target = self.run_dir / FILE_NAME
        partial = target.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, default=str, indent=1)
        partial.replace(target)

    def ports(self) -> Ports:
        """The ports alone."""
        return Ports(
            sip=self.sip_port,
            ari=self.ari_port,
            ami=self.ami_port,
            agi=self.agi_port,
            rtp_start=self.rtp_range[0],
            rtp_end=self.rtp_range[1],
        )

    def ari_authorization(self) -> str:
        """The value of the HTTP header ``Authorization`` that ARI asks for (RFC 7617)."""
        pair = f"{self.ari_user}:{self.ari_password}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def alive(self) -> bool:
        """Whether the process runs and is still the one that was started (process ids are used again)."""
        try:
            arguments = Path(f"/proc/{self.pid}/cmdline").read_bytes()
            state = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        # The state follows the name in brackets, which may hold anything; Z is a process that has ended.
        is_zombie = state.rpartition(")")[2].split()[:1] == ["Z"]
        return not is_zombie and os.fsencode(str(self.run_dir / "config")) in arguments

    def signal(self, number: int) -> None:
        """Send the process a signal; one that is gone already is none the worse."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def console(self, command: str) -> str:
        """Run a command on Asterisk's own console, e.g. ``queue show duty``, and return what it prints.

        Raises:
            AsteriskUnavailable: The console cannot be reached.
        """
        configuration = self.run_dir / "config/asterisk.conf"
        child = await asyncio.create_subprocess_exec(
            *self.command,
            *("-C", str(configuration), "-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"LANG": "C.UTF-8", "HOME": str(self.run_dir), "TERM": "dumb"},
        )
        try:
            printed, _ = await asyncio.wait_for(child.communicate(), _CONSOLE_LIMIT_S)
        except TimeoutError as error:
            child.kill()
            await child.wait()
            raise AsteriskUnavailable(f"{self.run_dir}: Asterisk's console does not answer") from error
        if child.returncode != 0:
            said = printed.decode(errors="replace").strip().splitlines()
            raise AsteriskUnavailable(f"{self.run_dir}: {said[-1] if said else 'no console'}")
        return printed.decode("utf-8", errors="replace")


async def ari_answers(endpoints: Endpoints) -> bool:
    """Whether ARI lets our user in (``GET /ari/asterisk/ping``)."""
    request = (
        f"GET /ari/asterisk/ping HTTP/1.1\r\nHost: {endpoints.host}\r\nConnection: close\r\n"
        f"Authorization: {endpoints.ari_authorization()}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(_PING_LIMIT_S):
            reader, writer = await asyncio.open_connection(endpoints.host, endpoints.ari_port)
            try:
                writer.write(request.encode())
                status = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status
