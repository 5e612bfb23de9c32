"""systemd hears that calls can come, and that the event loop turns."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.cli import serve
from voicebot.cli.service_manager import ALIVE, READY, STOPPING, ServiceManager
from voicebot.config import Settings
from voicebot.engine import assembly, reach


class _Enough(Exception):
    """The test has seen enough."""


@pytest.mark.parametrize("abstract", [False, True])
async def test_what_it_hears(tmp_path: Path, abstract: bool) -> None:
    name = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + name[1:] if abstract else name)
        manager = ServiceManager.of({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"})
        manager.tell(READY)
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                raise _Enough

        with pytest.raises(_Enough):
            await manager.keep_alive(pause)
        assert [ear.recv(100).decode() for _ in range(3)] == [READY, ALIVE, ALIVE]
        assert pauses == [10.0, 10.0]


async def test_the_engine_says_when_calls_can_come_and_that_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Engine:
        """Nothing but its life."""

        def __init__(self, settings: Settings, wall_clock: None) -> None:
            pass

        async def run(self, reach: object, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
            """Ready at once; until it is told to stop."""
            said.append("connected")
            ready("")
            os.kill(os.getpid(), signal.SIGTERM)
            await stop.wait()

    monkeypatch.setattr(assembly, "Engine", Engine)
    monkeypatch.setattr(reach, "reach_asterisk", lambda settings: object())
    monkeypatch.setattr(ServiceManager, "tell", lambda manager, state: said.append(state))
    await serve.serve_calls(Settings())
    assert said == ["connected", READY, STOPPING]


async def test_at_a_terminal_there_is_nobody() -> None:
    manager = ServiceManager.of({})
    manager.tell(READY)
    await manager.keep_alive()


def test_one_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    ServiceManager.of({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY)
