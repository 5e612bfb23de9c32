"""ARI's calls on bridges."""

from __future__ import annotations

import asyncio

from voicebot.adapters.asterisk.ari import fields
from voicebot.adapters.asterisk.ari.http import AriHttp, NotInApplication
from voicebot.adapters.asterisk.ari.models import Bridge, read_bridge
from voicebot.errors import ChannelGone

# A leg that was just made enters Stasis in its own thread, 0.3 ms later on an idle machine; until then a
# bridge refuses it. 40 tries 5 ms apart also cover a machine that is busy with other calls.
_ENTRY_TRIES = 40
_ENTRY_PAUSE_S = 0.005

# addChannel answers 400 "Channel not found" where the other calls answer 404.
_GONE = frozenset((400, 404, 409, 422))


class BridgeCalls:
    """What can be asked about and done to a bridge; part of ``AriClient``."""

    _http: AriHttp
    application: str

    async def bridges(self) -> tuple[Bridge, ...]:
        """Every bridge of this Asterisk, ours or not."""
        answer = await self._http.request("GET", "bridges")
        return tuple(read_bridge(item) for item in fields.as_list(answer, "ARI list of bridges"))

    async def create_bridge(self, bridge_id: str) -> Bridge:
        """Make a bridge in which everybody hears everybody.

        It carries the application's name, by which it is known as ours after a restart.

        Raises:
            DuplicateIdentifier: A bridge with this id is there already.
        """
        answer = await self._http.request(
            "POST",
            "bridges",
            bridge_id,
            body={"type": "mixing", "name": self.application},
            duplicate=frozenset((409,)),
        )
        return read_bridge(answer)

    async def add_to_bridge(self, bridge_id: str, *channel_ids: str) -> None:
        """Put channels into a bridge; waits a moment for a leg that is just entering our application.

        Raises:
            ChannelGone: The bridge or one of the channels is not there, or not ours.
        """
        for _ in range(_ENTRY_TRIES):
            try:
                return await self._add(bridge_id, channel_ids)
            except NotInApplication:
                await asyncio.sleep(_ENTRY_PAUSE_S)
        await self._add(bridge_id, channel_ids)

    async def remove_from_bridge(self, bridge_id: str, channel_id: str) -> None:
        """Take a channel out of a bridge; it stays in our application and hears silence."""
        await self._http.request(
            "POST", "bridges", bridge_id, "removeChannel", body={"channel": channel_id}, gone=_GONE
        )

    async def destroy_bridge(self, bridge_id: str) -> bool:
        """End a bridge; its channels stay in our application. ``False`` when it had ended before."""
        try:
            await self._http.request("DELETE", "bridges", bridge_id)
        except ChannelGone:
            return False
        return True

    async def _add(self, bridge_id: str, channel_ids: tuple[str, ...]) -> None:
        await self._http.request(
            "POST", "bridges", bridge_id, "addChannel", body={"channel": list(channel_ids)}, gone=_GONE
        )
