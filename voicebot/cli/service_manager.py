"""What systemd is told of the engine (sd_notify(3)): calls can come, it still turns, it stops."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"

_SHARE = 3
"""Told three times in the time that the watchdog allows: one that comes late by a stall is no alarm."""


class ServiceManager:
    """Tells whoever has started us; nobody where that was a person at a terminal.

    Args:
        address: A datagram socket's path, or its abstract name after ``@``; empty: there is nobody.
        watchdog_s: Seconds of silence after which we are taken for dead; ``None``: nobody watches.
    """

    def __init__(self, address: str, watchdog_s: float | None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog_s = watchdog_s

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The one that the environment names."""
        micros = environment.get("WATCHDOG_USEC", "")
        watchdog_s = int(micros) / 1e6 if micros.isdecimal() else None
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog_s)

    def tell(self, state: str) -> None:
        """Tell one thing; whoever does not listen any more is none of our calls' business."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(state.encode(), self._address)

    async def keep_alive(self, pause: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Tell that the event loop turns, until cancelled; a loop that hangs tells nothing."""
        if self._watchdog_s is None:
            return
        while True:
            self.tell(ALIVE)
            await pause(self._watchdog_s / _SHARE)
