"""Free ports for one Asterisk, in one block, so that several instances run side by side."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass

from voicebot.errors import AsteriskUnavailable

FIRST_PORT = 10_000
LAST_PORT = 32_000
"""Below 32768, where Linux begins to hand out ports of its own accord (``ip_local_port_range``)."""

PORTS_PER_CALL = 4
"""RTP and RTCP for the telephone's leg and for the engine's."""

_CONTROL_PORTS = 10
"""Ports at the head of a block: SIP, ARI, AMI, FastAGI, the rest in reserve."""

_ATTEMPTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports of one instance. The RTP range includes both ends."""

    sip: int
    ari: int
    ami: int
    agi: int
    """Where the engine's FastAGI server is expected; Asterisk only connects to it."""
    rtp_start: int
    rtp_end: int

    def taken(self, host: str) -> str:
        """Name the first port that somebody else holds, e.g. ``SIP port 5060/udp``; empty when none is."""
        wanted = (
            ("SIP", self.sip, socket.SOCK_DGRAM),
            ("ARI", self.ari, socket.SOCK_STREAM),
            ("AMI", self.ami, socket.SOCK_STREAM),
        )
        for name, port, kind in wanted:
            if not _is_free(host, port, kind):
                return f"{name} port {port}/{'udp' if kind is socket.SOCK_DGRAM else 'tcp'}"
        return ""


def choose_ports(host: str = "127.0.0.1", *, max_calls: int = 120, beside: Ports | None = None) -> Ports:
    """Choose a block of free ports at random, so that two that choose at the same moment seldom meet.

    Args:
        host: The address to be free on.
        max_calls: Calls at a time; sets the length of the RTP range.
        beside: Ports of another instance that is still to be started.

    Raises:
        AsteriskUnavailable: No block is free.
    """
    size = _CONTROL_PORTS + PORTS_PER_CALL * max_calls  # even, so that RTP begins at an even port
    blocks = range(FIRST_PORT, LAST_PORT - size, size)
    for start in random.sample(blocks, min(len(blocks), _ATTEMPTS)):
        ports = Ports(
            sip=start,
            ari=start + 1,
            ami=start + 2,
            agi=start + 3,
            rtp_start=start + _CONTROL_PORTS,
            rtp_end=start + size - 1,
        )
        if beside is not None and beside.sip <= ports.rtp_end and ports.sip <= beside.rtp_end:
            continue
        # The first RTP port stands for the range: Asterisk tries others where single ones are taken.
        agi_free = _is_free(host, ports.agi, socket.SOCK_STREAM)
        if agi_free and _is_free(host, ports.rtp_start, socket.SOCK_DGRAM) and not ports.taken(host):
            return ports
    raise AsteriskUnavailable(f"no {size} free ports on {host} between {FIRST_PORT} and {LAST_PORT}")


def _is_free(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # As Asterisk does: a port that is only waiting out TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
