"""Does Asterisk still send us events?

Its side of a websocket can be gone while ours is open and its pings are answered: when a link breaks and is
made again at once, Asterisk's late farewell to the old connection takes the application's registration away
from the new one (seen on 22.10.1). So an event of our own goes to the application every few seconds, and has
to come back by the websocket (``POST /events/user/{eventName}`` of ``rest-api/events.json``).
"""

from __future__ import annotations

import asyncio
import logging

from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.errors import ChannelGone, TelephonyError

logger = logging.getLogger(__name__)

EVENT_NAME = "voicebot-roll-call"


class RollCall:
    """Calls the roll of one connection.

    Args:
        client: Of the application that the connection registered.
        period_s: Seconds between two calls, and the longest wait for an answer.
    """

    def __init__(self, client: AriClient, period_s: float) -> None:
        self._client = client
        self._period_s = period_s
        self._answered = False
        self._refused = False

    def answer(self) -> None:
        """Our event came back."""
        self._answered = True

    async def until_missed(self) -> str:
        """Return once Asterisk does not send us events any more, with the reason."""
        while True:
            self._answered = False
            try:
                await self._client.send_user_event(EVENT_NAME)
                asked = True
            except ChannelGone:
                return "Asterisk has forgotten the application of an open websocket"
            except TelephonyError as error:
                asked = False  # whether the link is alive, pings tell
                self._warn(error)
            await asyncio.sleep(self._period_s)
            if asked and not self._answered:
                return f"an event of our own did not come back within {self._period_s:g} s"

    def _warn(self, error: TelephonyError) -> None:
        if not self._refused:
            self._refused = True
            logger.warning("cannot call the roll", extra={"action": "ari_roll_call", "reason": str(error)})
