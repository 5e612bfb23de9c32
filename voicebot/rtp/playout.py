"""The receiving side of one call: packets in, a gapless row of 20 ms frames out.

Theory of operation
    A recogniser listens here, not an ear. So there is no playout delay to absorb jitter: a packet in order is
    handed out at once. Only where something is missing does time come in, and always bounded:

    * a gap in the sequence numbers waits for a reordered packet, then becomes silence of the right length;
    * a jump of the timestamp without a gap in the sequence is a pause of the sender (DTX): silence at once;
    * when nothing comes at all, the clock is followed at a distance and silence is handed out.

    Positions in the call's audio stay true to the sender's clock: what was missed has become silence of the
    same length, and what comes after its place was taken is dropped and counted as late.

    How long is waited is learned from how late packets have been (``MINIMUM_WAIT_S`` to
    ``MAXIMUM_WAIT_S``). A source that has never paused is taken for late rather than silent, and is given
    ``UNPAUSED_WAIT_S``.
"""

from __future__ import annotations

from voicebot.rtp.framing import FrameAssembler
from voicebot.rtp.packet import RtpPacket
from voicebot.rtp.sequence import SequenceTracker, SequenceVerdict, timestamp_difference
from voicebot.rtp.statistics import ReceptionReport, ReceptionStatistics
from voicebot.rtp.transit import MAXIMUM_WAIT_S, UNPAUSED_WAIT_S, TransitClock

_PLAUSIBLE_LEAD_S = 1.0  # a timestamp further ahead of the clock than this is a new count, not a pause
_BEHIND_LIMIT = (
    10  # packets in a row (200 ms) behind the clock: the sender's timestamps stand still in pauses
)
_LONGEST_CATCH_UP_S = 1.0  # silence handed out by one pull, so that a long stall floods nobody
_MOST_WAITING = 50  # packets held while waiting (one second at 20 ms): a bound on memory, never met in order
_REMEMBERED_LOSSES = 128  # losses told apart from duplicates; those older are beyond MAXIMUM_MISORDER anyway


class Playout:
    """Puts the packets of one call in order and in time.

    Args:
        sample_rate_hz: Rate of the audio and of the RTP timestamp.
        frame_samples: Samples of one frame handed out (20 ms).
        silence_sample: Encoded bytes of one sample of silence; its length is that of a sample.
        now: When the call's media began: position 0.
    """

    __slots__ = (
        "_behind_run",
        "_frames",
        "_given_up",
        "_next_extended",
        "_next_timestamp",
        "_pauses_seen",
        "_rate",
        "_rounding",
        "_ssrc",
        "_tracker",
        "_transit",
        "_waiting",
        "frame_samples",
        "position",
        "statistics",
    )

    def __init__(self, sample_rate_hz: int, frame_samples: int, silence_sample: bytes, now: float) -> None:
        self._rate = sample_rate_hz
        self.frame_samples = frame_samples
        """Samples of one frame handed out."""
        self._frames = FrameAssembler(frame_samples, silence_sample)
        self._ssrc = -1  # matches no SSRC
        self._tracker = SequenceTracker(minimum_sequential=1)
        self._next_extended = 0
        self._next_timestamp = 0
        self._transit = TransitClock(now)
        self._pauses_seen = False
        self._behind_run = 0
        self._rounding = 0  # samples by which frames are ahead of the timestamps
        self._waiting: dict[int, tuple[RtpPacket, float]] = {}
        self._given_up: dict[int, None] = {}  # insertion-ordered set
        self.position = 0
        """Samples handed out so far: the end of the last frame pulled."""
        self.statistics = ReceptionStatistics(sample_rate_hz)

    def push(self, packet: RtpPacket, now: float) -> None:
        """Take one received packet whose source and payload type have been checked."""
        if packet.ssrc != self._ssrc:
            self._begin_stream(packet, now)
        verdict = self._tracker.receive(packet.sequence_number)
        if verdict is SequenceVerdict.JUMPED:
            self.statistics.wrong_source += 1
            return
        if verdict is SequenceVerdict.RESTARTED:
            self.statistics.stream_restarted()
            self._begin_count(packet, now)
        statistics = self.statistics
        statistics.packet_arrived(packet.timestamp, now)
        extended = self._tracker.extended_latest
        if extended == self._next_extended:
            self._place(packet, now)
            self._next_extended += 1
            if self._waiting:
                statistics.reordered += 1
                self._place_in_order()
        elif extended < self._next_extended:
            self._count_passed(extended, packet, now)
        elif extended in self._waiting:
            statistics.duplicated += 1
        else:
            if extended < self._tracker.extended_highest:
                statistics.reordered += 1
            self._waiting[extended] = (packet, now)

    def pull(self, now: float) -> list[bytes | None]:
        """The frames that are due, oldest first; ``None`` is 20 ms of silence. ``position`` moves on."""
        if self._waiting:
            self._give_up_gaps(now)
        else:
            self._follow_clock(now)
        ready = self._frames.take()
        self.position += len(ready) * self.frame_samples
        return ready

    def report(self) -> ReceptionReport:
        """The figures of this call so far."""
        return self.statistics.report(latest_lateness_s=self._transit.latest_s)

    # --- streams and counts ---------------------------------------------------------------------------------

    def _begin_stream(self, packet: RtpPacket, now: float) -> None:
        """Another SSRC: hand out what is left of the old stream, then count anew."""
        if self._ssrc >= 0:
            self.statistics.stream_restarted()
        self._ssrc = packet.ssrc
        self._tracker = SequenceTracker(minimum_sequential=1)
        self._tracker.receive(packet.sequence_number)
        self._begin_count(packet, now)

    def _begin_count(self, packet: RtpPacket, now: float) -> None:
        while self._waiting:
            self._close_gap()
        self._given_up.clear()
        self._next_extended = self._tracker.extended_latest
        # The time between the streams was silence. Whole frames only: what follows stays aligned to frames.
        unfilled_s = self._transit.position_s(now) - self._frames.end / self._rate
        unfilled = min(unfilled_s, _LONGEST_CATCH_UP_S) * self._rate
        frames = round((unfilled - len(packet.payload) // self._frames.sample_bytes) / self.frame_samples)
        if frames > 0:
            self._fill(frames * self.frame_samples)
        self._anchor(packet, now)

    def _anchor(self, packet: RtpPacket, now: float) -> None:
        """Let the packet's timestamp stand for the position that comes next."""
        self._next_timestamp = packet.timestamp
        end = self._frames.end + len(packet.payload) // self._frames.sample_bytes
        self._transit.restart(end / self._rate, now)
        self._behind_run = 0
        self._rounding = 0

    # --- placing packets ------------------------------------------------------------------------------------

    def _place(self, packet: RtpPacket, arrived: float) -> None:
        """Hand out one packet at the position that its timestamp says."""
        if packet.timestamp == self._next_timestamp:
            self._behind_run = 0
        elif not self._make_room(packet, arrived):
            return
        samples = self._frames.append(packet.payload)
        self._next_timestamp = (packet.timestamp + samples) & 0xFFFF_FFFF
        self._transit.learn(self._frames.end / self._rate, arrived)

    def _make_room(self, packet: RtpPacket, arrived: float) -> bool:
        """Prepare for a packet that does not follow on the last one; false if it came too late."""
        lead = timestamp_difference(packet.timestamp, self._next_timestamp) + self._rounding
        samples = len(packet.payload) // self._frames.sample_bytes
        whole = lead
        if samples == self.frame_samples and self._frames.aligned:
            # Frames stay aligned to packets, or each packet would wait for the next to complete its frame.
            # The rest of at most half a frame is not forgotten.
            whole = (lead + samples // 2) // samples * samples
        elif -samples <= 2 * lead < 0:
            whole = 0
        end_s = (self._frames.end + whole) / self._rate
        if end_s > self._transit.position_s(arrived) + _PLAUSIBLE_LEAD_S:
            self._recount(packet, arrived)
        elif whole >= 0:
            if whole > 0 and self._next_extended - 1 not in self._given_up:
                self._pauses_seen = True
            self._behind_run = 0
            self._rounding = lead - whole
            self._fill(whole)
        else:
            self._behind_run += 1
            behind_s = (-whole - samples) / self._rate
            if behind_s <= MAXIMUM_WAIT_S and self._behind_run < _BEHIND_LIMIT:
                self.statistics.late += 1
                self._transit.miss(end_s + samples / self._rate, arrived)
                return False
            # Later than any wait would allow, or the timestamps do not follow the clock: hear it rather
            # than drop the rest of the call; positions move on from here.
            self._recount(packet, arrived)
        return True

    def _recount(self, packet: RtpPacket, arrived: float) -> None:
        self.statistics.stream_restarted()
        self._anchor(packet, arrived)

    def _place_in_order(self) -> None:
        while (entry := self._waiting.pop(self._next_extended, None)) is not None:
            self._place(*entry)
            self._next_extended += 1

    # --- gaps and pauses ------------------------------------------------------------------------------------

    def _give_up_gaps(self, now: float) -> None:
        """Close gaps that have been open for long enough."""
        while self._waiting:
            opened = min(arrived for _, arrived in self._waiting.values())
            if now - opened < self._transit.wait_s and len(self._waiting) <= _MOST_WAITING:
                return
            self._close_gap()

    def _close_gap(self) -> None:
        """Count what is missing before the first waiting packet as lost, and go on with that packet."""
        head = min(self._waiting)
        self.statistics.lost += head - self._next_extended
        for extended in range(max(self._next_extended, head - _REMEMBERED_LOSSES), head):
            self._given_up[extended] = None
        while len(self._given_up) > _REMEMBERED_LOSSES:
            del self._given_up[next(iter(self._given_up))]
        self._next_extended = head
        self._place_in_order()

    def _count_passed(self, extended: int, packet: RtpPacket, now: float) -> None:
        """Count a packet whose turn is over: late if it was given up, else a repetition."""
        if extended not in self._given_up:
            self.statistics.duplicated += 1
            return
        del self._given_up[extended]
        self.statistics.lost -= 1
        self.statistics.late += 1
        end = self._frames.end + timestamp_difference(packet.timestamp, self._next_timestamp)
        self._transit.miss((end + len(packet.payload) // self._frames.sample_bytes) / self._rate, now)

    def _follow_clock(self, now: float) -> None:
        """Hand out silence where the clock says that packets should long have come."""
        wait_s = self._transit.wait_s if self._pauses_seen else UNPAUSED_WAIT_S
        behind_s = self._transit.position_s(now) - wait_s - self._frames.end / self._rate
        frames = int(min(behind_s, _LONGEST_CATCH_UP_S) * self._rate) // self.frame_samples
        if frames > 0:
            # No network stands still for so long: the source has paused after all.
            self._pauses_seen = self._ssrc >= 0
            samples = frames * self.frame_samples
            self._next_timestamp = (self._next_timestamp + samples) & 0xFFFF_FFFF
            self._fill(samples)

    def _fill(self, samples: int) -> None:
        """Hand out silence in place of what is missing."""
        self.statistics.silence_samples += samples
        self._frames.append_silence(samples)
