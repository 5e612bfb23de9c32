"""The websocket of events: kept alive, watched for half-open links, opened again after a loss.

While it is down, Asterisk sends nothing to us and keeps nothing for us; channels stay in our application. So
every ``StreamConnected`` calls for a resynchronisation (``resynchroniser.py``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import aiohttp

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.events import (
    ApplicationReplaced,
    AriEvent,
    ChannelUserevent,
    read_event,
)
from voicebot.adapters.asterisk.ari.roll_call import EVENT_NAME, RollCall
from voicebot.adapters.asterisk.backoff import LONGEST_DELAY_S, Backoff
from voicebot.errors import AsteriskUnavailable, TelephonyError

logger = logging.getLogger(__name__)

# A link that was cut without a word is known after at most one and a half of these; the citizen must be in
# the duty queue within 5 s.
HEARTBEAT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConnected:
    """Events come from here on; whatever happened before was not told."""

    first: bool
    """Whether this is the first connection of this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLost:
    """No events come until the next ``StreamConnected``."""

    reason: str


@dataclass(slots=True)
class StreamCounters:
    """What a stream has seen, for the console and ``doctor``."""

    connections: int = 0
    events: int = 0
    ignored: int = 0
    """Of a kind that we do not use."""
    malformed: int = 0


StreamEvent = AriEvent | StreamConnected | StreamLost


class EventStream:
    """Receives the application's events for as long as the engine runs.

    Args:
        client: Its application is what Asterisk registers.
        backoff: Delays between attempts to connect.
        heartbeat_s: Seconds between pings; every second one comes with a roll call.
    """

    def __init__(self, client: AriClient, backoff: Backoff, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._client = client
        self._backoff = backoff
        self._heartbeat_s = heartbeat_s
        self.counters = StreamCounters()

    async def run(self, receive: Callable[[StreamEvent], None]) -> NoReturn:
        """Hand every event to ``receive``, in order; ends only by being cancelled.

        Args:
            receive: Must not block and must not raise: it puts the event onto a queue.

        Raises:
            TelephonyError: User or password were refused before the first connection.
        """
        while True:
            try:
                websocket = await self._client.open_events(heartbeat_s=self._heartbeat_s)
            except TelephonyError as error:
                if self.counters.connections == 0 and not isinstance(error, AsteriskUnavailable):
                    raise
                logger.warning(
                    "cannot open the event stream",
                    extra={"action": "ari_connect", "reason": str(error), "attempt": self._backoff.attempts},
                )
            else:
                await self._serve(websocket, receive)
            await asyncio.sleep(self._backoff.next_delay_s())

    async def _serve(
        self, websocket: aiohttp.ClientWebSocketResponse, receive: Callable[[StreamEvent], None]
    ) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            await self._filter()
            self.counters.connections += 1
            receive(StreamConnected(first=self.counters.connections == 1))
            reason = await self._until_lost(websocket, receive)
        finally:
            await websocket.close()
        # An Asterisk that takes connections and drops them at once must not be called in a tight loop.
        if clock() - began > LONGEST_DELAY_S:
            self._backoff.reset()
        logger.warning("the event stream was lost", extra={"action": "ari_lost", "reason": reason})
        receive(StreamLost(reason=reason))

    async def _filter(self) -> None:
        try:
            await self._client.filter_events()
        except TelephonyError as error:
            # Only a saving: without the filter we are sent kinds of events that we leave out ourselves.
            logger.warning("cannot filter events", extra={"action": "ari_filter", "reason": str(error)})

    async def _until_lost(
        self, websocket: aiohttp.ClientWebSocketResponse, receive: Callable[[StreamEvent], None]
    ) -> str:
        # Slower than pings, which tell more exactly of a link that is dead in both directions.
        roll_call = RollCall(self._client, 2 * self._heartbeat_s)
        ends = [
            asyncio.create_task(self._read(websocket, receive, roll_call)),
            asyncio.create_task(roll_call.until_missed()),
        ]
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for end in ends:
                end.cancel()
            await asyncio.wait(ends)

    async def _read(
        self,
        websocket: aiohttp.ClientWebSocketResponse,
        receive: Callable[[StreamEvent], None],
        roll_call: RollCall,
    ) -> str:
        """Read until the connection ends, and tell why it did."""
        while True:
            message = await websocket.receive()
            match message.type:
                case aiohttp.WSMsgType.TEXT | aiohttp.WSMsgType.BINARY:
                    event = self._event(message.data)
                    if isinstance(event, ChannelUserevent):
                        if event.name == EVENT_NAME:
                            roll_call.answer()
                    elif event is not None:
                        receive(event)
                    if isinstance(event, ApplicationReplaced):
                        return "another connection took the application's name; run one engine for each name"
                case aiohttp.WSMsgType.ERROR:
                    return f"no answer to a ping, or a broken frame: {message.data!r}"
                case _:
                    return f"closed by Asterisk with code {websocket.close_code}"

    def _event(self, data: str | bytes) -> AriEvent | None:
        try:
            event = read_event(data)
        except TelephonyError as error:
            self.counters.malformed += 1
            logger.warning("malformed ARI event", extra={"action": "ari_event", "reason": str(error)})
            return None
        if event is None:
            self.counters.ignored += 1
        else:
            self.counters.events += 1
        return event
