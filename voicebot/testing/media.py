"""The citizens' own RTP: one UDP socket and one clock for all of them.

Cheap on purpose: citizens run beside the engine that they measure. Everything a citizen says is A-law
before the call; a packet that arrives is judged by table look-ups. Arrival is stamped by the kernel, so
that a busy process does not lengthen the gaps it measures.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from typing import Protocol

from voicebot.errors import RtpError
from voicebot.rtp.packet import HEADER_BYTES, parse_packet, serialise_plain
from voicebot.testing.citizen import Action, Frame
from voicebot.testing.line import SendingLine
from voicebot.testing.line_echo import LineEcho
from voicebot.testing.packet_log import PACKET_S, PacketLog
from voicebot.testing.telephone import FRAME_SAMPLES, is_audible

PAYLOAD_TYPE_ALAW = 8
"""RFC 3551 table 4."""

PHASES = 4
"""Citizens send at one of four moments 5 ms apart, as real telephones are not in step: otherwise the offset
between our clock and the engine's, the same for all calls of a run, would be a constant error of up to 20
ms in every gap."""

_SO_TIMESTAMPNS = 35
"""socket(7), Linux: ``SO_TIMESTAMPNS``, missing from Python's module; the ancillary type has the same
number."""
_TIMESPEC = struct.Struct("@ll")
_ANCILLARY_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)

_DATAGRAM_BYTES = 2048
"""More than an Ethernet frame carries."""

_READ_LIMIT = 256
"""Datagrams read in one go: as many as 40 calls bring in 100 ms; then timers get their turn."""

_SLEPT_S = 0.2
"""A clock later than this is set anew instead of sending everything that was missed in one burst."""

_BUFFER_BYTES = 1 << 20
"""Socket buffer: two seconds of 50 calls, where the default holds 0.3 s."""


class Party(Protocol):
    """Who hears and speaks on a leg: a ``Citizen``, or a double of the bot in a test."""

    def hear(self, audible: bool, at: float) -> None:
        """A packet arrived at ``at``."""
        ...

    def next_frame(self, now: float) -> Frame:
        """The next 20 ms to send."""
        ...

    def take_actions(self) -> list[Action]:
        """What else is wanted since the last call."""
        ...


class Ear(Protocol):
    """Keeps the bot's audio, for recognition."""

    def keep(self, payload: bytes, at: float) -> None:
        """Keep one packet's A-law payload."""
        ...


class Leg:
    """One citizen's stream in both directions."""

    def __init__(
        self,
        party: Party,
        line: SendingLine,
        *,
        ssrc: int,
        act: Callable[[Action], None],
        ear: Ear | None = None,
        echo: LineEcho | None = None,
    ) -> None:
        """
        Args:
            party: Who speaks and hears.
            line: What happens to the packets on their way.
            ssrc: Synchronisation source; also the start of sequence numbers and timestamps.
            act: Performs what the citizen wants besides speaking; must not block.
            ear: Keeps the bot's audio, if somebody wants it.
            echo: Returns the bot's audio, on a line that does.
        """
        self._party = party
        self.log = PacketLog()
        self._line = line
        self._ssrc = ssrc
        self._sequence_number = ssrc & 0x7FFF
        self._timestamp = ssrc & 0x7FFF_FFFF
        self._paused = True  # the first packet carries the marker (RFC 3551 section 4.1)
        self._act = act
        self._ear = ear
        self._echo = echo

    def receive(self, datagram: bytes, at: float) -> None:
        """Take one datagram that arrived at ``at``."""
        if len(datagram) == HEADER_BYTES + FRAME_SAMPLES and datagram[0] == 0x80:
            if datagram[1] & 0x7F != PAYLOAD_TYPE_ALAW:
                return
            payload = datagram[HEADER_BYTES:]
        else:
            try:
                packet = parse_packet(datagram)
            except RtpError:
                return  # RTCP or noise: a telephone ignores it
            if packet.payload_type != PAYLOAD_TYPE_ALAW or not packet.payload:
                return
            payload = packet.payload
        audible = is_audible(payload)
        self.log.packets_heard += 1
        self.log.heard(audible, at)
        self._party.hear(audible, at)
        if self._ear is not None:
            self._ear.keep(payload, at)
        if self._echo is not None:
            self._echo.hear(payload, at)

    def next_packet(self, now: float) -> tuple[bytes, Frame, float] | None:
        """The packet due now, with the moment at which it leaves; ``None`` when the line takes it."""
        frame = self._party.next_frame(now)
        for action in self._party.take_actions():
            self._act(action)
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFF_FFFF
        payload = frame.payload if self._echo is None else self._echo.mix(frame.payload, now)
        if not self._line.sends(frame.silent and payload is frame.payload):
            self._paused = True  # a new talkspurt will follow
            return None
        self._sequence_number = (self._sequence_number + 1) & 0xFFFF
        leaves_at = self._line.leaves_at(now)
        if leaves_at is None:
            return None
        packet = serialise_plain(
            PAYLOAD_TYPE_ALAW, self._paused, self._sequence_number, self._timestamp, self._ssrc, payload
        )
        self._paused = False
        return packet, frame, leaves_at


class CitizenMedia:
    """The socket and the clock; use as ``async with CitizenMedia() as media``."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._legs: dict[tuple[str, int], Leg] = {}
        self._phases: list[dict[tuple[str, int], Leg]] = [{} for _ in range(PHASES)]
        self._timers: list[asyncio.TimerHandle | None] = [None] * PHASES
        self._due = [0.0] * PHASES

    async def __aenter__(self) -> CitizenMedia:
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((self._host, 0))
        self._started = time.monotonic()
        self._loop.add_reader(self._socket, self._readable)
        return self

    async def __aexit__(self, *_: object) -> None:
        for timer in self._timers:
            if timer is not None:
                timer.cancel()
        self._legs.clear()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where Asterisk sends the bot's voice: host and UDP port."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def attach(self, remote: tuple[str, int], leg: Leg) -> None:
        """Begin to send to, and hear from, Asterisk's port of this leg."""
        self._legs[remote] = leg
        phase = min(range(PHASES), key=lambda index: len(self._phases[index]))
        self._phases[phase][remote] = leg
        if self._timers[phase] is None:
            step = PACKET_S / PHASES
            passed = time.monotonic() - self._started
            self._due[phase] = self._started + (passed // PACKET_S + 1) * PACKET_S + phase * step
            self._timers[phase] = self._loop.call_at(self._due[phase], self._tick, phase)

    def detach(self, remote: tuple[str, int]) -> None:
        """Stop sending to and hearing from this port."""
        self._legs.pop(remote, None)
        for legs in self._phases:
            legs.pop(remote, None)

    def _tick(self, phase: int) -> None:
        legs = self._phases[phase]
        if not legs:
            self._timers[phase] = None
            return
        now = time.monotonic()
        if now - self._due[phase] > _SLEPT_S:
            self._due[phase] = now
        for remote, leg in tuple(legs.items()):
            due = leg.next_packet(now)
            if due is None:
                continue
            packet, frame, leaves_at = due
            if leaves_at <= now:
                self._send(packet, remote, leg.log, frame.utterance)
            else:
                self._loop.call_at(leaves_at, self._send, packet, remote, leg.log, frame.utterance)
        self._due[phase] += PACKET_S
        self._timers[phase] = self._loop.call_at(self._due[phase], self._tick, phase)

    def _send(self, packet: bytes, remote: tuple[str, int], log: PacketLog, utterance: int) -> None:
        if remote not in self._legs:
            return  # a late packet of a call that has ended
        try:
            self._socket.sendto(packet, remote)
        except OSError:
            return  # the port is gone with its call; UDP loses packets anyway
        log.packets_sent += 1
        if utterance:
            log.sent(utterance, time.monotonic())

    def _readable(self) -> None:
        monotonic_offset = time.monotonic() - time.time()
        for _ in range(_READ_LIMIT):
            try:
                datagram, ancillary, _, remote = self._socket.recvmsg(_DATAGRAM_BYTES, _ANCILLARY_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP answer to something we sent to a port that is gone
            leg = self._legs.get(remote)
            if leg is None:
                continue
            if ancillary:
                seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
                at = seconds + nanoseconds * 1e-9 + monotonic_offset
            else:
                at = time.monotonic()
            leg.receive(datagram, at)
