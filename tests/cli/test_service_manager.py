"""systemd hears that calls can come, and that the event loop turns."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from voicebot.cli.service_manager import ALIVE, READY, ServiceManager


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


async def test_at_a_terminal_there_is_nobody() -> None:
    manager = ServiceManager.of({})
    manager.tell(READY)
    await manager.keep_alive()


def test_one_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    ServiceManager.of({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell(READY)
