"""Time as the audio has it: without the stretches in which this process did not run."""

from __future__ import annotations

STALL_S = 0.04
"""A tick later than two frames is a stall: virtual machines are paused by their hosts, some for half a
second. Less than that the playouts' own waiting takes up."""


class StallFreeClock:
    """Follows the time, but stands still while its owner did.

    What has not been heard because nobody listened is no silence of the citizen's: whoever was paused with us
    sends it afterwards, and whoever was not has already filled the socket.

    Args:
        now: Monotonic seconds.
    """

    __slots__ = ("_ticked_at", "stalled_s")

    def __init__(self, now: float) -> None:
        self._ticked_at = now
        self.stalled_s = 0.0
        """All stalls together so far."""

    def tick(self, now: float, late_s: float) -> float:
        """Note that a tick came ``late_s`` late at ``now``; gives the time without stalls."""
        if late_s > STALL_S:
            self.stalled_s += min(late_s, now - self._ticked_at)
        self._ticked_at = now
        return now - self.stalled_s

    def read(self, now: float) -> float:
        """The time without the stalls so far, for what happens between two ticks."""
        return now - self.stalled_s
