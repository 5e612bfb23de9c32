"""Continuous packets out."""

from __future__ import annotations

from voicebot.rtp.pacing import Pacer
from voicebot.rtp.packet import parse_packet

SILENCE = b"\xd5" * 160


def pacer(sequence_number: int = 65534, timestamp: int = 2**32 - 160) -> Pacer:
    return Pacer(
        payload_type=8,
        frame_samples=160,
        silence=SILENCE,
        ssrc=7,
        sequence_number=sequence_number,
        timestamp=timestamp,
    )


def test_numbers_and_timestamps_wrap() -> None:
    sender = pacer()
    packets = [parse_packet(sender.next_packet(None)) for _ in range(3)]
    assert [p.sequence_number for p in packets] == [65534, 65535, 0]
    assert [p.timestamp for p in packets] == [2**32 - 160, 0, 160]
    assert all(p.payload == SILENCE and p.ssrc == 7 and p.payload_type == 8 for p in packets)
    assert sender.frames_sent == 3


def test_the_marker_is_set_where_sound_begins() -> None:
    sender = pacer()
    sound = b"\x00" * 160
    sent = [None, sound, sound, None, None, sound]
    markers = [parse_packet(sender.next_packet(payload)).marker for payload in sent]
    assert markers == [False, True, False, False, False, True]


def test_skipped_frames_move_the_timestamp_but_not_the_sequence() -> None:
    sender = pacer(sequence_number=5, timestamp=0)
    sender.next_packet(b"\x00" * 160)
    sender.skip(10)
    packet = parse_packet(sender.next_packet(b"\x00" * 160))
    assert (packet.sequence_number, packet.timestamp, packet.marker) == (6, 11 * 160, True)
