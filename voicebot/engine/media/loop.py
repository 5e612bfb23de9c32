"""One UDP socket and one clock for the audio of all calls.

Each tick of 5 ms, in this order:

1. what is due is sent: a leg sends every fourth tick, prompt or silence;
2. the socket is emptied into the legs' playouts;
3. frames that are due come out of the playouts, all of them are decoded and judged for voice in one batch,
   and each call hears its own.

So a packet waits at most one tick to be heard, not a whole frame, and the work of many calls is spread
evenly. The socket is read by the clock and not by readiness events: with many calls those would wake the
process once a packet, thousands of times a second, for a gain of 2.5 ms on average.

Deadlines are absolute (start + n × 5 ms), so the clock never drifts. Ticks that were missed are counted and
not made up for; each leg's frames are (``Speaking.catch_up``). The playouts run on a clock without the stalls
of this process (``stalls.py``): a pause of the machine is no pause of the citizen.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from voicebot.audio.level import levels_dbfs
from voicebot.engine.media.hearing import Hearing
from voicebot.engine.media.lateness import LatenessHistogram
from voicebot.engine.media.leg import FrameListener, MediaLeg
from voicebot.engine.media.speaking import TICKS_PER_FRAME, Speaking
from voicebot.engine.media.stalls import StallFreeClock
from voicebot.engine.media.udp import MediaSocket
from voicebot.engine.media.wire_format import FRAME_S, WireFormat
from voicebot.errors import TelephonyError
from voicebot.ports import VoiceActivity
from voicebot.rtp.pacing import Pacer
from voicebot.rtp.playout import Playout
from voicebot.rtp.source_lock import Address, SourceLock

TICK_S = FRAME_S / TICKS_PER_FRAME
"""5 ms: a quarter of a frame. Each halving wins half as much again and costs twice the wake-ups."""

_READS_PER_LEG = 16  # datagrams read in one tick at most: beyond it is a flood, which must not hold the clock
_LEAST_READS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopReport:
    """What the media loop has been doing."""

    legs: int
    ticks: int
    ticks_skipped: int
    stalled_s: float
    """For how long, all in all, this process did not run when it should have: see ``stalls.py``."""
    lateness_p50_ms: float
    lateness_p99_ms: float
    lateness_worst_ms: float
    foreign_datagrams: int
    """From addresses that belong to no call."""
    unsent_datagrams: int


class MediaLoop:
    """The audio of all calls. ``start`` it in a running event loop.

    Args:
        host: IPv4 address of the socket: the one that Asterisk is told to send to.
        port: Its port; 0 takes a free one.
        wire_format: Of all legs.
        voice_activity: Judges all calls at once; of the same sampling rate.
        random_bits: Source of the first RTP numbers.
    """

    def __init__(
        self,
        host: str,
        port: int,
        wire_format: WireFormat,
        voice_activity: VoiceActivity,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self.wire_format = wire_format
        self._host, self._port = host, port
        self._voice_activity = voice_activity
        self._random_bits = random_bits
        self._socket: MediaSocket | None = None
        self._legs: dict[Address, MediaLeg] = {}
        self._attached = 0  # legs so far: spreads home slots and listening phases
        self._timer: asyncio.TimerHandle | None = None
        self._began = 0.0  # loop time of tick 0
        self._tick_number = 0
        self._hearing = Hearing(wire_format, voice_activity)
        self._stall_free = StallFreeClock(0.0)
        self.lateness = LatenessHistogram()
        self._ticks_skipped = 0
        self._foreign = 0

    # --- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Bind the socket.

        Raises:
            ConfigurationError: The address is not ours, or the port is in use.
        """
        self._socket = MediaSocket(self._host, self._port)

    def close(self) -> None:
        """Detach all calls and close the socket."""
        for leg in list(self._legs.values()):
            leg.detach()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def address(self) -> Address:
        """Where Asterisk sends the audio of all calls: its ``external_host``."""
        return self._open_socket().address

    @property
    def sample_rate_hz(self) -> int:
        """Of the frames that listeners hear."""
        return self.wire_format.sample_rate_hz

    @property
    def statistics(self) -> LoopReport:
        """The figures so far."""
        return LoopReport(
            legs=len(self._legs),
            ticks=self.lateness.total,
            ticks_skipped=self._ticks_skipped,
            stalled_s=self._stall_free.stalled_s,
            lateness_p50_ms=self.lateness.percentile_s(0.5) * 1000,
            lateness_p99_ms=self.lateness.percentile_s(0.99) * 1000,
            lateness_worst_ms=self.lateness.worst_s * 1000,
            foreign_datagrams=self._foreign,
            unsent_datagrams=self._socket.unsent if self._socket is not None else 0,
        )

    def attach(self, call_id: str, remote: Address, listener: FrameListener) -> MediaLeg:
        """Take a call in: from now on it is sent silence, and its listener hears.

        Args:
            call_id: For logs.
            remote: Asterisk's IPv4 address and port of this leg (``UNICASTRTP_LOCAL_ADDRESS``, ``…_PORT``);
                nothing else is heard.
            listener: Hears the citizen, in the event loop's thread.

        Raises:
            TelephonyError: The address is not IPv4, or already belongs to a call.
        """
        self._open_socket()
        try:
            IPv4Address(remote[0])
        except ValueError as error:
            raise TelephonyError(
                f"media address {remote[0]}:{remote[1]} of call {call_id} is not an IPv4 address; "
                "bind Asterisk's RTP to one"
            ) from error
        if remote in self._legs:
            raise TelephonyError(
                f"media address {remote[0]}:{remote[1]} of call {call_id} already belongs to call "
                f"{self._legs[remote].call_id}; end that call first"
            )
        if not self._legs:
            self._start_clock()
        wire_format = self.wire_format
        pacer = Pacer(
            payload_type=wire_format.payload_type,
            frame_samples=wire_format.frame_samples,
            silence=wire_format.silence,
            ssrc=self._random_bits(32),
            sequence_number=self._random_bits(16),
            timestamp=self._random_bits(32),
        )
        now = self._stall_free.read(asyncio.get_running_loop().time())
        leg = MediaLeg(
            call_id=call_id,
            lock=SourceLock(remote),
            playout=Playout(
                wire_format.sample_rate_hz, wire_format.frame_samples, wire_format.silence_sample, now
            ),
            speaking=Speaking(pacer, self._tick_number + 1 + self._attached % TICKS_PER_FRAME),
            stream=self._voice_activity.open(),
            listener=listener,
            payload_type=wire_format.payload_type,
            phase=self._attached % TICKS_PER_FRAME,
            begin_now=self._begin,
            current_tick=lambda: self._tick_number,
            leave=self._leave,
        )
        self._attached += 1
        self._legs[remote] = leg
        return leg

    def _leave(self, leg: MediaLeg) -> None:
        del self._legs[leg.remote]
        if not self._legs and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _open_socket(self) -> MediaSocket:
        if self._socket is None:
            raise TelephonyError("the media loop has not been started")
        return self._socket

    # --- clock ----------------------------------------------------------------------------------------------

    def _start_clock(self) -> None:
        """Begin ticking; what lies in the socket from earlier calls is not for the new one."""
        self._open_socket().discard()
        loop = asyncio.get_running_loop()
        self._began = loop.time() - self._tick_number * TICK_S
        self._schedule(loop)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_at(self._began + (self._tick_number + 1) * TICK_S, self._tick)

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        due = self._tick_number + 1
        late_s = now - self._began - due * TICK_S
        self.lateness.add(late_s)
        audio_now = self._stall_free.tick(now, late_s)
        # Timers may fire a clock resolution early: never before the tick that was waited for.
        self._tick_number = max(due, int((now - self._began) / TICK_S))
        self._ticks_skipped += self._tick_number - due
        self._schedule(loop)
        self._speak()
        self._listen(now, audio_now)

    # --- sending --------------------------------------------------------------------------------------------

    def _speak(self) -> None:
        tick = self._tick_number
        due = [leg for leg in self._legs.values() if leg.speaking.due_slot <= tick]
        while due:
            for leg in due:
                leg.speaking.catch_up(tick)
            for finished in self._send(due):
                finished()
            due = [leg for leg in due if leg.attached and leg.speaking.due_slot <= tick]

    def _begin(self, leg: MediaLeg) -> None:
        """Send a prompt's first frame between two ticks; should it be the last as well, tell so later."""
        for finished in self._send([leg]):
            asyncio.get_running_loop().call_soon(finished)

    def _send(self, legs: list[MediaLeg]) -> list[Callable[[], None]]:
        """Send one frame of each leg and remember how loud it was; returns what prompts ended with it."""
        datagram_socket = self._open_socket()
        sounding: list[MediaLeg] = []
        payloads: list[bytes] = []
        finished: list[Callable[[], None]] = []
        for leg in legs:
            datagram, payload, on_finished = leg.next_frame()
            datagram_socket.send(datagram, leg.remote)
            if payload is not None:
                sounding.append(leg)
                payloads.append(payload)
            if on_finished is not None:
                finished.append(on_finished)
        if payloads:
            levels = levels_dbfs(self.wire_format.decode_frames(payloads)).tolist()
            for leg, level in zip(sounding, levels, strict=True):
                leg.speaking.note_level(level)
        return finished

    # --- hearing --------------------------------------------------------------------------------------------

    def _listen(self, now: float, audio_now: float) -> None:
        """Empty the socket, and let every call hear the frames that are due at ``audio_now``."""
        legs = self._legs
        touched: set[MediaLeg] = set()
        for data, address in self._open_socket().read(max(_LEAST_READS, _READS_PER_LEG * len(legs))):
            leg = legs.get(address)
            if leg is None:
                self._foreign += 1
            else:
                leg.receive(data, address, audio_now)
                touched.add(leg)
        phase = self._tick_number % TICKS_PER_FRAME
        # A leg that received nothing is looked at once a frame: gaps and pauses end by the clock.
        due = [leg for leg in legs.values() if leg.phase == phase or leg in touched]
        self._hearing.hear(due, now, audio_now)
