"""What reception was like, counted (RFC 3550 section 6.4.1, appendices A.3 and A.8)."""

from __future__ import annotations

from dataclasses import dataclass

_JITTER_GAIN = 1 / 16  # RFC 3550 A.8: the noise reduction that report blocks agree on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionReport:
    """A snapshot of one call's reception."""

    packets_received: int
    packets_lost: int
    """Given up and never seen; a packet that came too late is counted under ``packets_late`` instead."""
    packets_late: int
    packets_reordered: int
    packets_duplicated: int
    wrong_source: int
    """Packets from an SSRC that had not earned belief, or jumps in the sequence that were not followed up."""
    wrong_payload: int
    malformed: int
    source_changes: int
    """Accepted changes of SSRC and restarts of the sequence or of the timestamps."""
    jitter_ms: float
    """Interarrival jitter, RFC 3550 A.8; some of it is ours, since arrival is read at the clock's tick."""
    latest_lateness_ms: float
    """Largest delay of a packet against the fastest one of the stream."""
    silence_ms: float
    """Silence put in place of what did not come: lost packets and the sender's pauses."""

    @property
    def loss_fraction(self) -> float:
        """Share of the packets of the stream that could not be heard, 0..1."""
        unheard = self.packets_lost + self.packets_late
        total = self.packets_received - self.packets_late - self.packets_duplicated + unheard
        return unheard / total if total > 0 else 0.0


class ReceptionStatistics:
    """Counts reception of one call; the counters are plain numbers that the playout adds to.

    Args:
        clock_rate_hz: Rate of the RTP timestamp.
    """

    __slots__ = (
        "_clock_rate_hz",
        "_last_arrival",
        "_last_timestamp",
        "duplicated",
        "jitter_s",
        "late",
        "lost",
        "malformed",
        "received",
        "reordered",
        "silence_samples",
        "source_changes",
        "wrong_payload",
        "wrong_source",
    )

    def __init__(self, clock_rate_hz: int) -> None:
        self._clock_rate_hz = clock_rate_hz
        self._last_arrival = -1.0
        self._last_timestamp = 0
        self.received = 0
        self.lost = 0
        self.late = 0
        self.reordered = 0
        self.duplicated = 0
        self.wrong_source = 0
        self.wrong_payload = 0
        self.malformed = 0
        self.source_changes = 0
        self.jitter_s = 0.0
        self.silence_samples = 0

    def packet_arrived(self, timestamp: int, now: float) -> None:
        """Count one packet of the stream and carry the jitter estimate on (RFC 3550 A.8)."""
        self.received += 1
        if self._last_arrival >= 0.0:
            step = ((timestamp - self._last_timestamp + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
            deviation = now - self._last_arrival - step / self._clock_rate_hz
            if deviation < 0.0:
                deviation = -deviation
            self.jitter_s += (deviation - self.jitter_s) * _JITTER_GAIN
        self._last_arrival = now
        self._last_timestamp = timestamp

    def stream_restarted(self) -> None:
        """Forget the last arrival: timestamps of two streams cannot be compared."""
        self._last_arrival = -1.0
        self.source_changes += 1

    def report(self, latest_lateness_s: float) -> ReceptionReport:
        """The figures so far, together with the largest lateness that the playout saw."""
        return ReceptionReport(
            packets_received=self.received,
            packets_lost=self.lost,
            packets_late=self.late,
            packets_reordered=self.reordered,
            packets_duplicated=self.duplicated,
            wrong_source=self.wrong_source,
            wrong_payload=self.wrong_payload,
            malformed=self.malformed,
            source_changes=self.source_changes,
            jitter_ms=self.jitter_s * 1000,
            latest_lateness_ms=latest_lateness_s * 1000,
            silence_ms=self.silence_samples / self._clock_rate_hz * 1000,
        )
