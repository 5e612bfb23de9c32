"""``docs/EVENTS.md`` tells of settings, topics and metrics as they are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from prometheus_client import CollectorRegistry

from tests.engine.events.scene import Clock
from tests.engine.metrics.test_metrics import media_loop
from voicebot.adapters.records.outbox import OutboxState
from voicebot.config import Settings
from voicebot.engine.metrics import CallMeter, Observed
from voicebot.engine.metrics.gauges import ObservedCollector
from voicebot.events.message import TOPICS
from voicebot.events.signing import HEADER, signature

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_PAGE = (_DOCS / "EVENTS.md").read_text(encoding="utf-8")


def test_the_settings_are_taken_and_the_defaults_are_true() -> None:
    found = re.search(r"```toml\n(.*?)```", _PAGE, re.DOTALL)
    assert found is not None
    settings = Settings.model_validate(tomllib.loads(found[1]))
    assert settings.events.mqtt is not None
    plain = Settings()
    assert settings.events.engine == plain.events.engine
    for name in ("gateway", "folder", "from_hour", "to_hour", "rate_per_s"):
        assert getattr(settings.messages, name) == getattr(plain.messages, name)
    assert settings.metrics.host == plain.metrics.host
    assert settings.events.mqtt.rate_per_s == 50.0
    uncommented = re.sub(r"^# (?=\w+ = )", "", found[1], flags=re.MULTILINE)
    every = Settings.model_validate(tomllib.loads(uncommented))
    assert every.messages.url and every.events.mqtt is not None and every.events.mqtt.port == 8883


def test_every_topic_and_the_signature() -> None:
    for topic in TOPICS:
        assert f"[{topic}](schemas/{topic}.json)" in _PAGE
        assert f"/{topic}`" in _PAGE
    assert HEADER in _PAGE
    assert signature(b"secret", 1763812800, b"{}") in _PAGE


def test_every_metric() -> None:
    registry = CollectorRegistry()
    CallMeter(registry)
    state = OutboxState(waiting=0, oldest_at=None, refused=0)
    observed = Observed(
        media=media_loop(),
        recogniser_queue=lambda: 0,
        records_waiting=lambda: 0,
        asterisk_connected=lambda: True,
        attempts_open=lambda: 0,
        records_up=True,
        outbox={"mqtt": state},
    )
    registry.register(ObservedCollector(observed, Clock()))
    told = set(re.findall(r"`(voicebot_\w+)", _PAGE))
    there = set()
    for family in registry.collect():
        total = "_total" if family.type == "counter" else ""
        there.add(family.name + total)
    assert told == there
    operations = (_DOCS / "OPERATIONS.md").read_text(encoding="utf-8")
    watched = set(re.findall(r"`(voicebot_[a-z_]+)", operations))
    assert watched <= there and len(watched) > 10
    rules = yaml.safe_load((_DOCS.parent / "deploy" / "prometheus-rules.yml").read_text(encoding="utf-8"))
    terms = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    alarming = {name for term in terms for name in re.findall(r"voicebot_[a-z_]+", term)}
    assert {name.removesuffix("_bucket") for name in alarming} <= watched
