"""The FastAGI server: reads one bounded request, asks the router, sets the variables, closes.

Whatever goes wrong, nothing is set and the connection is closed: the dialplan then finds ``VB_ROUTE`` empty
and takes its default, which is the duty queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from voicebot.adapters.asterisk.fastagi.reply import AgiReply, ReplyParser, set_variable_command
from voicebot.adapters.asterisk.fastagi.request import AgiRequest, LineBuffer, RequestParser
from voicebot.errors import AsteriskUnavailable, FastAgiError, VoicebotError

logger = logging.getLogger(__name__)

_READ_BYTES = 4096

_COMPLAINT_S = 60.0
"""Between two log lines about refused clients: a port scan shall fill no disk. Counters count all."""


class CallRouter(Protocol):
    """Answers the dialplan's question."""

    async def route(self, request: AgiRequest) -> Mapping[str, str]:
        """The channel variables to set for this call, e.g. ``VB_ROUTE`` and ``VB_SERVICE``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FastAgiLimits:
    """How much a client may take.

    The three times add up to less than the 2.5 s after which the dialplan goes on without an answer
    (``VB_ROUTE_LIMIT`` in ``dialplans/extensions.conf``).
    """

    request_s: float = 0.6
    """Asterisk sends its whole request at once: 1 ms on loopback; the rest is for a busy machine."""
    route_s: float = 1.0
    reply_s: float = 0.6
    """For setting all variables; each takes Asterisk below 1 ms."""
    connections: int = 256
    """At once; more than the calls that can begin within two seconds."""


@dataclass(slots=True)
class FastAgiCounters:
    """What became of the connections, for the console and ``doctor``."""

    accepted: int = 0
    routed: int = 0
    """Variables were set."""
    malformed: int = 0
    """Not FastAGI: a port scan, a browser, garbage, too much of anything."""
    incomplete: int = 0
    """The client left before the end of its request, or before the answer."""
    slow: int = 0
    """The request or the replies did not come in time."""
    crowded: int = 0
    """Turned away because too many were connected."""
    unrouted: int = 0
    """The router failed or took too long."""


class FastAgiServer:
    """Listens for the dialplan's questions.

    Args:
        router: Answers them.
        host: Loopback, or the address on which Asterisk reaches us; nobody else should.
        port: 0 takes a free one, which ``port`` then tells.
    """

    def __init__(
        self,
        router: CallRouter,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        limits: FastAgiLimits | None = None,
    ) -> None:
        self._router = router
        self._host = host
        self._port = port
        self._limits = limits or FastAgiLimits()
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self.counters = FastAgiCounters()
        self._complained_at = float("-inf")

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._port

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(
                self._connected, self._host, self._port, limit=_READ_BYTES
            )
        except OSError as error:
            raise AsteriskUnavailable(
                f"FastAGI {self._host}:{self._port}: cannot listen ({error.strerror or error}); "
                "stop the program that has this port, or set another agi_port"
            ) from error
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for client in self._clients:
                client.cancel()
            if self._clients:
                await asyncio.wait(self._clients)
            await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.counters.accepted += 1
        if len(self._clients) >= self._limits.connections:
            self.counters.crowded += 1
            writer.transport.abort()
            return
        self._clients.add(task)
        try:
            await self._serve(_Conversation(reader, writer))
            # What was written still goes out; the client's side need not agree to the end.
            writer.close()
        except (ConnectionError, EOFError):
            self.counters.incomplete += 1
        except TimeoutError:
            self.counters.slow += 1
        except FastAgiError as error:
            self.counters.malformed += 1
            self._complain(error)
        finally:
            self._clients.discard(task)
            if not writer.is_closing():
                writer.transport.abort()

    def _complain(self, error: FastAgiError) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._complained_at < _COMPLAINT_S:
            return
        self._complained_at = now
        logger.warning(
            "a FastAGI client was refused",
            extra={"action": "fastagi", "reason": str(error), "refused": self.counters.malformed},
        )

    async def _serve(self, client: _Conversation) -> None:
        async with asyncio.timeout(self._limits.request_s):
            request = await client.request()
        commands = await self._commands(request)
        async with asyncio.timeout(self._limits.reply_s):
            for command in commands:
                reply = await client.perform(command)
                if not reply.succeeded:
                    # Most often 511: the caller hung up meanwhile.
                    logger.info(
                        "Asterisk did not set a variable",
                        extra={"action": "fastagi", "channel_id": request.channel_id, "code": reply.code},
                    )
                    return
        if commands:
            self.counters.routed += 1

    async def _commands(self, request: AgiRequest) -> list[bytes]:
        """What sets the router's answer; nothing when it has none."""
        try:
            async with asyncio.timeout(self._limits.route_s):
                variables = await self._router.route(request)
            return [set_variable_command(name, value) for name, value in variables.items()]
        except Exception as error:  # noqa: BLE001 - the edge of a call: whatever a router does, the call goes on
            self.counters.unrouted += 1
            logger.error(
                "no route for a call: the dialplan takes its default",
                extra={
                    "action": "fastagi_route",
                    "channel_id": request.channel_id,
                    # Other errors may quote what they were given: a caller's number.
                    "reason": str(error) if isinstance(error, VoicebotError) else type(error).__name__,
                },
            )
            return []


class _Conversation:
    """One client's lines, in and out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._lines = LineBuffer()
        self._replies = ReplyParser()

    async def request(self) -> AgiRequest:
        parser = RequestParser()
        while True:
            request = parser.line(await self._line())
            if request is not None:
                return request

    async def perform(self, command: bytes) -> AgiReply:
        self._writer.write(command)
        await self._writer.drain()
        while True:
            reply = self._replies.line(await self._line())
            if reply is not None:
                return reply

    async def _line(self) -> bytes:
        """The next line.

        Raises:
            EOFError: The client closed the connection; there will never be another line.
        """
        while True:
            line = self._lines.next_line()
            if line is not None:
                return line
            data = await self._reader.read(_READ_BYTES)
            if not data:
                raise EOFError
            self._lines.feed(data)
