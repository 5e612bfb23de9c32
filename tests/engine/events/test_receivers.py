"""Settings of events: wrong ones are refused with the remedy, secrets come from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.config import Settings, load_settings
from voicebot.engine.events.receivers import outbox_topics, read_receivers
from voicebot.errors import ConfigurationError

SECRET = "0123456789abcdef"


def _load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "voicebot.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_without_settings_nothing_is_sent() -> None:
    assert outbox_topics(Settings()) == {}
    receivers = read_receivers(Settings(), {})
    assert (receivers.broker, receivers.webhooks, receivers.gateway) == (None, (), None)


def test_each_receiver_gets_its_topics(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        """
        [events.mqtt]
        host = "127.0.0.1"
        [events.webhooks.board]
        url = "https://board.example.kr/voicebot"
        topics = ["alert"]
        [messages]
        number = "02-120"
        """,
    )
    topics = outbox_topics(settings)
    assert topics["webhook/board"] == ("alert",)
    assert topics["messages"] == ("case", "attempt", "pre_notice")
    assert "pre_notice" not in topics["mqtt"] and "handoff" in topics["mqtt"]


@pytest.mark.parametrize(
    ("host", "extra", "where"),
    [
        ("127.0.0.1", "", "mqtt://127.0.0.1:1883"),
        ("broker.example.kr", "", "mqtts://broker.example.kr:8883"),
        ("broker.example.kr", "tls = false", "mqtt://broker.example.kr:1883"),
        ("localhost", "tls = true\nport = 9000", "mqtts://localhost:9000"),
    ],
)
def test_what_leaves_the_machine_is_encrypted(tmp_path: Path, host: str, extra: str, where: str) -> None:
    settings = _load(tmp_path, f'[events.mqtt]\nhost = "{host}"\n{extra}')
    broker = read_receivers(settings, {}).broker
    assert broker is not None and broker.where == where


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[events]\nsite = 'Bad Site'", r"\[events.site\] String should match"),
        ("[events.mqtt]\nhost = ''", r"\[events.mqtt.host\]"),
        ("[events.mqtt]\nhost = 'a'\nqos = 0", r"\[events.mqtt.qos\] there is no such setting"),
        (
            "[events.mqtt]\nhost = 'a'\ntopics = ['alarm']",
            r"\[events.mqtt.topics.0\] Input should be 'alert'",
        ),
        ("[events.webhooks.b]\nurl = 'http://board/'", r"\[events.webhooks.b.url\] .*use https, except"),
        ("[events.webhooks.b]\nurl = 'board'", "write an address such as https://host/path"),
        ("[events.webhooks.b]\nurl = 'https://u:p@h/'", "secrets come from the environment"),
        ("[messages]\nnumber = '120번'", r"\[messages.number\]"),
        ("[messages]\ngateway = 'http'", 'gateway = "http" needs its url'),
        ("[messages]\nfrom_hour = 22", "from_hour must be before to_hour"),
        ("[metrics]\nport = 0", r"\[metrics.port\]"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(ConfigurationError, match=mistake):
        _load(tmp_path, text)


def test_secrets_are_asked_for_by_name(tmp_path: Path) -> None:
    hook = _load(tmp_path, '[events.webhooks.board]\nurl = "https://board.example.kr/"')
    with pytest.raises(ConfigurationError, match="VOICEBOT_WEBHOOK_BOARD_SECRET is empty; set it"):
        read_receivers(hook, {})
    with pytest.raises(ConfigurationError, match="is too short"):
        read_receivers(hook, {"VOICEBOT_WEBHOOK_BOARD_SECRET": "short"})
    (webhook,) = read_receivers(hook, {"VOICEBOT_WEBHOOK_BOARD_SECRET": SECRET}).webhooks
    assert webhook.secret == SECRET.encode()
    broker = _load(tmp_path, '[events.mqtt]\nhost = "127.0.0.1"\nuser = "voicebot"')
    with pytest.raises(ConfigurationError, match="VOICEBOT_MQTT_PASSWORD is empty"):
        read_receivers(broker, {})
    gateway = _load(
        tmp_path, '[messages]\nnumber = "02-120"\ngateway = "http"\nurl = "https://sms.example.kr/"'
    )
    with pytest.raises(ConfigurationError, match="VOICEBOT_MESSAGES_TOKEN is empty"):
        read_receivers(gateway, {})
