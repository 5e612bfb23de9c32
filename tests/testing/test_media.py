import asyncio
import random
import time
from typing import Any

from voicebot.rtp.packet import RtpPacket, parse_packet, serialise_packet
from voicebot.testing.citizen import Action, Frame, HangUp
from voicebot.testing.line import SendingLine
from voicebot.testing.media import CitizenMedia, Leg
from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Line

SILENT = b"\xd5" * 160
LOUD = b"\x10" * 160


class Talker:
    """Says what it is given, frame by frame (``x`` voiced, ``.`` silent), then nothing."""

    def __init__(self, script: str = "") -> None:
        self.heard: list[tuple[bool, float]] = []
        self.enough = asyncio.Event()
        """Eight packets were heard."""
        self._script = list(script)
        self._actions: list[Action] = []

    def hear(self, audible: bool, at: float) -> None:
        self.heard.append((audible, at))
        if len(self.heard) >= 8:
            self.enough.set()

    def next_frame(self, now: float) -> Frame:
        voiced = bool(self._script) and self._script.pop(0) == "x"
        if not self._script:
            self._actions.append(HangUp(reason="said all"))
        return Frame(LOUD, 1, False) if voiced else Frame(SILENT, 0, True)

    def take_actions(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions


def _leg(script: str, line: Line | None = None, **more: Any) -> tuple[Leg, Talker, list[Action]]:
    actions: list[Action] = []
    talker = Talker(script)
    leg = Leg(talker, SendingLine(line or Line(), 3), ssrc=0xABCD_FFFF, act=actions.append, **more)
    return leg, talker, actions


def _packets(leg: Leg, count: int) -> list[RtpPacket | None]:
    sent = []
    for index in range(count):
        due = leg.next_packet(index * PACKET_S)
        sent.append(None if due is None else parse_packet(due[0]))
    return sent


def test_packets_count_up_and_only_the_first_carries_the_marker() -> None:
    leg, _, actions = _leg("xx.x")
    packets = [packet for packet in _packets(leg, 4) if packet is not None]
    first = packets[0]
    assert [packet.sequence_number for packet in packets] == [first.sequence_number + n for n in range(4)]
    assert [packet.timestamp for packet in packets] == [first.timestamp + 160 * n for n in range(4)]
    assert [packet.marker for packet in packets] == [True, False, False, False]
    assert [packet.payload for packet in packets] == [LOUD, LOUD, SILENT, LOUD]
    assert {packet.payload_type for packet in packets} == {8} and {packet.ssrc for packet in packets} == {
        first.ssrc
    }
    assert actions == [HangUp(reason="said all")]


def test_a_lost_packet_leaves_a_hole_in_the_sequence() -> None:
    leg, _, _ = _leg("x" * 200, Line(loss=0.3))
    packets = _packets(leg, 200)
    arrived = [(index, packet) for index, packet in enumerate(packets) if packet is not None]
    assert 100 < len(arrived) < 180
    index0, first = arrived[0]
    for index, packet in arrived:
        assert packet.sequence_number - first.sequence_number == index - index0
        assert packet.timestamp - first.timestamp == 160 * (index - index0)


def test_dtx_leaves_no_hole_but_a_jump_in_time_and_a_marker() -> None:
    leg, _, _ = _leg("x" + "." * 30 + "xx", Line(dtx=True))
    packets = [packet for packet in _packets(leg, 33) if packet is not None]
    assert len(packets) == 1 + 10 + 2
    before, after = packets[10], packets[11]
    assert after.sequence_number == before.sequence_number + 1
    assert after.timestamp - before.timestamp == 160 * 21
    assert [packet.marker for packet in packets] == [True] + [False] * 10 + [True, False]


def test_numbers_wrap() -> None:
    leg, _, _ = _leg("x" * 40_000)
    leg._timestamp = 0xFFFF_FF00
    packets = [packet for packet in _packets(leg, 40_000) if packet is not None]
    assert len(packets) == 40_000 and packets[-1].sequence_number < packets[0].sequence_number
    assert packets[2].timestamp < packets[0].timestamp


def test_what_arrives_is_judged_and_kept() -> None:
    class Keeper:
        kept: list[bytes]

        def __init__(self) -> None:
            self.kept = []

        def keep(self, payload: bytes, at: float) -> None:
            self.kept.append(payload)

    ear = Keeper()
    leg, talker, _ = _leg("", ear=ear)

    def packet(payload: bytes, payload_type: int = 8, extension: tuple[int, bytes] | None = None) -> bytes:
        return serialise_packet(
            RtpPacket(
                payload_type=payload_type,
                marker=False,
                sequence_number=1,
                timestamp=1,
                ssrc=1,
                payload=payload,
                extension=extension,
            )
        )

    leg.receive(packet(LOUD), 1.0)
    leg.receive(packet(SILENT), 2.0)
    leg.receive(packet(LOUD, extension=(0xBEDE, b"abcd")), 3.0)
    leg.receive(packet(LOUD[:80]), 4.0)
    leg.receive(packet(LOUD, payload_type=0), 5.0)
    leg.receive(packet(b""), 6.0)
    noise = random.Random(1)
    for length in (0, 1, 11, 12, 171, 172, 300):
        leg.receive(b"\x00" + noise.randbytes(length)[1:], 7.0)
    assert talker.heard == [(True, 1.0), (False, 2.0), (True, 3.0), (True, 4.0)]
    assert ear.kept == [LOUD, SILENT, LOUD, LOUD[:80]] and leg.log.packets_heard == 4


async def test_two_legs_of_one_socket_hear_only_their_own_port() -> None:
    async with CitizenMedia() as near, CitizenMedia() as far:
        (here, said, _), (there, listens, _), (other, deaf, _) = _leg("x" * 5), _leg(""), _leg("")
        began = time.monotonic()
        near.attach(far.address, here)
        near.attach(("127.0.0.1", 9), other)
        far.attach(near.address, there)
        async with asyncio.timeout(5):
            await listens.enough.wait()
        near.detach(far.address)
        far.detach(near.address)
        count = here.log.packets_sent
        await asyncio.sleep(0.06)
        assert here.log.packets_sent == count, "a leg that was detached is silent"
    assert [audible for audible, _ in listens.heard[:8]] == [True] * 5 + [False] * 3
    assert all(began < at < time.monotonic() for _, at in listens.heard)
    assert said.heard and not deaf.heard
