"""The RTP codec: round trips, and every way in which a datagram can be no RTP packet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.errors import RtpError
from voicebot.rtp.packet import HEADER_BYTES, RtpPacket, parse_packet, serialise_packet, serialise_plain

PLAIN = bytes.fromhex("8008 0001 000000a0 deadbeef") + b"\xd5" * 160

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    sequence_number=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFF_FFFF),
    ssrc=st.integers(0, 0xFFFF_FFFF),
    payload=st.binary(max_size=700),
    csrcs=st.lists(st.integers(0, 0xFFFF_FFFF), max_size=15).map(tuple),
    extension=st.none()
    | st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40).map(lambda b: b[: len(b) // 4 * 4])),
).filter(lambda packet: not (packet.marker and 64 <= packet.payload_type <= 95))


def test_plain_packet_is_read() -> None:
    packet = parse_packet(PLAIN)
    assert packet == RtpPacket(8, False, 1, 160, 0xDEADBEEF, b"\xd5" * 160)


@given(packets)
def test_what_is_written_is_read_back(packet: RtpPacket) -> None:
    assert parse_packet(serialise_packet(packet)) == packet


@given(packets, st.integers(1, 255))
def test_padding_is_taken_off(packet: RtpPacket, padding: int) -> None:
    data = bytearray(serialise_packet(packet) + bytes(padding - 1) + bytes([padding]))
    data[0] |= 0x20
    assert parse_packet(bytes(data)) == packet


@given(
    st.binary(max_size=64)
    | packets.map(serialise_packet).flatmap(
        lambda data: st.builds(
            lambda cut, at, value: (data[:at] + bytes([value]) + data[at + 1 :])[:cut],
            st.integers(0, len(data)),
            st.integers(0, len(data) - 1),
            st.integers(0, 255),
        )
    )
)
def test_any_bytes_are_a_packet_or_an_rtp_error(data: bytes) -> None:
    try:
        packet = parse_packet(data)
    except RtpError as error:
        assert str(error).startswith(("RTP packet", "RTCP packet"))
    else:
        assert len(packet.payload) <= len(data) - HEADER_BYTES


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (PLAIN[:11], "RTP packet of 11 bytes: shorter than its 12 byte header"),
        (b"\x40" + PLAIN[1:], "RTP packet of version 1: only version 2 is RTP"),
        (b"\x8f" + PLAIN[1:40], "RTP packet of 40 bytes: too short for its 15 contributing sources"),
        (b"\x90" + PLAIN[1:14], "RTP packet of 14 bytes: too short for its header extension"),
        (
            b"\x90" + PLAIN[1:12] + b"\0\0\x00\x09" + bytes(8),
            "RTP packet of 24 bytes: its header extension claims 9 words",
        ),
        (b"\xa0" + PLAIN[1:-1] + b"\0", "RTP packet of 172 bytes: its padding count 0 is impossible"),
        (b"\xa0" + PLAIN[1:12] + b"\x02", "RTP packet of 13 bytes: its padding count 2 is impossible"),
        (b"\xa0" + PLAIN[1:12], "RTP packet of 12 bytes: its padding count 0 is impossible"),
        (b"\x80\xc8" + PLAIN[2:], "RTCP packet of type 200 on the RTP port: turn RTCP multiplexing off"),
    ],
)
def test_broken_packets_say_what_is_wrong(data: bytes, sentence: str) -> None:
    with pytest.raises(RtpError) as caught:
        parse_packet(data)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "broken",
    [
        RtpPacket(128, False, 0, 0, 0, b""),
        RtpPacket(8, False, 65536, 0, 0, b""),
        RtpPacket(8, False, 0, -1, 0, b""),
        RtpPacket(8, False, 0, 0, 0, b"", csrcs=(0,) * 16),
        RtpPacket(8, False, 0, 0, 0, b"", extension=(1, b"abc")),
    ],
)
def test_fields_that_do_not_fit_are_refused(broken: RtpPacket) -> None:
    with pytest.raises(RtpError):
        serialise_packet(broken)


@given(packets)
def test_the_hot_path_writes_the_same_bytes(packet: RtpPacket) -> None:
    packet.csrcs, packet.extension = (), None
    plain = serialise_plain(
        packet.payload_type,
        packet.marker,
        packet.sequence_number,
        packet.timestamp,
        packet.ssrc,
        packet.payload,
    )
    assert plain == serialise_packet(packet)
