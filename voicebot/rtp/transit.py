"""The sender's clock as seen from here, and how late its packets may be."""

from __future__ import annotations

MINIMUM_WAIT_S = 0.04
"""Two packets of 20 ms: a packet that was overtaken comes right after the one that overtook it."""
MAXIMUM_WAIT_S = 0.2
"""The jitter that a call must survive; also the longest that a lost packet may hold up what follows."""
UNPAUSED_WAIT_S = 0.6
"""The same for a source that has never paused, when nothing comes at all: such a source does not fall silent,
so its network stands still. A pause of half a second of a virtual machine or a radio cell passes unnoticed;
what it costs is that the end of the very first pause of such a source is known so much later."""

_INITIAL_LATENESS_S = 0.04  # until packets have shown better or worse: waits 60 ms
_WAIT_MARGIN_S = 0.02  # one packet
_LATENESS_DECAY = 0.9986  # per packet: half in 500 packets (10 s), so one spike is remembered for a while
_SKEW_GAIN = 0.001  # per packet: follows a sender's clock that is 100 ppm slow at 2 ms distance


class TransitClock:
    """Learns when positions arrive with the fastest packet, and how much later other packets come.

    Positions are seconds of the call's audio. Transit time itself cannot be known (RFC 3550 A.8: the clocks
    differ by a constant), but the fastest packet gives the reference that all others are late against.

    Args:
        now: When position 0 is taken to have arrived.
    """

    __slots__ = ("_lateness_s", "_origin", "latest_s")

    def __init__(self, now: float) -> None:
        self._origin = now
        self._lateness_s = _INITIAL_LATENESS_S
        self.latest_s = 0.0
        """Largest lateness of the call."""

    @property
    def wait_s(self) -> float:
        """How long a missing packet is worth waiting for, learned from the lateness of others."""
        return min(MAXIMUM_WAIT_S, max(MINIMUM_WAIT_S, self._lateness_s + _WAIT_MARGIN_S))

    def restart(self, position_s: float, now: float) -> None:
        """Take the given position as arrived right now: a new stream, whose transit time is its own."""
        self._origin = now - position_s

    def position_s(self, now: float) -> float:
        """The position that the fastest packet would have brought by now."""
        return now - self._origin

    def learn(self, position_s: float, arrived: float) -> None:
        """Learn from a packet in time whose last sample is at ``position_s``."""
        lateness_s = arrived - self._origin - position_s
        self._origin += lateness_s if lateness_s <= 0.0 else lateness_s * _SKEW_GAIN
        self._lateness_s *= _LATENESS_DECAY
        if lateness_s > self._lateness_s:
            self._note(lateness_s)

    def miss(self, position_s: float, arrived: float) -> None:
        """Learn from a packet that came after its place was taken."""
        self._note(arrived - self._origin - position_s)

    def _note(self, lateness_s: float) -> None:
        self._lateness_s = max(self._lateness_s, min(lateness_s, MAXIMUM_WAIT_S))
        self.latest_s = max(self.latest_s, lateness_s)
