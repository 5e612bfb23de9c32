"""What monitoring reads is what the parts have measured."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from tests.adapters.records.conftest import KEYS, NOON
from tests.adapters.records.kept import Trouble
from tests.engine.events.scene import Clock, Receiver, put, relay_of
from voicebot.adapters.records.records import open_records
from voicebot.config import MetricsSettings
from voicebot.engine.media.lateness import LatenessHistogram
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.metrics import CallMeter, Observed, serve_metrics
from voicebot.errors import ConfigurationError
from voicebot.events.message import Message
from voicebot.events.verdict import Delivered, Refused, Verdict
from voicebot.testing.fakes import FakeVoiceActivity


class _Timeline:
    """Takes everything (``ports.TimelineSink``)."""

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def media_loop() -> MediaLoop:
    """One that does not run."""
    return MediaLoop("127.0.0.1", 0, ALAW, FakeVoiceActivity())


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _gaps(registry: CollectorRegistry) -> list[float | None]:
    """How many there were, and their sum."""
    labels = {"service": "duty"}
    names = ("voicebot_response_gap_seconds_count", "voicebot_response_gap_seconds_sum")
    return [registry.get_sample_value(name, labels) for name in names]


def test_a_gap_is_counted_whichever_is_known_first() -> None:
    registry = CollectorRegistry()
    timeline = CallMeter(registry).metered(_Timeline(), "duty")
    timeline.record("citizen", "voice_started", 1.0)
    timeline.record("citizen", "turn", 2.1, turn_id=1)
    timeline.record("bot", "audible_started", 2.18)
    timeline.record("citizen", "voice_ended", 2.0)  # a fifth of a second late, as always
    timeline.record("bot", "audible_started", 2.5)  # the second prompt of the same answer
    assert _gaps(registry) == pytest.approx([1.0, 0.18])
    timeline.record("citizen", "voice_started", 5.0)
    timeline.record("citizen", "voice_ended", 6.0)
    timeline.record("citizen", "turn", 6.3, turn_id=2)
    timeline.record("engine", "retract", 6.35, turn_id=2)
    timeline.record("bot", "audible_started", 6.4)
    assert _gaps(registry) == pytest.approx([1.0, 0.18])


def test_calls_are_counted_by_their_outcome() -> None:
    registry = CollectorRegistry()
    meter = CallMeter(registry)
    first, second = (meter.metered(_Timeline(), "care") for _ in range(2))
    first.record("engine", "call_ended", 9.0, result="completed", reason="")
    first.close()
    first.close()
    assert registry.get_sample_value("voicebot_calls_now") == 1.0
    assert registry.get_sample_value("voicebot_calls_total", {"service": "care"}) == 2.0
    ended = {"service": "care", "result": "completed"}
    assert registry.get_sample_value("voicebot_calls_ended_total", ended) == 1.0
    second.close()
    assert registry.get_sample_value("voicebot_calls_now") == 0.0


def test_lateness_is_told_as_it_was_counted() -> None:
    histogram = LatenessHistogram()
    for lateness_s in (-0.0001, 0.0004, 0.003, 0.007, 0.5):
        histogram.add(lateness_s)
    assert [histogram.within(edge_s) for edge_s in (0.001, 0.005, 0.01, 0.05, 1.0)] == [2, 3, 4, 4, 5]
    assert histogram.sum_s == pytest.approx(0.5104)


def _told(page: str) -> dict[tuple[str, ...], float]:
    """Name and labels → value."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_the_page_tells_of_the_outbox(sqlite_url: str) -> None:
    clock = Clock()

    def answer(message: Message) -> Verdict:
        return Refused(reason="400") if message.topic == "call" else Delivered()

    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt", "webhook/board")) as records:
        await put(records, "call", 1)
        await put(records, "case", 2)
        relay = relay_of(records, Receiver(answer=answer), clock)
        await relay.round()
        clock.pass_s(90)
        settings = MetricsSettings(port=_port())
        observed = Observed(
            relays=[relay],
            recogniser_queue=lambda: 3,
            records_waiting=lambda: 4,
            asterisk_connected=lambda: False,
            attempts_open=lambda: 5,
        )
        registry = CollectorRegistry()
        async with (
            serve_metrics(settings, registry, observed, records, clock) as address,
            aiohttp.ClientSession() as session,
            session.get(address) as answered,
        ):
            assert answered.status == 200
            told = _told(await answered.text())
    assert told["voicebot_outbox_waiting", "webhook/board"] == 3.0
    assert told["voicebot_outbox_oldest_seconds", "webhook/board"] == 90.0
    assert told["voicebot_outbox_waiting", "mqtt"] == 0.0
    assert told["voicebot_outbox_refused", "mqtt"] == 1.0
    assert told["voicebot_events_total", "delivered", "mqtt"] == 2.0
    assert told["voicebot_receiver_up", "mqtt"] == 1.0
    assert told["voicebot_recogniser_queue",] == 3.0
    assert told["voicebot_records_waiting",] == 4.0
    assert (told["voicebot_records_up",], told["voicebot_asterisk_connected",]) == (1.0, 0.0)
    assert told["voicebot_attempts_open",] == 5.0


async def test_a_database_that_is_away_takes_nothing_from_the_page(sqlite_url: str) -> None:
    clock = Clock()
    settings = MetricsSettings(port=_port())
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        await put(records, "case", 2)
        trouble = Trouble(records.database)
        async with (
            serve_metrics(settings, CollectorRegistry(), Observed(), records, clock) as address,
            aiohttp.ClientSession() as session,
        ):
            pages = []
            for trouble.down in (False, True):
                async with session.get(address) as answered:
                    pages.append(_told(await answered.text()))
                clock.pass_s(60)
    before, after = pages
    assert (before["voicebot_records_up",], after["voicebot_records_up",]) == (1.0, 0.0)
    assert after["voicebot_outbox_waiting", "mqtt"] == 2.0  # as it stood, and ageing
    assert after["voicebot_outbox_oldest_seconds", "mqtt"] == 60.0


async def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = MetricsSettings(port=taken.getsockname()[1])
        with pytest.raises(ConfigurationError, match=r"\[metrics\] 127.0.0.1:\d+: .*choose another"):
            async with serve_metrics(settings, CollectorRegistry(), Observed(), None, Clock()):
                pass


async def test_without_a_port_there_is_no_page() -> None:
    async with serve_metrics(MetricsSettings(), CollectorRegistry(), Observed(), None, Clock()) as address:
        assert address == ""
