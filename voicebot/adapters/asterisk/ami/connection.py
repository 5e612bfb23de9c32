"""The kept-up connection to AMI: login, actions with a deadline, events to subscribers."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from voicebot.adapters.asterisk.ami.events import WANTED, AmiConnected, AmiEvent, AmiLost, read_event
from voicebot.adapters.asterisk.ami.fields import Fields
from voicebot.adapters.asterisk.ami.manager import PING_INTERVAL_S, GuardedManager
from voicebot.adapters.asterisk.ami.protocol import fields_of
from voicebot.adapters.asterisk.backoff import Backoff
from voicebot.errors import AsteriskUnavailable, TelephonyError

logger = logging.getLogger(__name__)

# Answers come within 1–5 ms; the rest is for a busy machine and for lists of some thousand entries.
_ANSWER_TIMEOUT_S = 3.0
_CONNECT_TIMEOUT_S = 5.0

Subscriber = Callable[[AmiEvent], None]


class AmiConnection:
    """Logs in, reconnects by itself, and tells its subscribers what happens; ``AmiClient`` adds the
    questions.

    Args:
        host: Where Asterisk listens.
        port: ``port`` of ``manager.conf``.
        user: Section of ``manager.conf``; needs ``read = system,call,agent,user`` and
            ``write = call,agent,reporting``.
        secret: Its secret.
        backoff: Delays between attempts to connect.
        ping_interval_s: A dead link is noticed after at most two of these.
        answer_timeout_s: Longest wait for the answer to one action.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        backoff: Backoff | None = None,
        ping_interval_s: float = PING_INTERVAL_S,
        answer_timeout_s: float = _ANSWER_TIMEOUT_S,
    ) -> None:
        self._host, self._port, self._user, self._secret = host, port, user, secret
        self._backoff = backoff or Backoff(random.random)
        self._ping_interval_s = ping_interval_s
        self._answer_timeout_s = answer_timeout_s
        self._manager: GuardedManager | None = None
        self._first_login: asyncio.Future[None] | None = None
        self._is_up = False
        self._last_reason = "never was"
        self._subscribers: list[Subscriber] = []
        self.malformed = 0
        """Events that could not be read, since the start."""

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def ready(self) -> bool:
        """Whether actions can be sent now."""
        return self._manager is not None and self._manager.ready

    async def connect(self, timeout_s: float = _CONNECT_TIMEOUT_S) -> None:
        """Log in; from then on the connection is kept up until ``close``.

        Args:
            timeout_s: How long to try, for an Asterisk that is still starting.

        Raises:
            AsteriskUnavailable: It did not answer in that time.
            TelephonyError: User or secret are wrong.
        """
        if self._manager is not None:
            raise TelephonyError("AMI client: connect was called twice; close it first")
        self._first_login = asyncio.get_running_loop().create_future()
        self._manager = GuardedManager(
            self._host,
            self._port,
            self._user,
            self._secret,
            listener=self,
            wanted=WANTED,
            backoff=self._backoff,
            ping_interval_s=self._ping_interval_s,
        )
        self._manager.connect()
        try:
            async with asyncio.timeout(timeout_s):
                await self._first_login
        except TimeoutError as error:
            await self.close()
            raise AsteriskUnavailable(
                f"AMI {self._host}:{self._port}: no login within {timeout_s:g} s ({self._last_reason}); "
                "see whether Asterisk runs and manager.conf is enabled on this port"
            ) from error
        except BaseException:
            await self.close()
            raise
        finally:
            self._first_login = None

    async def close(self) -> None:
        """End the connection; nothing more is told to subscribers."""
        self._is_up = False
        if self._manager is not None:
            self._manager.close()
            self._manager = None
            # The transport closes in the loop's next round.
            await asyncio.sleep(0)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Hear every event from now on.

        Args:
            subscriber: A plain function that must not block: it puts the event onto a queue.

        Returns:
            A function that ends the subscription.
        """
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    async def _ask(self, action: str, **headers: str) -> list[Fields]:
        """Send an action once and return its answer: the response, then the events that belong to it.

        Raises:
            AsteriskUnavailable: Not connected, or no answer in time or before the connection was lost. The
                action may have been carried out all the same; it is not sent again.
            TelephonyError: Refused, or a value would break the format.
        """
        manager = self._manager
        if manager is None or not manager.ready:
            raise AsteriskUnavailable(
                f"AMI {action}: not connected ({self._last_reason}); it comes back by itself"
            )
        future: asyncio.Future[Any] = manager.act({"Action": action, **headers})
        await asyncio.wait({future}, timeout=self._answer_timeout_s)
        if not future.done():
            manager.forget(future)
            raise AsteriskUnavailable(f"AMI {action}: no answer within {self._answer_timeout_s:g} s")
        if future.cancelled():
            raise AsteriskUnavailable(f"AMI {action}: the connection was lost before the answer")
        answer = future.result()
        messages = [fields_of(message) for message in (answer if isinstance(answer, list) else [answer])]
        if messages[0].get("response", "").lower() != "success":
            reason = messages[0].get("message", "no reason given")[:200]
            raise TelephonyError(f"AMI {action}: refused ({reason}); see the user's write= in manager.conf")
        return messages

    # --- what the manager tells: ManagerListener ------------------------------------------------------------

    def connected(self) -> None:
        """See ``ManagerListener``."""
        self._is_up = True
        if self._first_login is not None and not self._first_login.done():
            self._first_login.set_result(None)
        self._tell(AmiConnected())

    def refused(self, reason: str) -> None:
        """See ``ManagerListener``."""
        message = f"AMI {self._host}:{self._port}: login refused ({reason}); see the user in manager.conf"
        logger.error("AMI refused the login", extra={"action": "ami_login", "reason": reason})
        if self._first_login is not None and not self._first_login.done():
            self._first_login.set_exception(TelephonyError(message))

    def lost(self, reason: str) -> None:
        """See ``ManagerListener``."""
        self._last_reason = reason
        logger.warning("AMI is not connected", extra={"action": "ami_lost", "reason": reason})
        if self._is_up:
            self._is_up = False
            self._tell(AmiLost(reason=reason))

    def received(self, event: Fields) -> None:
        """See ``ManagerListener``."""
        try:
            known = read_event(event)
        except TelephonyError as error:
            self.malformed += 1
            logger.warning("malformed AMI event", extra={"action": "ami_event", "reason": str(error)})
            return
        if known is not None:
            self._tell(known)

    def _tell(self, event: AmiEvent) -> None:
        for subscriber in list(self._subscribers):
            try:
                subscriber(event)
            except Exception as error:  # noqa: BLE001 - the edge: one subscriber's fault is not the others'
                logger.error(
                    "a subscriber of AMI events failed",
                    extra={"action": "ami_subscriber", "reason": f"{type(error).__name__}: {error}"},
                )
