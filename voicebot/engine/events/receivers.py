"""Who receives what, from the settings: the outbox and the relays are told the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.adapters.events.broker import PASSWORD_VARIABLE, PLAIN_PORT, TLS_PORT, Broker
from voicebot.adapters.events.webhook import Webhook
from voicebot.adapters.messages.web import WebInterface
from voicebot.config import MqttSettings, Settings, WebhookSettings
from voicebot.errors import ConfigurationError
from voicebot.events.message import ATTEMPT, CASE, PRE_NOTICE
from voicebot.events.places import is_loopback

MQTT, MESSAGES = "mqtt", "messages"
TOKEN_VARIABLE = "VOICEBOT_MESSAGES_TOKEN"
MESSAGE_TOPICS = (CASE, ATTEMPT, PRE_NOTICE)

_LEAST_SECRET = 16
"""Characters: what can be guessed signs nothing (``openssl rand -hex 32`` prints a good one)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Everything that is sent to, ready to be connected."""

    broker: Broker | None
    webhooks: tuple[Webhook, ...]
    gateway: WebInterface | None
    """The web interface of the gateway for messages, where that is used."""


def outbox_topics(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Destination → its topics: ``topics`` of ``open_records``; the names are its ``destinations``."""
    topics: dict[str, tuple[str, ...]] = {}
    if settings.events.mqtt is not None:
        topics[MQTT] = settings.events.mqtt.topics
    for name, hook in settings.events.webhooks.items():
        topics[webhook_destination(name)] = hook.topics
    if settings.messages.number:
        topics[MESSAGES] = MESSAGE_TOPICS
    return topics


def webhook_destination(name: str) -> str:
    """A webhook's name in the outbox."""
    return f"webhook/{name}"


def read_receivers(settings: Settings, environment: Mapping[str, str]) -> Receivers:
    """The receivers with their secrets.

    Raises:
        ConfigurationError: A secret is missing or too short; the message names the variable and no secret.
    """
    events, messages = settings.events, settings.messages
    return Receivers(
        broker=None if events.mqtt is None else _broker(settings, events.mqtt, environment),
        webhooks=tuple(
            _webhook(name, hook, events.site, environment) for name, hook in events.webhooks.items()
        ),
        gateway=WebInterface(url=messages.url, token=_secret(TOKEN_VARIABLE, environment))
        if messages.number and messages.gateway == "http"
        else None,
    )


def _broker(settings: Settings, mqtt: MqttSettings, environment: Mapping[str, str]) -> Broker:
    tls = not is_loopback(mqtt.host) if mqtt.tls is None else mqtt.tls
    password = environment.get(PASSWORD_VARIABLE, "")
    if mqtt.user and not password:
        raise ConfigurationError(
            f"environment variable {PASSWORD_VARIABLE} is empty; set it to the broker's password of "
            f"[events.mqtt] user {mqtt.user!r}"
        )
    return Broker(
        host=mqtt.host,
        port=mqtt.port or (TLS_PORT if tls else PLAIN_PORT),
        site=settings.events.site,
        engine=settings.events.engine,
        user=mqtt.user,
        password=password if mqtt.user else "",
        tls=tls,
        ca_file=mqtt.ca_file,
        protocol=mqtt.protocol,
    )


def _webhook(name: str, hook: WebhookSettings, site: str, environment: Mapping[str, str]) -> Webhook:
    secret = _secret(f"VOICEBOT_WEBHOOK_{name.upper()}_SECRET", environment)
    return Webhook(name=name, url=hook.url, site=site, secret=secret.encode())


def _secret(variable: str, environment: Mapping[str, str]) -> str:
    secret = environment.get(variable, "")
    if len(secret) < _LEAST_SECRET:
        raise ConfigurationError(
            f"environment variable {variable} is {'too short' if secret else 'empty'}; "
            f"set it to a secret of {_LEAST_SECRET} characters or more"
        )
    return secret
