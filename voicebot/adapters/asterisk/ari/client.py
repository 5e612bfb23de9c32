"""The ARI calls that the engine uses, one method each (``rest-api/*.json`` of Asterisk 22).

Every method may raise ``AsteriskUnavailable`` (no answer) and ``TelephonyError`` (refused for a reason that
the message tells); those that work on a channel or bridge raise ``ChannelGone`` when it is not there any more
or has left our application, which in a telephone system happens at any moment and is no fault.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import aiohttp

from voicebot.adapters.asterisk.ari import fields
from voicebot.adapters.asterisk.ari.bridges import BridgeCalls
from voicebot.adapters.asterisk.ari.channels import ChannelCalls
from voicebot.adapters.asterisk.ari.events import EVENT_TYPES
from voicebot.adapters.asterisk.ari.http import REQUEST_TIMEOUT_S, AriHttp
from voicebot.adapters.asterisk.ari.legs import LegCalls
from voicebot.errors import ChannelGone


class AriClient(ChannelCalls, LegCalls, BridgeCalls):
    """A typed client of one ARI application.

    Args:
        base_url: Of Asterisk's HTTP server, e.g. ``http://127.0.0.1:8088``.
        user: Section of ``ari.conf``.
        password: Its password.
        application: The name that the dialplan gives to ``Stasis()``.
        timeout_s: Longest wait for one answer.
    """

    def __init__(
        self,
        base_url: str,
        user: str,
        password: str,
        application: str,
        *,
        timeout_s: float = REQUEST_TIMEOUT_S,
    ) -> None:
        self.application = application
        self._http = AriHttp(base_url, user, password, timeout_s=timeout_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection, that of the events included."""
        await self._http.close()

    async def asterisk_version(self) -> str:
        """The version of the Asterisk that answers, e.g. ``22.10.1``."""
        where = "ARI system information"
        answer = await self._http.request("GET", "asterisk", "info", query={"only": "system"})
        return fields.text(
            fields.as_object(fields.as_object(answer, where).get("system"), where), "version", where
        )

    async def has_module(self, name: str) -> bool:
        """Whether Asterisk has loaded a module, e.g. ``res_stasis.so``."""
        try:
            await self._http.request("GET", "asterisk", "modules", name, gone=frozenset((404,)))
        except ChannelGone:
            return False
        return True

    async def open_events(self, *, heartbeat_s: float) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket of events, which registers the application; ``EventStream`` is what reads it.

        Every channel's events come, not only those of the application's own: one that is busy at once has
        ended before its events could be subscribed to, and nobody would ever tell why.
        """
        query = {"app": self.application, "subscribeAll": "true"}
        return await self._http.open_websocket(query, heartbeat_s=heartbeat_s)

    async def filter_events(self) -> None:
        """Let Asterisk send only the kinds that we read; the application must be registered."""
        allowed = [{"type": name} for name in EVENT_TYPES]
        await self._http.request(
            "PUT", "applications", self.application, "eventFilter", body={"allowed": allowed}
        )

    async def send_user_event(self, name: str) -> None:
        """Let Asterisk send the application an event of ours; ``ChannelGone`` when it does not know it."""
        await self._http.request("POST", "events", "user", name, query={"application": self.application})
