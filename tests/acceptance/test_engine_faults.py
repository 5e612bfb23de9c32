"""The engine dies, hangs, is cut off, is stopped or is thrown dirt at, in the middle of real calls."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.acceptance import fault_hands as hands
from tests.acceptance.held_calls import records_of
from tests.acceptance.plain_calls import LIMIT_S, manager_of
from voicebot.adapters.records.calls import LOST
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.testing.stage_call import StageCall, hold_call, read_timeline

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.real_time]

RESCUE_LIMIT_S = 5.0
"""Promised: from the engine's death to the duty queue."""

GRACE_S = 3.0
"""How long the engine of this file lets calls end by themselves when it is stopped."""


@dataclass(frozen=True)
class World:
    """A stage with its citizens."""

    stage: Stage
    exchange: CitizenExchange
    media_port: int

    async def short_call(self, caller: str) -> StageCall:
        """A call in which both sides speak twice."""
        return await hold_call(self.stage, self.exchange, hands.brief(caller), hands.SHORT)


def options(folder: Path, media_port: int) -> StageOptions:
    return StageOptions(
        folder=folder,
        numbers={hands.DUTY: "duty", hands.SHORT: str(hands.FLOW)},
        settings={"stop_grace_s": GRACE_S, "media": {"port": media_port}},
        most_calls=20,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(asterisk_root: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    port = hands.free_udp_port()
    folder = tmp_path_factory.mktemp("faults") / "stage"
    async with open_stage(options(folder, port)) as stage, open_exchange(stage.citizens) as exchange:
        yield World(stage, exchange, port)


@pytest_asyncio.fixture(loop_scope="module")
async def world(standing: World) -> AsyncIterator[World]:
    """With a running engine and no call."""
    stage = standing.stage
    if stage.engine.exit_status is not None:
        await stage.engine.start()
    await hands.no_calls(stage.engine_asterisk.endpoints)
    yield standing
    if stage.engine.exit_status is None:
        stage.engine.thaw()


def seconds_since(began: float, what: str) -> float:
    """Printed too: ``pytest -rP`` shows what was measured."""
    passed = time.monotonic() - began
    print(f"{what}: {passed:.2f} s")
    return passed


def came_to_its_end(call: StageCall) -> bool:
    view = call.report.engine
    return view is not None and (view.outcome, view.reason) == ("completed", "both answered")


async def test_a_killed_engine_leaves_its_citizens_to_the_duty_room(
    world: World,
) -> None:
    stage, exchange, reach = world.stage, world.exchange, world.stage.engine_asterisk.endpoints
    talking = ("0310000001", "0310000002", "0310000003")
    before = stage.timelines_so_far()
    async with manager_of(reach) as manager, hands.conversations(stage, exchange, *talking):
        begun = [read_timeline(path).records[0].text("call_id") for path in stage.timelines_so_far() - before]
        assert await hands.waiting_in_queue(reach) == 0
        began = time.monotonic()
        await stage.engine.kill()
        await hands.joined(manager, *talking)
        assert seconds_since(began, "killed, to the queue") < RESCUE_LIMIT_S

        # Nobody listens now: the next citizen gets to people without a detour.
        began = time.monotonic()
        async with exchange.dialled(hands.DUTY, "0310000004"):
            await hands.joined(manager, "0310000004")
            assert seconds_since(began, "called while down, to the queue") < RESCUE_LIMIT_S
            assert await hands.left_behind(reach) != []

            # The engine comes back: it takes away what is of no use and leaves those who wait alone.
            await stage.engine.start()
            await hands.nothing_left_behind(reach)
            assert came_to_its_end(await world.short_call("0310000005"))
            assert await hands.waiting_in_queue(reach) == 4

            # It has found the calls of the one before in its journal, and ended them.
            async with records_of(stage) as records:
                kept = [await records.calls.get(call_id) for call_id in begun]
            assert [call.outcome for call in kept if call is not None] == [LOST] * len(talking)


async def test_a_frozen_engine_leaves_its_citizens_to_the_duty_room(
    world: World,
) -> None:
    stage, exchange, reach = world.stage, world.exchange, world.stage.engine_asterisk.endpoints
    before = stage.timelines_so_far()
    async with manager_of(reach) as manager, hands.conversations(stage, exchange, "0310000011"):
        (path,) = stage.timelines_so_far() - before
        began = time.monotonic()
        stage.engine.freeze()
        await hands.joined(manager, "0310000011")
        assert seconds_since(began, "frozen, to the queue") < RESCUE_LIMIT_S

        began = time.monotonic()
        async with exchange.dialled(hands.DUTY, "0310000012"):
            await hands.joined(manager, "0310000012")
            assert seconds_since(began, "called while frozen, to the queue") < RESCUE_LIMIT_S

            # It wakes up: the citizens are where they should be, and stay there.
            stage.engine.thaw()
            assert came_to_its_end(await world.short_call("0310000013"))
            await hands.nothing_left_behind(reach)
            assert await hands.waiting_in_queue(reach) == 2
            (ended,) = read_timeline(path).of("call_ended")
            assert ended.text("result") == "handed_over", "the citizen has not hung up"


async def test_a_call_goes_on_when_its_events_are_cut(world: World) -> None:
    reach = world.stage.engine_asterisk.endpoints
    url = f"ws://{reach.host}:{reach.ari_port}/ari/events?app={reach.application}"
    headers = {"Authorization": reach.ari_authorization()}
    before = world.stage.timelines_so_far()
    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(world.short_call("0310000021"))
        await hands.until(
            lambda: bool(world.stage.timelines_so_far() - before), "the call is with the engine"
        )
        # Another connection takes the application's name: Asterisk cuts the engine's.
        async with aiohttp.ClientSession(headers=headers) as session, session.ws_connect(url):
            pass
    assert came_to_its_end(call.result())
    assert "the event stream was lost" in (world.stage.folder / "engine.log").read_text(encoding="utf-8")


async def test_asterisk_dies_and_comes_back_under_a_running_engine(world: World) -> None:
    stage, asterisk = world.stage, world.stage.engine_asterisk
    before = stage.timelines_so_far()
    async with hands.conversations(stage, world.exchange, "0310000031"):
        asterisk.endpoints.signal(signal.SIGKILL)
        await asterisk.stop()  # takes the dead process's status
        await asterisk.start()
        (path,) = stage.timelines_so_far() - before
        await hands.until(lambda: bool(read_timeline(path).of("call_ended")), "the lost call has ended")
    assert stage.engine.exit_status is None
    async with asyncio.timeout(LIMIT_S):
        while not came_to_its_end(await world.short_call("0310000032")):
            pass  # until the engine has found the new Asterisk, people answer


async def test_a_stopping_engine_lets_calls_end_and_then_hands_them_over(
    world: World,
) -> None:
    stage, exchange, reach = world.stage, world.exchange, world.stage.engine_asterisk.endpoints
    before = stage.timelines_so_far()
    async with manager_of(reach) as manager, hands.conversations(stage, exchange, "0310000041"):
        (path,) = stage.timelines_so_far() - before
        began = time.monotonic()
        stopping = asyncio.create_task(stage.engine.stop())
        # It takes no new calls: people answer them at once.
        async with exchange.dialled(hands.DUTY, "0310000042"):
            await hands.joined(manager, "0310000042", limit_s=GRACE_S)
            assert read_timeline(path).of("call_ended") == []
            await hands.joined(manager, "0310000041")
            assert seconds_since(began, "stopped, to the queue") > GRACE_S - 0.5
            await stopping
            assert stage.engine.exit_status == 0
            assert await hands.waiting_in_queue(reach) == 2
            assert await hands.left_behind(reach) == []
    (ended,) = read_timeline(path).of("call_ended")
    assert (ended.text("result"), ended.text("reason")) == ("handed_over", "the engine is stopping")


async def test_dirt_on_the_open_ports_disturbs_no_call(world: World) -> None:
    reach = world.stage.engine_asterisk.endpoints
    throwing = [
        asyncio.create_task(hands.throw_datagrams(world.media_port)),
        asyncio.create_task(hands.scan_fastagi(reach.agi_port)),
    ]
    try:
        calls = await asyncio.gather(*(world.short_call(f"031000005{digit}") for digit in range(3)))
        assert not any(task.done() for task in throwing)
    finally:
        for task in throwing:
            task.cancel()
        await asyncio.gather(*throwing, return_exceptions=True)
    for call in calls:
        assert came_to_its_end(call)
        assert call.timeline is not None
        figures = read_timeline(call.timeline).of("statistics")[0]
        assert figures.number("wrong_source") == 0, "strangers' packets are not even a call's to count"
        assert figures.number("listener_errors") == 0
    assert world.stage.engine.exit_status is None


async def test_two_stages_stand_side_by_side(world: World) -> None:
    # Tried again, it finds a folder of its own: records are opened by the keys of the stage that made them.
    second_folder = Path(tempfile.mkdtemp(prefix="second-", dir=world.stage.folder.parent))
    async with (
        open_stage(options(second_folder, 0)) as second,
        open_exchange(second.citizens) as exchange,
    ):
        there = World(second, exchange, 0)
        calls = await asyncio.gather(world.short_call("0310000061"), there.short_call("0310000061"))
        assert all(came_to_its_end(call) for call in calls)
        assert calls[0].timeline is not None and calls[1].timeline is not None
        assert calls[0].timeline.parent != calls[1].timeline.parent

        await second.engine.kill()
        assert came_to_its_end(await world.short_call("0310000062"))
