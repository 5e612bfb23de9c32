"""Monitoring reads of an engine with a real call what the call's own timeline tells, and what was sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance import fault_hands as hands
from tests.acceptance.held_calls import records_of
from tests.acceptance.plain_calls import LIMIT_S
from voicebot.testing.city_desk import open_desk
from voicebot.testing.exchange import open_exchange
from voicebot.testing.stage import StageOptions, open_stage
from voicebot.testing.stage_call import hold_call, read_timeline
from voicebot.timeline.reading import read

pytestmark = pytest.mark.real_time

CALLER = "01000000077"
TICKS_PER_S = 200

Values = dict[tuple[str, ...], float]
Look = Callable[[], Awaitable[Values]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _look(port: int) -> Values:
    """Name and labels → value, as Prometheus reads them."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.status == 200
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }


async def test_the_page_of_a_live_engine_tells_the_truth(asterisk_root: None, tmp_path: Path) -> None:
    port = _free_port()
    async with open_desk(tmp_path / "broker") as desk:
        options = StageOptions(
            folder=tmp_path / "stage",
            numbers={hands.SHORT: str(hands.FLOW)},
            settings={"metrics": {"port": port}, **desk.settings},
            most_calls=4,
        )
        async with open_stage(options) as stage, open_exchange(stage.citizens) as exchange:
            before = await _look(port)
            assert before["voicebot_asterisk_connected",] == before["voicebot_records_up",] == 1.0
            assert before["voicebot_calls_now",] == before["voicebot_media_legs",] == 0.0
            seen: list[Values] = []

            async def in_the_call() -> bool:
                seen.append(await _look(port))
                return seen[-1]["voicebot_media_legs",] == 1.0

            async with asyncio.TaskGroup() as tasks:
                call = tasks.create_task(hold_call(stage, exchange, hands.brief(CALLER), hands.SHORT, seed=1))
                await hands.until(in_the_call, "monitoring sees the call", LIMIT_S)
            assert seen[-1]["voicebot_calls_now",] == 1.0

            async def all_told() -> bool:
                seen.append(await _look(port))
                now = seen[-1]
                waits = now["voicebot_records_waiting",] + now["voicebot_outbox_waiting", "mqtt"]
                return now["voicebot_calls_now",] == 0.0 and waits == 0.0

            await hands.until(all_told, "the call is over and told of", LIMIT_S)
            after, held = seen[-1], call.result()
            async with records_of(stage) as records:
                (message,) = [one for one in desk.arrived if one.envelope["topic"] == "call"]
                kept = await records.calls.get(message.envelope["data"]["call_id"])
            assert kept is not None and kept.outcome is not None
    assert held.timeline is not None
    _check_call(after, read_timeline(held.timeline).records[0].text("service"), kept.outcome.result.value)
    gaps_ms = read(read_timeline(held.timeline)).gaps_ms
    service = kept.service
    assert after["voicebot_response_gap_seconds_count", service] == len(gaps_ms) == 2
    summed_ms = after["voicebot_response_gap_seconds_sum", service] * 1000
    assert summed_ms == pytest.approx(sum(gaps_ms), abs=10.0)
    ticks = after["voicebot_media_lateness_seconds_count",] - before["voicebot_media_lateness_seconds_count",]
    skipped = after["voicebot_media_ticks_skipped_total",]
    assert ticks + skipped >= held.report.duration_s * TICKS_PER_S * 0.9
    assert after["voicebot_events_total", "delivered", "mqtt"] == len(desk.arrived) > 0
    assert after["voicebot_receiver_up", "mqtt"] == 1.0


def _check_call(after: Values, service: str, result: str) -> None:
    assert after["voicebot_calls_total", service] == 1.0
    assert after["voicebot_calls_ended_total", result, service] == 1.0
    assert after["voicebot_turns_total", service] >= 2.0
    assert after["voicebot_recogniser_queue",] == after["voicebot_attempts_open",] == 0.0
    assert after["voicebot_outbox_refused", "mqtt"] == after["voicebot_outbox_oldest_seconds", "mqtt"] == 0.0
    assert after["voicebot_media_legs",] == 0.0
    assert after["process_resident_memory_bytes",] > 50e6
