"""A small Asterisk manager: banner, login, prepared answers, and the faults of a real network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LIMIT_S = 5.0


def message(*headers: str) -> bytes:
    """One AMI message."""
    return "".join(f"{header}\r\n" for header in (*headers, "")).encode()


@dataclass(slots=True)
class FakeAmi:
    """Answers ``answers[action]``, each message with the action's id added, or plain success."""

    port: int = 0
    answers: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    actions: list[dict[str, str]] = field(default_factory=list)
    """What was asked, names in lower case; without logins and pings."""
    raw: bytearray = field(default_factory=bytearray)
    logins: int = 0
    pings: int = 0
    silent: bool = False
    """Whether nothing is answered any more, as over a link that was cut without a word."""
    refuse: bool = False
    close_at_once: bool = False
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.writers.append(writer)
        if self.close_at_once:
            writer.transport.abort()
            return
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                block = await reader.readuntil(b"\r\n\r\n")
                self.raw += block
                await self._answer(block, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()

    async def until(self, actions: int = 0, logins: int = 0, pings: int = 0) -> None:
        """Wait until so much has been asked."""
        async with asyncio.timeout(LIMIT_S), self.changed:
            await self.changed.wait_for(
                lambda: len(self.actions) >= actions and self.logins >= logins and self.pings >= pings
            )

    def emit(self, data: bytes) -> None:
        """Send bytes over the newest connection."""
        self.writers[-1].write(data)

    def drop(self) -> None:
        """Cut the newest connection."""
        self.writers[-1].transport.abort()

    async def _answer(self, block: bytes, writer: asyncio.StreamWriter) -> None:
        lines = block.decode().split("\r\n")
        action = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}
        kind = action["action"].lower()
        answer: list[tuple[str, ...]] = self.answers.get(kind, [("Response: Success",)])
        if kind == "login":
            self.logins += 1
            if self.refuse:
                answer = [("Response: Error", "Message: Authentication failed")]
        elif kind == "ping":
            self.pings += 1
        else:
            self.actions.append(action)
        if not self.silent:
            for headers in answer:
                writer.write(message(*headers, f"ActionID: {action['actionid']}"))
            if kind == "login" and self.refuse:
                writer.close()
        async with self.changed:
            self.changed.notify_all()


@asynccontextmanager
async def running_fake() -> AsyncIterator[FakeAmi]:
    """A fake that listens on a free port of loopback."""
    fake = FakeAmi()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        for writer in fake.writers:
            writer.transport.abort()
        await server.wait_closed()
