"""Plain hands for acceptance tests: a citizen who calls and listens, and an ear on AMI."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import numpy as np

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.audio.g711 import decode_alaw

_LOUD = 200
"""Least peak of a packet that counts as heard; A-law's idle noise stays below 16."""


LIMIT_S = 20.0
"""For whatever has no promise of its own, on a busy machine."""


class Ear(asyncio.DatagramProtocol):
    """Receives the citizen's side of the call as A-law RTP, and sends noise when asked to talk."""

    def __init__(self) -> None:
        self.heard_at: list[float] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        samples = decode_alaw(np.frombuffer(data, np.uint8, offset=12))
        if int(np.abs(samples).max()) > _LOUD:
            self.heard_at.append(time.monotonic())

    def open(self, transport: asyncio.DatagramTransport, address: tuple[str, int]) -> None:
        """Where to send speech: known only after Asterisk has been told where we listen."""
        self._transport, self._address = transport, address

    def close(self) -> None:
        """Stop listening."""
        self._transport.close()

    async def talk(self) -> None:
        """Send noise until cancelled."""
        for sequence in range(1_000_000):
            header = struct.pack("!BBHII", 0x80, 8, sequence & 0xFFFF, sequence * 160, 0x4321)
            self._transport.sendto(header + bytes(range(160)), self._address)
            await asyncio.sleep(0.02)


@dataclass
class Citizen:
    """The simulated citizen's Asterisk over ARI, as application ``citizen``."""

    session: aiohttp.ClientSession
    base: str
    events: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    arrivals: dict[str, list[str]] = field(default_factory=dict)
    """Channels that entered our application, with the arguments they brought."""
    ears: list[Ear] = field(default_factory=list)

    async def post(self, path: str, body: dict[str, object] | None = None, **query: str) -> dict[str, object]:
        async with self.session.post(f"{self.base}{path}", params=query, json=body) as response:
            assert response.status < 300, (path, response.status, await response.text())
            return dict(await response.json()) if response.status == 200 else {}

    async def arrived(self, channel: str, limit_s: float = LIMIT_S) -> None:
        """Wait until a channel is in our application: before that, no bridge takes it."""
        async with asyncio.timeout(limit_s):
            while channel not in self.arrivals:
                event = await self.events.get()
                if event["type"] == "StasisStart":
                    self.arrivals[event["channel"]["id"]] = event["args"]

    async def rung(self, limit_s: float = LIMIT_S) -> str:
        """Wait for a call from the engine's side and return the channel's id."""
        async with asyncio.timeout(limit_s):
            while not (calls := [name for name, args in self.arrivals.items() if args[:1] == ["incoming"]]):
                event = await self.events.get()
                if event["type"] == "StasisStart":
                    self.arrivals[event["channel"]["id"]] = event["args"]
            return calls[-1]

    async def hung_up(self, channel: str, limit_s: float = LIMIT_S) -> int:
        """Wait until a channel has ended and return the cause (Q.850)."""
        async with asyncio.timeout(limit_s):
            while True:
                event = await self.events.get()
                if event["type"] == "ChannelDestroyed" and event["channel"]["id"] == channel:
                    return int(event["cause"])

    async def dial(self, number: str, caller: str) -> str:
        """Begin a call to the engine's side and return the channel's id."""
        channel = await self.post(
            "/channels", endpoint=f"PJSIP/{number}@engine", app="citizen", appArgs="dialled", callerId=caller
        )
        return str(channel["id"])

    async def listen(self, channel: str) -> Ear:
        """Connect a channel with a socket of ours."""
        loop = asyncio.get_running_loop()
        transport, ear = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        external = await self.post(
            "/channels/externalMedia", app="citizen", external_host=f"127.0.0.1:{port}", format="alaw"
        )
        for name in (channel, str(external["id"])):
            await self.arrived(name)
        bridge = await self.post("/bridges", type="mixing")
        await self.post(f"/bridges/{bridge['id']}/addChannel", channel=f"{channel},{external['id']}")
        variables = external["channelvars"]
        assert isinstance(variables, dict)
        ear.open(transport, ("127.0.0.1", int(variables["UNICASTRTP_LOCAL_PORT"])))
        self.ears.append(ear)
        return ear

    async def hang_up_all(self) -> None:
        """Leave nothing behind for the next test."""
        for ear in self.ears:
            ear.close()
        for kind in ("channels", "bridges"):
            async with self.session.get(f"{self.base}/{kind}") as response:
                for thing in await response.json():
                    await self.session.delete(f"{self.base}/{kind}/{thing['id']}")


async def parted(endpoints: Endpoints, application: str) -> None:
    """Wait until Asterisk has cleared away the websocket of an application that was closed.

    It does so after its farewell, and takes the registration of the next connection away if that comes first.
    """
    async with asyncio.timeout(LIMIT_S):
        while application in await endpoints.console("ari show websocket sessions"):
            pass  # each look is a process of its own, and takes its time


@contextlib.asynccontextmanager
async def citizen_of(endpoints: Endpoints) -> AsyncIterator[Citizen]:
    """Connect to the citizen's Asterisk; on leaving, every call there is hung up."""
    address = f"{endpoints.host}:{endpoints.ari_port}/ari"
    async with (
        aiohttp.ClientSession(headers={"Authorization": endpoints.ari_authorization()}) as session,
        session.ws_connect(f"ws://{address}/events?app=citizen") as socket,
    ):
        citizen = Citizen(session, f"http://{address}")

        async def pump() -> None:
            async for message in socket:
                citizen.events.put_nowait(message.json())

        task = asyncio.create_task(pump())
        try:
            yield citizen
        finally:
            await citizen.hang_up_all()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    await parted(endpoints, "citizen")


@dataclass
class Manager:
    """Reads AMI events; answers nothing."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def event(self, kind: str, limit_s: float = LIMIT_S, **fields: str) -> dict[str, str]:
        """The next event of this kind with these fields."""
        async with asyncio.timeout(limit_s):
            while True:
                block = (await self.reader.readuntil(b"\r\n\r\n")).decode()
                pairs = dict(line.split(": ", 1) for line in block.strip().splitlines() if ": " in line)
                if pairs.get("Event") in (kind, "UserEvent") and kind in (
                    pairs["Event"],
                    pairs.get("UserEvent"),
                ):
                    if all(pairs.get(name) == value for name, value in fields.items()):
                        return pairs


@contextlib.asynccontextmanager
async def manager_of(endpoints: Endpoints) -> AsyncIterator[Manager]:
    """Log in to AMI."""
    reader, writer = await asyncio.open_connection(endpoints.host, endpoints.ami_port)
    await reader.readline()
    login = f"Action: Login\r\nUsername: {endpoints.ami_user}\r\nSecret: {endpoints.ami_password}\r\n\r\n"
    writer.write(login.encode())
    assert b"Success" in await reader.readuntil(b"\r\n\r\n")
    try:
        yield Manager(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
