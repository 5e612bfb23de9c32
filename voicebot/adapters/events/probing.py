"""Asks a broker whether it would take our events, without sending one."""

from __future__ import annotations

import json

import aiomqtt

from voicebot.adapters.events.broker import Broker
from voicebot.adapters.events.mqtt import PROTOCOLS, PublishingClient
from voicebot.errors import EventError

_LIMIT_S = 5.0


async def probe(broker: Broker) -> str:
    """Connect and publish on a topic of ``doctor`` beside our status; returns what the broker is, in words.

    Raises:
        ConfigurationError: The certificates cannot be used.
        EventError: It cannot be reached, or does not let us in or publish; the message holds the remedy.
    """
    client = PublishingClient(
        broker.host,
        broker.port,
        username=broker.user or None,
        password=broker.password or None,
        identifier=f"{broker.client_id}-doctor",
        protocol=PROTOCOLS[broker.protocol],
        clean_session=True if broker.protocol == "3.1.1" else None,
        timeout=_LIMIT_S,
        tls_context=broker.tls_context(),
    )
    try:
        async with client:
            told = json.dumps({"version": 1, "site": broker.site, "engine": broker.engine})
            refusal = await client.publish_acknowledged(f"{broker.status_topic}/doctor", told.encode())
    except (aiomqtt.MqttError, OSError, ValueError) as error:
        raise EventError(
            f"{broker.where}: {error}; check [events.mqtt] host, port, tls and user, and that the broker runs"
        ) from error
    if refusal is not None:
        raise EventError(
            f"{broker.where} does not let us publish ({refusal}); allow {broker.root}/# to "
            f"{broker.user or 'everybody'} in its list of rights"
        )
    return f"{broker.where} takes {broker.root}/#, MQTT {broker.protocol}"
