"""All relays of one engine, put together from the settings: what ``serve`` opens beside the records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from voicebot.adapters.events import mqtt, webhook
from voicebot.adapters.messages.spool import SpoolGateway
from voicebot.adapters.messages.templates import load_templates
from voicebot.adapters.messages.web import WebGateway
from voicebot.adapters.records.outbox import Outbox
from voicebot.adapters.records.records import Records
from voicebot.config import Settings
from voicebot.engine.events.messenger import City, Messenger
from voicebot.engine.events.receivers import MESSAGES, MQTT, read_receivers, webhook_destination
from voicebot.engine.events.relay import Relay
from voicebot.ports import EventSender, MessageGateway

_MESSAGES_AT_ONCE = 4
_STOP_S = 5.0
"""The rounds under way are finished; what is not acknowledged by then is sent by the next engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relays:
    """The relays that run."""

    relays: Sequence[Relay]
    outbox: Outbox

    def look(self) -> None:
        """Something hasty was put into the outbox just now, e.g. the case of a handoff: look at once."""
        for relay in self.relays:
            relay.look()

    async def told(self, subject: str, within_s: float) -> bool:
        """Wait until the broker has every step of a subject; a telephone may ring for it then.

        Args:
            subject: ``case/1001``.
            within_s: Longest wait: nobody is kept from a person because a broker is down.

        Returns:
            Whether it has; without a broker at once, and true.
        """
        relay = next((one for one in self.relays if one.destination == MQTT), None)
        if relay is None:
            return True
        try:
            async with asyncio.timeout(within_s):
                while True:
                    over = relay.round_over  # before the question, so that no round goes unnoticed
                    if not await self.outbox.pending(MQTT, subject):
                        return True
                    relay.look()
                    await over.wait()
        except TimeoutError:
            return False


@asynccontextmanager
async def run_relays(
    settings: Settings,
    records: Records,
    *,
    environment: Mapping[str, str],
    now: Callable[[], datetime],
    jitter: Callable[[], float],
) -> AsyncIterator[Relays]:
    """Send what is in the outbox while the block runs.

    Args:
        settings: Checked settings.
        records: Opened with ``destinations`` and ``topics`` of ``receivers.outbox_topics``.
        environment: Holds the secrets.
        now: Wall clock in the city's time zone.
        jitter: Gives 0..1 at each call (``random.random`` in production).

    Raises:
        ConfigurationError: A secret, a file or a folder must be mended.
    """
    async with AsyncExitStack() as opened:
        assembled = await _Assembly.make(settings, records, environment, now, jitter, opened)
        stop = asyncio.Event()
        connections = [asyncio.create_task(sender.run()) for sender in assembled.connections]
        running = [asyncio.create_task(relay.run(stop)) for relay in assembled.relays]
        try:
            yield Relays(relays=assembled.relays, outbox=records.outbox)
        finally:
            stop.set()
            if running:
                await asyncio.wait(running, timeout=_STOP_S)
            for task in (*running, *connections):
                task.cancel()
            await asyncio.gather(*running, *connections, return_exceptions=True)


class _Assembly:
    """Makes senders and relays."""

    def __init__(self, records: Records, now: Callable[[], datetime], jitter: Callable[[], float]) -> None:
        self._records = records
        self._now = now
        self._jitter = jitter
        self.relays: list[Relay] = []
        self.connections: list[mqtt.MqttSender] = []

    @classmethod
    async def make(
        cls,
        settings: Settings,
        records: Records,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        opened: AsyncExitStack,
    ) -> _Assembly:
        """Everything that the settings name."""
        made, receivers = cls(records, now, jitter), read_receivers(settings, environment)
        events, messages = settings.events, settings.messages
        if receivers.broker is not None and events.mqtt is not None:
            sender = mqtt.MqttSender(receivers.broker, jitter=jitter, now=now)
            made.connections.append(sender)
            made._add(MQTT, sender, events.mqtt.rate_per_s, mqtt.MOST_AT_ONCE)
        session: aiohttp.ClientSession | None = None
        if receivers.webhooks or receivers.gateway is not None:
            session = await opened.enter_async_context(aiohttp.ClientSession())
        for hook in receivers.webhooks:
            assert session is not None, "opened above"
            rate_per_s = events.webhooks[hook.name].rate_per_s
            made._add(
                webhook_destination(hook.name),
                webhook.WebhookSender(hook, session, now),
                rate_per_s,
                webhook.MOST_AT_ONCE,
            )
        if messages.number:
            gateway: MessageGateway
            if receivers.gateway is None:
                gateway = SpoolGateway(messages.folder)
            else:
                assert session is not None, "opened above"
                gateway = WebGateway(receivers.gateway, session, now)
            city = City(
                name=settings.city,
                number=messages.number,
                from_hour=messages.from_hour,
                to_hour=messages.to_hour,
            )
            messenger = Messenger(records, gateway, load_templates(messages.templates), city, now)
            made._add(MESSAGES, messenger, messages.rate_per_s, _MESSAGES_AT_ONCE)
        return made

    def _add(self, destination: str, sender: EventSender, rate_per_s: float, most_at_once: int) -> None:
        relay = Relay(
            destination,
            self._records.outbox,
            sender,
            now=self._now,
            jitter=self._jitter,
            rate_per_s=rate_per_s,
            most_at_once=most_at_once,
        )
        self.relays.append(relay)
