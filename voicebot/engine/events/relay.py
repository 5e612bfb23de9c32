"""Brings what waits in the outbox to one receiver: at least once, steps in order, never in a flood.

Theory of operation
    One round claims as many messages as the valve allows, tries them at the same time, and writes down what
    became of each. Whatever moment the process dies at, a message is either written down as delivered or free
    again when the claim ends; then it is sent once more, under the same id.

    What the receiver refuses is put aside, what fails waits by itself: neither holds up the others. Where the
    receiver is down nothing is blamed on the messages; they are given back and the valve closes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from voicebot.errors import RecordsError
from voicebot.events.message import Message
from voicebot.events.valve import Valve
from voicebot.events.verdict import Delivered, Failed, Postponed, Refused, Verdict
from voicebot.events.waiting import delay_s
from voicebot.ports import EventSender, MessageQueue

logger = logging.getLogger(__name__)

CLAIM_S = 60.0
"""Longer than any round takes; so long does a message wait whose engine was killed."""
SEND_LIMIT_S = 15.0
"""No sender takes longer."""
ROUND_S = 2.0
"""So long a round begins further messages; then it looks for hastier ones, and its claims never run out."""
LOOK_EVERY_S = 0.5
"""Pause between two looks into an empty outbox: staff hear of an alert within the second."""
MOST_IN_A_ROUND = 100
"""More would be sent once more after a crash, and gains nothing: one disk flush is shared by a hundred."""
LONGEST_POSTPONED_S = 1800.0
"""Whatever a receiver asks for: an alert is tried again within half an hour."""


@dataclass(slots=True)
class RelayCounts:
    """What a relay has done since it began."""

    delivered: int = 0
    failed: int = 0
    refused: int = 0


class Relay:
    """Serves one destination of the outbox.

    Args:
        destination: Its name in the outbox.
        queue: The outbox.
        sender: Brings one message there.
        now: Wall clock with a time zone.
        jitter: Gives 0..1 at each call (``random.random`` in production).
        rate_per_s: Messages a second in the long run.
        most_at_once: Tried at the same time.
    """

    def __init__(
        self,
        destination: str,
        queue: MessageQueue,
        sender: EventSender,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        rate_per_s: float,
        most_at_once: int,
    ) -> None:
        self.destination = destination
        self.counts = RelayCounts()
        self._queue = queue
        self._sender = sender
        self._now = now
        self._jitter = jitter
        self._most_at_once = most_at_once
        self._valve = Valve(rate_per_s, jitter, now())
        self._was_ready = True
        self._look = asyncio.Event()
        self._round_over = asyncio.Event()

    @property
    def in_trouble(self) -> bool:
        """Whether the receiver takes nothing now."""
        return self._valve.closed or not self._sender.ready

    @property
    def round_over(self) -> asyncio.Event:
        """Set when the round that is under way, or the next one that sends something, is over."""
        return self._round_over

    def look(self) -> None:
        """Something was put into the outbox just now: look at once."""
        self._look.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; the round that is under way is finished."""
        while not stop.is_set():
            try:
                wait_s = await self.round()
            except RecordsError as error:
                # A restart of the database: the claims end by themselves.
                self._log(logging.WARNING, "the outbox cannot be used", "relay.records", str(error))
                wait_s = delay_s(0, self._jitter())
            except Exception:
                # The edge of the process: a mistake here must cost no call and no other receiver.
                logger.exception("a relay failed", extra={"action": "relay", "destination": self.destination})
                wait_s = delay_s(0, self._jitter())
            await self._pause(stop, wait_s)

    async def round(self) -> float:
        """Claim, send, write down; returns the seconds after which the next round makes sense.

        Raises:
            RecordsError: The outbox cannot be used; what was claimed becomes free when the claim ends.
        """
        now = self._now()
        if not self._sender.ready:
            if self._was_ready:
                self._valve.close(now, 0.0)  # begin gently when it comes back
            self._was_ready = False
            return LOOK_EVERY_S
        self._was_ready = True
        most = min(self._valve.allowance(now), MOST_IN_A_ROUND)
        if most < 1:
            return min(self._valve.wait_s(now), LOOK_EVERY_S)
        until = now + timedelta(seconds=CLAIM_S)
        messages = await self._queue.claim(self.destination, now, until, most)
        if not messages:
            return LOOK_EVERY_S
        verdicts = await self._try_all(messages, now + timedelta(seconds=ROUND_S))
        await self._write_down(messages, verdicts)
        self._round_over.set()
        self._round_over = asyncio.Event()
        return 0.0 if self._valve.allowance(self._now()) else self._valve.wait_s(self._now())

    async def _try_all(self, messages: Sequence[Message], last_begin: datetime) -> list[Verdict | None]:
        """A verdict each, in their order; ``None``: not tried, since the receiver is down or time is up."""
        verdicts: list[Verdict | None] = [None] * len(messages)
        places = iter(range(len(messages)))

        async def worker() -> None:
            for place in places:
                if self._now() > last_begin or any(isinstance(one, Postponed) for one in verdicts):
                    return
                self._valve.sent(1)
                verdicts[place] = await self._try(messages[place])

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(self._most_at_once, len(messages))):
                tasks.create_task(worker())
        return verdicts

    async def _try(self, message: Message) -> Verdict:
        try:
            return await asyncio.wait_for(self._sender.send(message), SEND_LIMIT_S)
        except TimeoutError:
            return Failed(reason=f"no answer within {SEND_LIMIT_S:.0f} s")
        except Exception as error:
            # A sender is a port, and may raise anything; the other messages go on.
            logger.exception("a sender failed", extra=self._about(message, "relay.sender"))
            return Failed(reason=f"the sender failed ({type(error).__name__})")

    async def _write_down(self, messages: Sequence[Message], verdicts: Sequence[Verdict | None]) -> None:
        now = self._now()
        arrived = [one for one, verdict in zip(messages, verdicts, strict=True) if verdict == Delivered()]
        if arrived:
            # First of all: this is what would be sent twice.
            await self._queue.delivered(arrived, now)
            self.counts.delivered += len(arrived)
            self._valve.delivered()
        back = []
        for message, verdict in zip(messages, verdicts, strict=True):
            match verdict:
                case Delivered():
                    pass
                case Postponed() | None:
                    back.append(message)
                case Failed():
                    await self._failed(message, verdict.reason, now)
                case Refused():
                    await self._refused(message, verdict.reason, now)
                case _:
                    assert_never(verdict)
        if back:
            await self._queue.release(back, now)
        postponed = [one for one in verdicts if isinstance(one, Postponed)]
        bad = sum(isinstance(one, Failed | Refused) for one in verdicts)
        if postponed:
            self._postponed(postponed[0], now)
        elif bad == 0:
            self._valve.widen()
        elif not arrived:
            self._valve.failed(bad, now)

    async def _failed(self, message: Message, reason: str, now: datetime) -> None:
        self.counts.failed += 1
        wait_s = delay_s(message.tries, self._jitter())
        logger.warning(
            "a message did not arrive",
            extra=self._about(message, "relay.failed") | {"reason": reason, "again_in_s": round(wait_s, 1)},
        )
        await self._queue.failed(message, reason, now + timedelta(seconds=wait_s))

    async def _refused(self, message: Message, reason: str, now: datetime) -> None:
        self.counts.refused += 1
        logger.error(
            "a message was refused and is put aside",
            extra=self._about(message, "relay.refused") | {"reason": reason},
        )
        await self._queue.refused(message, reason, now)

    def _postponed(self, verdict: Postponed, now: datetime) -> None:
        after_s = None if verdict.after_s is None else min(verdict.after_s, LONGEST_POSTPONED_S)
        if not self._valve.closed:
            self._log(logging.WARNING, "a receiver takes nothing now", "relay.postponed", verdict.reason)
        self._valve.close(now, after_s)

    async def _pause(self, stop: asyncio.Event, wait_s: float) -> None:
        if wait_s <= 0:
            await asyncio.sleep(0)
            return
        waits = [asyncio.create_task(event.wait()) for event in (stop, self._look)]
        try:
            await asyncio.wait(waits, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._look.clear()

    def _about(self, message: Message, action: str) -> dict[str, object]:
        return {
            "action": action,
            "destination": self.destination,
            "topic": message.topic,
            "event_id": message.event_id,
            "tries": message.tries + 1,
        }

    def _log(self, level: int, text: str, action: str, reason: str) -> None:
        logger.log(level, text, extra={"action": action, "destination": self.destination, "reason": reason})
