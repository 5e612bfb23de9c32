"""The embedded Asterisk itself: it starts, beside others, and says what is wrong when it cannot."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from voicebot.adapters.asterisk.embedded.endpoints import FILE_NAME, Endpoints, ari_answers
from voicebot.adapters.asterisk.embedded.ports import choose_ports
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions, Role
from voicebot.errors import AsteriskUnavailable


async def test_two_run_side_by_side(
    engine_asterisk: EmbeddedAsterisk, citizen_asterisk: EmbeddedAsterisk
) -> None:
    engine, citizen = engine_asterisk.endpoints, citizen_asterisk.endpoints
    assert await ari_answers(engine)
    assert await ari_answers(citizen)
    assert "0 active channels" in await engine.console("core show channels count")
    assert "voicebot-inbound" in await engine.console("dialplan show voicebot-inbound")
    assert "voicebot" not in await citizen.console("dialplan show")
    wrong = Endpoints.load(engine.run_dir)
    assert wrong == engine


async def test_listens_on_loopback_only(engine_asterisk: EmbeddedAsterisk) -> None:
    process = Path(f"/proc/{engine_asterisk.endpoints.pid}")
    held = {link for fd in (process / "fd").iterdir() if (link := os.readlink(fd)).startswith("socket:")}
    listening = []
    for kind in ("tcp", "udp", "tcp6", "udp6"):
        for line in (process / "net" / kind).read_text().splitlines()[1:]:
            fields = line.split()
            # State 0A is a listening TCP socket; a bound UDP socket is always open to all.
            if f"socket:[{fields[9]}]" in held and (fields[3] == "0A" or kind.startswith("udp")):
                address, _, port = fields[1].partition(":")
                # Above 32768 are the sockets from which its resolver asks name servers.
                if int(port, 16) < 32_768:
                    listening.append(address)
    assert len(listening) >= 3
    assert set(listening) == {"0100007F"}


async def test_secrets_are_private(engine_asterisk: EmbeddedAsterisk) -> None:
    run_dir = engine_asterisk.endpoints.run_dir
    assert run_dir.stat().st_mode & 0o777 == 0o700
    for path in (run_dir / FILE_NAME, *(run_dir / "config").iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("role", ["engine", "citizen"])
async def test_it_starts_without_a_complaint(asterisk_root: None, tmp_path: Path, role: Role) -> None:
    async with EmbeddedAsterisk(tmp_path, AsteriskOptions(role=role)):
        pass
    console = (tmp_path / "console.log").read_text()
    assert "ERROR[" not in console
    assert "WARNING[" not in console


async def test_taken_port_is_named(asterisk_root: None, tmp_path: Path) -> None:
    ports = choose_ports()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", ports.sip))
        with pytest.raises(AsteriskUnavailable, match=f"SIP port {ports.sip}/udp on 127.0.0.1 is in use"):
            await EmbeddedAsterisk(tmp_path, AsteriskOptions(ports=ports)).start()


async def test_restart_keeps_ports_and_secrets(asterisk_root: None, tmp_path: Path) -> None:
    # A path far longer than a socket's name may be.
    run_dir = tmp_path / ("long" * 30)
    options = AsteriskOptions(role="citizen")
    async with EmbeddedAsterisk(run_dir, options) as first:
        before = first.endpoints
        with pytest.raises(AsteriskUnavailable, match=f"already running .process {before.pid}."):
            await EmbeddedAsterisk(run_dir, options).start()
    assert not before.alive()
    assert not before.socket_dir.exists()
    async with EmbeddedAsterisk(run_dir, options) as second:
        after = second.endpoints
    assert (after.ports(), after.ari_password) == (before.ports(), before.ari_password)


async def test_stopped_from_elsewhere(asterisk_root: None, tmp_path: Path) -> None:
    asterisk = EmbeddedAsterisk(tmp_path, AsteriskOptions(role="citizen"), die_with_parent=False)
    endpoints = await asterisk.start()
    await EmbeddedAsterisk(tmp_path).stop()
    assert not endpoints.alive()
    await asterisk.stop()


async def test_failed_start_tells_the_line_of_the_log(
    asterisk_root: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    source = Path(__file__).parents[2]
    for name in ("asterisk-conf", "dialplans"):
        (data / name).mkdir()
        for path in (source / name).rglob("*.conf"):
            copy = data / path.relative_to(source)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(path.read_text())
    modules = data / "asterisk-conf/citizen/modules.conf"
    modules.write_text(modules.read_text() + "load = res_no_such_thing.so\n")
    monkeypatch.setattr("voicebot.adapters.asterisk.embedded.render.data_dir", lambda name: data / name)
    asterisk = EmbeddedAsterisk(tmp_path / "run", AsteriskOptions(role="citizen"))
    with pytest.raises(AsteriskUnavailable, match=r"lacks a module: .*res_no_such_thing"):
        await asterisk.start()
    left = Endpoints.load(tmp_path / "run")
    assert left is not None
    assert not left.alive()


_STARTER = """
import asyncio, sys
from pathlib import Path
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions

async def main():
    options = AsteriskOptions(role="citizen")
    asterisk = EmbeddedAsterisk(Path(sys.argv[1]), options, die_with_parent=sys.argv[2] == "with")
    await asterisk.start()
    print("started", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.mark.parametrize("together", [True, False], ids=["with-its-parent", "on-its-own"])
async def test_parent_is_killed(asterisk_root: None, tmp_path: Path, together: bool) -> None:
    mode = "with" if together else "alone"
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STARTER, str(tmp_path), mode), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"started\n"
    endpoints = Endpoints.load(tmp_path)
    assert endpoints is not None
    parent.kill()
    await parent.wait()
    try:
        if not together:
            await asyncio.sleep(1)
            assert await ari_answers(endpoints)
            return
        for _ in range(250):
            if not endpoints.alive():
                return
            await asyncio.sleep(0.02)
        pytest.fail("Asterisk outlived its parent by 5 s")
    finally:
        await EmbeddedAsterisk(tmp_path).stop()
