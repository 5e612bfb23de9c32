from __future__ import annotations

import socket

import pytest

from voicebot.adapters.asterisk.embedded.ports import LAST_PORT, PORTS_PER_CALL, Ports, choose_ports
from voicebot.errors import AsteriskUnavailable


def test_block_holds_enough_rtp_ports_and_begins_evenly() -> None:
    ports = choose_ports(max_calls=37)
    assert ports.rtp_start % 2 == 0
    assert ports.rtp_end - ports.rtp_start + 1 >= PORTS_PER_CALL * 37
    assert ports.rtp_end < LAST_PORT
    assert len({ports.sip, ports.ari, ports.ami, ports.agi}) == 4


def test_beside_never_overlaps() -> None:
    first = choose_ports()
    for _ in range(100):
        second = choose_ports(beside=first)
        assert second.sip > first.rtp_end or second.rtp_end < first.sip


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        (socket.SOCK_DGRAM, "sip", "SIP port {}/udp"),
        (socket.SOCK_STREAM, "ari", "ARI port {}/tcp"),
        (socket.SOCK_STREAM, "ami", "AMI port {}/tcp"),
    ],
)
def test_taken_port_is_named(kind: socket.SocketKind, field: str, said: str) -> None:
    ports = choose_ports()
    port: int = getattr(ports, field)
    assert ports.taken("127.0.0.1") == ""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            other.listen()
        assert ports.taken("127.0.0.1") == said.format(port)


def test_no_free_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ports, "taken", lambda self, host: "SIP port")
    with pytest.raises(
        AsteriskUnavailable, match=r"no \d+ free ports on 127\.0\.0\.1 between 10000 and 32000"
    ):
        choose_ports()
