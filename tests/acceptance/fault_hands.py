"""What breaks an engine in the middle of its calls, and what is looked at while it does."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.acceptance.plain_calls import LIMIT_S, Manager
from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.testing.calling import SipTarget, run_persona
from voicebot.testing.exchange import CitizenExchange
from voicebot.testing.persona import Answer, Persona
from voicebot.testing.rendering import render_persona
from voicebot.testing.stage import Stage
from voicebot.testing.stage_call import read_timeline

DUTY = "1000"
SHORT = "2000"
"""The number of ``flows/two_questions.yaml``."""

FLOW = Path(__file__).parent / "flows/two_questions.yaml"

_LOOK_S = 0.05


def patient(caller_id: str) -> Persona:
    """Listens and says nothing: the bot speaks, waits and asks again for most of a minute."""
    return Persona(
        name="patient",
        service="duty",
        caller_id=caller_id,
        patience_s=60,
        longest_call_s=90,
        answers=(Answer(silence=True),),
        default=Answer(silence=True),
    )


def brief(caller_id: str) -> Persona:
    """Answers the two questions of ``SHORT``."""
    return Persona(
        name="brief",
        service="duty",
        caller_id=caller_id,
        longest_call_s=60,
        answers=(Answer(say=("네",), thinking_ms=500), Answer(say=("네",), thinking_ms=500)),
    )


async def until(condition: Callable[[], bool | Awaitable[bool]], what: str, limit_s: float = LIMIT_S) -> None:
    """Wait until something has become true."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = condition()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(_LOOK_S)
    raise AssertionError(f"not within {limit_s:g} s: {what}")


@asynccontextmanager
async def conversations(stage: Stage, exchange: CitizenExchange, *callers: str) -> AsyncIterator[None]:
    """Citizens to whom the bot is speaking; on leaving they hang up."""
    before = stage.timelines_so_far()

    def spoken_to() -> bool:
        fresh = stage.timelines_so_far() - before
        return sum(bool(read_timeline(path).of("audible_started")) for path in fresh) == len(callers)

    async with asyncio.TaskGroup() as tasks:
        calls = []
        for caller in callers:
            persona = patient(caller)
            repertoire = await render_persona(persona)
            call = run_persona(persona, SipTarget(number=DUTY), exchange, repertoire)
            calls.append(tasks.create_task(call))
        try:
            await until(spoken_to, f"the bot speaks to {len(callers)} citizens")
            yield
        finally:
            for task in calls:
                task.cancel()


async def joined(manager: Manager, *callers: str, limit_s: float = LIMIT_S) -> None:
    """Wait until each of the callers has come to the duty queue."""
    missing = set(callers)
    async with asyncio.timeout(limit_s):
        while missing:
            event = await manager.event("QueueCallerJoin", limit_s, Queue="duty")
            missing.discard(event["CallerIDNum"])


async def waiting_in_queue(reach: Endpoints) -> int:
    """Citizens in the duty queue."""
    shown = await reach.console("queue show duty")
    counted = re.search(r"duty has (\d+) calls", shown)
    assert counted is not None, shown
    return int(counted[1])


async def left_behind(reach: Endpoints) -> list[str]:
    """The media legs and bridges of ours that Asterisk holds."""
    url = f"http://{reach.host}:{reach.ari_port}"
    async with AriClient(url, reach.ari_user, reach.ari_password, reach.application) as ari:
        legs = [channel.id for channel in await ari.channels() if naming.call_of_media_channel(channel.id)]
        return legs + [bridge.id for bridge in await ari.bridges() if naming.call_of_bridge(bridge.id)]


async def nothing_left_behind(reach: Endpoints) -> None:
    """Wait until the engine has taken down what no call needs."""

    async def clean() -> bool:
        return not await left_behind(reach)

    await until(clean, "no media leg and no bridge is left behind")


async def no_calls(reach: Endpoints) -> None:
    """Wait until every call has ended."""

    async def idle() -> bool:
        return "0 active channels" in await reach.console("core show channels count")

    await until(idle, "no call is left")


def free_udp_port() -> int:
    """A port that nobody holds now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def throw_datagrams(port: int) -> None:
    """Garbage, foreign RTP and broken RTP into the engine's media socket, until cancelled."""
    dice = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
        thrower.setblocking(False)
        for count in range(1_000_000):
            header = struct.pack("!BBHII", 0x80, 8, count & 0xFFFF, count * 160 & 0xFFFF_FFFF, 0x0BAD)
            for datagram in (
                b"",
                dice.randbytes(dice.randint(1, 1400)),
                header + dice.randbytes(160),  # well-formed, but not from Asterisk
                header[: dice.randint(1, 11)],
                bytes([0x8F, 118]) + header[2:] + b"\xff" * 20,  # more sources announced than there are
            ):
                with contextlib.suppress(OSError):
                    thrower.sendto(datagram, ("127.0.0.1", port))
            await asyncio.sleep(0.01)


async def scan_fastagi(port: int) -> None:
    """What a port scanner and a broken client do to the engine's FastAGI port, until cancelled."""
    dice = random.Random(2)
    held: list[asyncio.StreamWriter] = []
    try:
        for count in range(1_000_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(OSError):
                writer.write(
                    (
                        b"",
                        dice.randbytes(3000),
                        b"agi_network: yes\n",
                        b"agi_network_script: route\nagi_" + b"x" * 200_000,
                        b"GET / HTTP/1.1\r\n\r\n",
                        b"\n\n\n",
                    )[count % 6]
                )
            if count % 6 == 2 and len(held) < 20:
                held.append(writer)  # said half of it and hangs
            else:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
            del reader
            await asyncio.sleep(0.02)
    finally:
        for writer in held:
            writer.close()
