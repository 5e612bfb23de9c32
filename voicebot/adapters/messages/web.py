"""Messages to a gateway's web interface: one POST each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from voicebot.adapters.posting import post
from voicebot.events.verdict import Verdict
from voicebot.messages.citizen import CitizenMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class WebInterface:
    """Where a gateway takes messages."""

    url: str
    token: str = field(repr=False)


class WebGateway:
    """Implements ``ports.MessageGateway``.

    Args:
        interface: Of the gateway.
        session: Open; closed by whoever opened it.
        now: Wall clock with a time zone.
    """

    def __init__(
        self, interface: WebInterface, session: aiohttp.ClientSession, now: Callable[[], datetime]
    ) -> None:
        self._interface = interface
        self._session = session
        self._now = now

    async def send(self, message: CitizenMessage) -> Verdict:
        """Post one message; its id is the key by which a gateway knows a second try."""
        headers = {
            "Authorization": f"Bearer {self._interface.token}",
            "Idempotency-Key": message.id,
        }
        body = json.dumps(message.as_json(), ensure_ascii=False).encode()
        return await post(self._session, self._interface.url, body, headers, self._now)
