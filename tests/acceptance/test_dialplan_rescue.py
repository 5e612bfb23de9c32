"""With the engine absent, dying or hanging, the citizen is in the duty queue within five seconds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.acceptance.plain_calls import citizen_of, manager_of
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk

pytestmark = pytest.mark.real_time

RESCUE_LIMIT_S = 5.0
CALLER = "01012345678"


class TinyEngine:
    """``tiny_engine`` as a child process."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.child = child

    async def line(self, begin: str, limit_s: float = 10.0) -> str:
        assert self.child.stdout is not None
        async with asyncio.timeout(limit_s):
            while not (line := (await self.child.stdout.readline()).decode()).startswith(begin):
                assert line, "the tiny engine ended"
            return line.strip()


@contextlib.asynccontextmanager
async def tiny_engine(endpoints: Endpoints, route: str = "stasis") -> AsyncIterator[TinyEngine]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.acceptance.tiny_engine", str(endpoints.run_dir), route),
        stdout=asyncio.subprocess.PIPE,
    )
    engine = TinyEngine(child)
    try:
        await engine.line("ready")
        yield engine
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _no_calls(endpoints: Endpoints) -> None:
    """Wait until nothing of an earlier test is left."""
    async with asyncio.timeout(5):
        while "0 active channels" not in await endpoints.console("core show channels count"):
            await endpoints.console("channel request hangup all")
            await asyncio.sleep(0.05)


@pytest.fixture
async def engine_side(engine_asterisk: EmbeddedAsterisk) -> AsyncIterator[Endpoints]:
    await _no_calls(engine_asterisk.endpoints)
    yield engine_asterisk.endpoints
    await _no_calls(engine_asterisk.endpoints)


@pytest.fixture
def citizen_side(citizen_asterisk: EmbeddedAsterisk) -> Endpoints:
    return citizen_asterisk.endpoints


async def test_call_while_the_engine_is_absent(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    async with manager_of(engine_side) as manager, citizen_of(citizen_side) as citizen:
        began = time.monotonic()
        channel = await citizen.dial("1000", CALLER)
        joined = await manager.event("QueueCallerJoin")
        waited = time.monotonic() - began
        assert joined["Queue"] == "duty"
        assert joined["CallerIDNum"] == CALLER
        assert waited < RESCUE_LIMIT_S
        ear = await citizen.listen(channel)
        await asyncio.sleep(1.5)
        assert len(ear.heard_at) > 20, "the citizen hears the notice"


@pytest.mark.parametrize(
    # A silent citizen's channel is not woken by packets when its time is up.
    ("sign", "talks"),
    [(signal.SIGKILL, True), (signal.SIGSTOP, False)],
    ids=["killed-talking", "frozen-silent"],
)
async def test_engine_dies_in_mid_call(
    engine_side: Endpoints, citizen_side: Endpoints, sign: signal.Signals, talks: bool
) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        tiny_engine(engine_side) as engine,
        asyncio.TaskGroup() as group,
    ):
        channel = await citizen.dial("1000", CALLER)
        assert await engine.line("asked") == f"asked agi_arg_1: {CALLER} agi_arg_2: 1000"
        assert await engine.line("took") == "took duty inbound 1000"
        await engine.line("talking")
        ear = await citizen.listen(channel)
        talking = group.create_task(ear.talk()) if talks else None
        await asyncio.sleep(1)
        assert len(ear.heard_at) > 20, "the citizen hears the engine"

        engine.child.send_signal(sign)
        began = time.monotonic()
        await manager.event("VoicebotRescue", Caller=CALLER)
        await manager.event("QueueCallerJoin", Queue="duty")
        waited = time.monotonic() - began
        assert waited < RESCUE_LIMIT_S

        await asyncio.sleep(1)
        assert len([at for at in ear.heard_at if at > began + waited]) > 20, "the citizen hears the notice"
        assert "1. PJSIP/trunk-" in await engine_side.console("queue show duty")
        if talking:
            talking.cancel()


async def test_living_engine_keeps_the_call(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        tiny_engine(engine_side) as engine,
    ):
        await citizen.dial("1000", CALLER)
        await engine.line("talking")
        with pytest.raises(TimeoutError):
            await manager.event("VoicebotRescue", limit_s=5.5)


async def test_hanging_route_question(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        tiny_engine(engine_side, "hang") as engine,
    ):
        began = time.monotonic()
        await citizen.dial("1000", CALLER)
        await engine.line("asked")
        await manager.event("QueueCallerJoin", Queue="duty")
        assert time.monotonic() - began < RESCUE_LIMIT_S


async def test_frozen_before_the_call(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        tiny_engine(engine_side) as engine,
    ):
        os.kill(engine.child.pid, signal.SIGSTOP)
        began = time.monotonic()
        await citizen.dial("1000", CALLER)
        await manager.event("QueueCallerJoin", Queue="duty")
        assert time.monotonic() - began < RESCUE_LIMIT_S


async def test_duty_officer_takes_the_call(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        asyncio.TaskGroup() as group,
    ):
        caller = await citizen.dial("1000", CALLER)
        officer = await citizen.rung()
        assert citizen.arrivals[officer] == ["incoming", "staff-1"]
        await citizen.post(f"/channels/{officer}/answer")
        await manager.event("AgentConnect", Queue="duty")
        mouth, ear = await citizen.listen(caller), await citizen.listen(officer)
        talking = group.create_task(mouth.talk())
        await asyncio.sleep(0.7)
        talking.cancel()
        assert len(ear.heard_at) > 20, "the officer hears the citizen"
        await citizen.session.delete(f"{citizen.base}/channels/{officer}")
        ended = await manager.event("VoicebotHangup", Caller=CALLER)
        assert (ended["Cause"], ended["Queue"]) == ("16", "CONTINUE")


@pytest.mark.parametrize(("route", "cause"), [("closed", None), ("refuse", 21), ("nonsense", None)])
async def test_routes(engine_side: Endpoints, citizen_side: Endpoints, route: str, cause: int | None) -> None:
    async with citizen_of(citizen_side) as citizen, tiny_engine(engine_side, route):
        channel = await citizen.dial("1000", CALLER)
        if cause is not None:
            assert await citizen.hung_up(channel) == cause
            return
        ear = await citizen.listen(channel)
        await asyncio.sleep(1.2)
        assert len(ear.heard_at) > 20, "a notice is heard"
        assert ("1. PJSIP/trunk-" in await engine_side.console("queue show duty")) == (route == "nonsense")


async def test_disaster_switch_bypasses_the_engine(engine_side: Endpoints, citizen_side: Endpoints) -> None:
    await engine_side.console("database put voicebot override queue")
    try:
        async with (
            manager_of(engine_side) as manager,
            citizen_of(citizen_side) as citizen,
            tiny_engine(engine_side),
        ):
            await citizen.dial("1000", CALLER)
            await manager.event("QueueCallerJoin", limit_s=2, Queue="duty")
    finally:
        await engine_side.console("database del voicebot override")


async def test_answered_citizen_hears_an_apology_when_the_engine_has_gone(
    engine_side: Endpoints, citizen_side: Endpoints
) -> None:
    async with (
        manager_of(engine_side) as manager,
        citizen_of(citizen_side) as citizen,
        aiohttp.ClientSession(headers={"Authorization": engine_side.ari_authorization()}) as engine,
    ):
        originate = {"endpoint": f"PJSIP/{CALLER}@trunk", "context": "voicebot-answered", "extension": "care"}
        url = f"http://{engine_side.host}:{engine_side.ari_port}/ari/channels/attempt-1"
        async with engine.post(url, params=originate) as response:
            assert response.status == 200
        channel = await citizen.rung()
        assert citizen.arrivals[channel] == ["incoming", CALLER]
        await citizen.post(f"/channels/{channel}/answer")
        ear = await citizen.listen(channel)
        ended = await manager.event("VoicebotHangup", limit_s=15, Uniqueid="attempt-1")
        assert (ended["Cause"], ended["Stasis"]) == ("16", "FAILED")
        assert len(ear.heard_at) > 50


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("01012345678", True),
        ("0101234567", True),
        ("0212345678", True),
        ("0311234567", True),
        ("15881234", True),
        ("119", True),
        ("1388", True),
        ("0013105551234", False),
        ("00700821012345678", False),
        ("0603001234", False),
        ("+13105551234", False),
        ("010123456789", False),
        ("1", False),
    ],
)
async def test_dialling_is_by_allow_list(engine_side: Endpoints, number: str, allowed: bool) -> None:
    shown = await engine_side.console(f"dialplan show {number}@voicebot-dial")
    first = next(line for line in shown.splitlines() if "=>" in line)
    assert ("voicebot-trunk" in first) == allowed


async def test_trunk_reaches_nothing_but_inbound(engine_side: Endpoints) -> None:
    shown = await engine_side.console("dialplan show voicebot-inbound")
    assert [line.split("'")[1] for line in shown.splitlines() if "Include" in line] == ["voicebot-rescue"]
    assert "voicebot-dial" not in shown
