"""The least that an engine does with a call, as a program of its own that a test can kill or freeze.

It says which service takes the call (FastAGI), answers, bridges the call with external media, sends a tone,
and winds the dead man's switch up; it prints one line per step. Usage::

    python -m tests.acceptance.tiny_engine RUN_DIR [ROUTE]
"""

from __future__ import annotations

import asyncio
import struct
import sys
from pathlib import Path

import aiohttp
import numpy as np

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.audio.g711 import encode_alaw

WIND_UP_S = 1.5


class _Media(asyncio.DatagramProtocol):
    """Sends a 440 Hz tone as A-law."""

    def __init__(self) -> None:
        self.received = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received += 1

    async def play(self, transport: asyncio.DatagramTransport, address: tuple[str, int]) -> None:
        # 20 ms are 8.8 periods: the jump between packets is of no interest here.
        samples = (8000 * np.sin(2 * np.pi * 440 * np.arange(160) / 8000)).astype(np.int16)
        payload = encode_alaw(samples).tobytes()
        for sequence in range(1_000_000):
            header = struct.pack("!BBHII", 0x80, 8, sequence & 0xFFFF, sequence * 160, 0x1234)
            transport.sendto(header + payload, address)
            await asyncio.sleep(0.02)


def _say(line: str) -> None:
    print(line, flush=True)


async def _serve_agi(endpoints: Endpoints, route: str) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\n\n")
        _say("asked " + " ".join(line for line in request.decode().split("\n") if line.startswith("agi_arg")))
        if route == "hang":
            await asyncio.sleep(3600)
        for name, value in (("VB_ROUTE", route), ("VB_SERVICE", "duty")):
            writer.write(f"SET VARIABLE {name} {value}\n".encode())
            await reader.readline()
        writer.close()

    return await asyncio.start_server(answer, endpoints.host, endpoints.agi_port)


async def _hold_call(session: aiohttp.ClientSession, base: str, channel: str) -> None:
    loop = asyncio.get_running_loop()
    transport, media = await loop.create_datagram_endpoint(_Media, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]

    async def post(path: str, **query: str) -> dict[str, object]:
        async with session.post(f"{base}{path}", params=query) as response:
            if response.status == 422:
                # An external channel is made before it has entered Stasis; a real engine waits for its event.
                await asyncio.sleep(0.01)
                return await post(path, **query)
            assert response.status < 300, (path, response.status, await response.text())
            return dict(await response.json()) if response.status == 200 else {}

    await post(f"/channels/{channel}/answer")
    external = await post(
        "/channels/externalMedia", app="voicebot", external_host=f"127.0.0.1:{port}", format="alaw"
    )
    variables = external["channelvars"]
    assert isinstance(variables, dict)
    bridge = await post("/bridges", type="mixing")
    await post(f"/bridges/{bridge['id']}/addChannel", channel=f"{channel},{external['id']}")
    async with asyncio.TaskGroup() as group:
        group.create_task(media.play(transport, ("127.0.0.1", int(variables["UNICASTRTP_LOCAL_PORT"]))))
        _say("talking")
        while True:
            await post(f"/channels/{channel}/variable", variable="TIMEOUT(absolute)", value="4.0")
            await asyncio.sleep(WIND_UP_S)


async def main(run_dir: Path, route: str) -> None:
    """Serve one call until killed."""
    endpoints = Endpoints.load(run_dir)
    assert endpoints is not None
    await _serve_agi(endpoints, route)
    address = f"{endpoints.host}:{endpoints.ari_port}/ari"
    async with aiohttp.ClientSession(headers={"Authorization": endpoints.ari_authorization()}) as session:
        async with session.ws_connect(f"ws://{address}/events?app=voicebot") as events:
            _say("ready")
            async with asyncio.TaskGroup() as group:
                async for message in events:
                    event = message.json()
                    if event["type"] == "StasisStart" and event["args"]:
                        _say("took " + " ".join(event["args"]))
                        group.create_task(_hold_call(session, f"http://{address}", event["channel"]["id"]))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), (sys.argv[2:] or ["stasis"])[0]))
