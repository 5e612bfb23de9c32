"""panoramisk's manager with the guards that a telephone system needs: this module and ``protocol.py`` know
it.

What panoramisk 1.4 does by itself, and what is done here instead (each has a test against a fake Asterisk):

* An action without an answer at a disconnect is sent again after the reconnect, so that a call may be dialled
  twice: here it fails at the disconnect and nothing is ever sent again.
* Each chunk is decoded on its own and broken characters are dropped, so that 홍길동 may become 홍동: one
  decoder for the whole connection.
* An exception in a callback closes the connection: it is contained and counted.
* CR and LF in a value go out as they are and begin a header, or an action, of their own: refused.
* A ping without an answer has no consequence: the connection is cut and made again.
* A connection that closes before the login, an attempt that never ends, a manager that was closed while it
  waited to reconnect: each left it dead, or alive when it should not be.
* Every message is parsed, those of no interest too, which are nine of ten: those are skipped by their first
  line.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any, Protocol

from panoramisk import Manager

from voicebot.adapters.asterisk.ami.fields import Fields
from voicebot.adapters.asterisk.ami.protocol import GuardedProtocol, fields_of
from voicebot.adapters.asterisk.backoff import LONGEST_DELAY_S, Backoff

logger = logging.getLogger(__name__)
# panoramisk writes whole messages, with callers' numbers in them, to its debug log.
_quiet = logging.getLogger(f"{__name__}.panoramisk")
_quiet.setLevel(logging.CRITICAL)

# The classes of events asked for at login: queue events are "agent", device states "call", contacts and
# registrations "system", what the dialplan reports "user".
_EVENT_CLASSES = "system,call,agent,user"
# A dead peer is known after two of these: a ping that has no answer when the next one is due cuts the link.
PING_INTERVAL_S = 2.0
# Asterisk on loopback or in the same rack accepts within milliseconds.
_CONNECT_TIMEOUT_S = 3.0


class ManagerListener(Protocol):
    """Hears what happens to the connection."""

    def connected(self) -> None:
        """Logged in: actions may be sent, events come."""
        ...

    def refused(self, reason: str) -> None:
        """User or password are wrong."""
        ...

    def lost(self, reason: str) -> None:
        """The connection ended or could not be made; the next attempt is scheduled."""
        ...

    def received(self, event: Fields) -> None:
        """An event of a wanted name came."""
        ...


class GuardedManager(Manager):  # type: ignore[misc]
    """Logs in, keeps the connection alive and makes it anew.

    Args:
        listener: Hears what happens; an exception in it is contained.
        wanted: Names of the events to hand over, in lower case.
        backoff: Delays between attempts.
        ping_interval_s: See ``PING_INTERVAL_S``.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        listener: ManagerListener,
        wanted: frozenset[str],
        backoff: Backoff,
        ping_interval_s: float = PING_INTERVAL_S,
    ) -> None:
        super().__init__(
            host=host,
            port=port,
            username=user,
            secret=secret,
            events=_EVENT_CLASSES,
            protocol_factory=functools.partial(GuardedProtocol, wanted),
            # Pending actions are cancelled before panoramisk looks for them; the list is the second lock.
            forgetable_actions=("ping", "login", "originate", "redirect"),
            loop=asyncio.get_running_loop(),
            log=_quiet,
        )
        # Set after panoramisk's own constructor, which rounds them to whole seconds.
        self.ping_delay = self.ping_interval = ping_interval_s
        self._listener = listener
        self._backoff = backoff
        self._closing = False
        self._attempt: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ping: asyncio.Future[Any] | None = None
        self._logged_in_at = 0.0
        self._cut = ""

    @property
    def ready(self) -> bool:
        """Whether actions may be sent."""
        return bool(self.authenticated)

    def act(self, action: Fields) -> asyncio.Future[Any]:
        """Send an action; the future is cancelled when the connection is lost before the answer."""
        future: asyncio.Future[Any] = self.protocol.send(dict(action))
        return future

    def forget(self, future: asyncio.Future[Any]) -> None:
        """The answer to this action is not waited for any more."""
        if self.protocol is not None:
            self.protocol.forget(future)

    def connect(self, *_: object, **__: object) -> asyncio.Task[Any]:
        """Begin an attempt to connect; its end is handled by ``connection_made``."""
        self._attempt = self.loop.create_task(self._open())
        self._attempt.add_done_callback(self.connection_made)
        return self._attempt

    async def _open(self) -> tuple[asyncio.Transport, GuardedProtocol]:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            transport, protocol = await self.loop.create_connection(
                self.config["protocol_factory"], self.config["host"], self.config["port"]
            )
            return transport, protocol

    def connection_made(self, f: asyncio.Task[Any]) -> None:
        """An attempt to connect ended."""
        if f.cancelled():
            return
        error = f.exception()
        if error is not None:
            self._lost(str(error) or f"no connection within {_CONNECT_TIMEOUT_S:g} s")
        elif self._closing:
            f.result()[0].abort()
        elif f.result()[0].is_closing():
            self._lost("closed before the login; see permit and deny in manager.conf")
        else:
            self._ping = None
            super().connection_made(f)

    def login(self, future: asyncio.Future[Any]) -> bool:
        """The login was answered, or the connection lost before."""
        if future.cancelled():
            return False
        if super().login(future):
            self._logged_in_at = self.loop.time()
            self._contain(self._listener.connected)
            return True
        self._contain(
            self._listener.refused, str(fields_of(future.result()).get("message", "no reason given"))
        )
        return False

    def ping(self) -> None:
        """Ask for a sign of life; without one since the last time, cut the connection."""
        if self._ping is not None and not self._ping.done():
            self._cut = "no answer to a ping"
            self.protocol.transport.abort()
            return
        self._ping = self.protocol.send({"Action": "Ping"})
        self.pinger = self.loop.call_later(self.ping_interval, self.ping)

    def dispatch(self, event: Any) -> list[str]:
        """Hand an event over; panoramisk's own patterns and callbacks are not used."""
        self._contain(self._listener.received, fields_of(event))
        return []

    def connection_lost(self, exc: Any) -> None:
        """The connection ended, for whatever reason."""
        self._connected = False
        if self.authenticated and self.loop.time() - self._logged_in_at > LONGEST_DELAY_S:
            self._backoff.reset()
        # exc is panoramisk's message where Asterisk announced its end.
        reason = self._cut or (str(exc) if isinstance(exc, Exception) else "closed by Asterisk")
        self._cut = ""
        self._lost(reason)

    def close(self) -> None:
        """End the connection and every attempt to make one."""
        self._closing = True
        self.authenticated = False
        for waiting in (self._timer, self._attempt):
            if waiting is not None:
                waiting.cancel()
        if self.protocol is not None:
            self.protocol.fail_pending()
        super().close()

    def _lost(self, reason: str) -> None:
        self.authenticated = False
        if self.pinger is not None:
            self.pinger.cancel()
            self.pinger = None
        if self._closing:
            return
        self._contain(self._listener.lost, reason)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(self._backoff.next_delay_s(), self.connect)

    def _contain(self, callback: Any, *arguments: object) -> None:
        try:
            callback(*arguments)
        except Exception as error:  # noqa: BLE001 - the edge to a library, in which it would end the connection
            logger.error(
                "a listener of AMI failed",
                extra={"action": "ami_listener", "reason": f"{type(error).__name__}: {error}"},
            )
