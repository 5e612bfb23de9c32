"""Events to a web server of the city, signed (``voicebot.events.signing``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from voicebot.adapters.posting import post
from voicebot.events.envelope import TooLarge, enveloped
from voicebot.events.message import Message
from voicebot.events.signing import HEADER, signature
from voicebot.events.verdict import Refused, Verdict

MOST_AT_ONCE = 4
"""A city's web server is no broker: few connections, kept open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A receiver."""

    name: str
    url: str
    site: str
    secret: bytes = field(repr=False)


class WebhookSender:
    """Implements ``ports.EventSender``.

    Args:
        webhook: Where to.
        session: Open; closed by whoever opened it.
        now: Wall clock with a time zone.
    """

    ready = True

    def __init__(self, webhook: Webhook, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        self._webhook = webhook
        self._session = session
        self._now = now

    async def send(self, message: Message) -> Verdict:
        """Post one message."""
        try:
            body = enveloped(message, self._webhook.site)
        except TooLarge as error:
            return Refused(reason=str(error))
        headers = {
            HEADER: signature(self._webhook.secret, int(self._now().timestamp()), body),
            "X-Voicebot-Event": message.topic,
            "X-Voicebot-Event-Id": message.event_id,
        }
        return await post(self._session, self._webhook.url, body, headers, self._now)
