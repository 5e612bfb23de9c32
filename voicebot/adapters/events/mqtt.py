"""Events to an MQTT broker: QoS 1, one connection that comes back by itself.

Theory of operation
    ``run`` holds the connection: it connects, says ``online`` on the retained status topic (the broker says
    ``offline`` if we vanish), and waits until the connection breaks. ``send`` publishes and waits for the
    broker's acknowledgement; a break ends that wait at once. Whatever was not acknowledged is sent again by
    the relay, so nothing is kept here: every connection is a new client with an empty session.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from voicebot.adapters.events.broker import Broker
from voicebot.events.envelope import TooLarge, enveloped
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Failed, Postponed, Refused, Verdict
from voicebot.events.waiting import delay_s

logger = logging.getLogger(__name__)

_ANSWER_LIMIT_S = 10.0
"""For the acknowledgement of one message: a broker across the country answers in a tenth of a second."""
_LONGEST_RECONNECT_S = 30.0
_KEEPALIVE_S = 20
"""A link that was cut without a word is noticed after one and a half of these (MQTT 5, 3.1.2.10)."""
MOST_AT_ONCE = 20
"""Sent and not yet acknowledged: what mosquitto takes of one client (``max_inflight_messages``)."""
_REFUSED = 0x80
"""Reason codes from here on are refusals (MQTT 5, 2.4)."""
_QUOTA_EXCEEDED = 0x97

PROTOCOLS = {"5": aiomqtt.ProtocolVersion.V5, "3.1.1": aiomqtt.ProtocolVersion.V311}


class PublishingClient(aiomqtt.Client):
    """Keeps the reason codes of acknowledgements, which aiomqtt drops: one may be a refusal."""

    refusals: dict[int, ReasonCode]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.refusals = {}
        self.pending_calls_threshold = MOST_AT_ONCE  # aiomqtt warns from ten on: that many are usual here

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        if reason_code.value >= _REFUSED:
            self.refusals[mid] = reason_code
        super()._on_publish(client, userdata, mid, reason_code, properties)

    async def publish_acknowledged(self, topic: str, payload: bytes) -> ReasonCode | None:
        """Publish with QoS 1; returns why the broker refused it, or ``None``.

        Raises:
            aiomqtt.MqttError: No acknowledgement came.
        """
        info = self._client.publish(topic, payload, qos=1)
        if info.rc:
            raise aiomqtt.MqttCodeError(info.rc, "could not publish")
        if not info.is_published():
            confirmation = asyncio.Event()
            with self._pending_call(info.mid, confirmation, self._pending_publishes):
                await self._wait_for(confirmation.wait(), timeout=_ANSWER_LIMIT_S)
        return self.refusals.pop(info.mid, None)


class MqttSender:
    """Implements ``ports.EventSender``; sends while ``run`` runs.

    Args:
        broker: Where, and who we are.
        jitter: Gives 0..1 at each call (``random.random`` in production).
        now: Wall clock with a time zone.
        connected: Told whenever the connection holds.

    Raises:
        ConfigurationError: The certificates cannot be used.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        jitter: Callable[[], float],
        now: Callable[[], datetime],
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._broker = broker
        self._tls_context = broker.tls_context()
        self._jitter = jitter
        self._now = now
        self._connected = connected
        self._client: PublishingClient | None = None
        self._broken: asyncio.Future[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether the connection holds."""
        return self._client is not None

    async def send(self, message: Message) -> Verdict:
        """Publish one message and wait until the broker has it."""
        client, broken = self._client, self._broken
        if client is None or broken is None:
            return Postponed(reason=f"{self._broker.where} is not connected")
        try:
            body = enveloped(message, self._broker.site)
        except TooLarge as error:
            return Refused(reason=str(error))
        publishing = asyncio.ensure_future(
            client.publish_acknowledged(f"{self._broker.root}/{message.topic}", body)
        )
        either: set[asyncio.Future[Any]] = {publishing, broken}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not publishing.done():
                return Postponed(reason=f"{self._broker.where}: the connection broke")
            return _judged(publishing.result())
        except aiomqtt.MqttError as error:
            reason = f"{self._broker.where}: {error}"
            # A code comes from a connection that has just gone; without one, time ran out.
            lost = broken.done() or isinstance(error, aiomqtt.MqttCodeError)
            return Postponed(reason=reason) if lost else Failed(reason=reason)
        finally:
            publishing.cancel()

    async def run(self) -> None:
        """Keep the connection until cancelled; leaving says ``offline``."""
        tries = 0
        while True:
            try:
                async with self._new_client() as client:
                    tries = 0
                    await self._hold(client)
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                if tries == 0:
                    logger.warning(
                        "no connection to the broker",
                        extra={"action": "mqtt.lost", "broker": self._broker.where, "reason": str(error)},
                    )
            await asyncio.sleep(delay_s(tries, self._jitter(), longest_s=_LONGEST_RECONNECT_S))
            tries += 1

    async def _hold(self, client: PublishingClient) -> None:
        """Serve one connection until it breaks.

        Raises:
            aiomqtt.MqttError: It broke.
        """
        await client.publish(self._broker.status_topic, self._status("online"), qos=1, retain=True)
        self._broken = asyncio.get_running_loop().create_future()
        self._client = client
        logger.info("connected", extra={"action": "mqtt.connected", "broker": self._broker.where})
        self._connected()
        try:
            async for _ in client.messages:
                pass  # we subscribe to nothing; the end of this tells of the break
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError):
                await client.publish(self._broker.status_topic, self._status("offline"), qos=1, retain=True)
            raise
        finally:
            self._client = None
            self._broken.set_result(None)

    def _new_client(self) -> PublishingClient:
        broker = self._broker
        return PublishingClient(
            broker.host,
            broker.port,
            username=broker.user or None,
            password=broker.password or None,
            identifier=broker.client_id,
            protocol=PROTOCOLS[broker.protocol],
            will=aiomqtt.Will(broker.status_topic, self._status("offline"), qos=1, retain=True),
            clean_session=True if broker.protocol == "3.1.1" else None,
            keepalive=_KEEPALIVE_S,
            timeout=_ANSWER_LIMIT_S,
            max_inflight_messages=MOST_AT_ONCE,
            tls_context=self._tls_context,
        )

    def _status(self, state: str) -> str:
        at = self._now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        told = {"version": 1, "site": self._broker.site, "engine": self._broker.engine, "state": state}
        # Of a will the moment is not known: it is sent when we are gone.
        return json.dumps(told | ({"at": at} if state == "online" else {}))


def _judged(refusal: ReasonCode | None) -> Verdict:
    if refusal is None:
        return Delivered()
    reason = f"the broker answered {refusal.value:#04x} {refusal}"
    return Postponed(reason=reason) if refusal.value == _QUOTA_EXCEEDED else Refused(reason=reason)
