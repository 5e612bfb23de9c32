"""How many messages one receiver may be sent now.

Theory of operation
    A bucket of tokens holds the rate, so that a day's backlog arrives as a steady stream. Where the receiver
    is down, or nothing but failures comes back, the valve closes for a growing while; then it lets one
    message through, and after each round without a failure twice as many as before, up to the rate: who has
    just come back is not run over.

    Time is the wall clock's. Where it jumps back, nothing is added and nothing stays closed for longer than
    the longest delay; where it jumps ahead, one bucket is full.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from voicebot.events.waiting import delay_s

FAILURES_IN_A_ROW = 5
"""So many without a success between are the receiver's trouble and not those messages'."""
_FIRST_CLOSED_S = 1.0
_LONGEST_CLOSED_S = 60.0
"""One probe a minute burdens nobody, and a receiver that is back is noticed within the minute."""


class Valve:
    """The flow to one receiver.

    Args:
        rate_per_s: Messages a second in the long run; one second's worth may go at once.
        jitter: Gives 0..1 at each call (``random.random`` in production).
        now: When it begins.
    """

    def __init__(self, rate_per_s: float, jitter: Callable[[], float], now: datetime) -> None:
        self._rate_per_s = rate_per_s
        self._jitter = jitter
        self._burst = max(1.0, rate_per_s)
        self._tokens = self._burst
        self._filled_at = now
        self._window = self._burst
        self._failures = 0
        self._closings = 0
        self._opens_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Whether the receiver was in trouble and has not taken a message since."""
        return self._closings > 0

    def allowance(self, now: datetime) -> int:
        """How many messages may be sent now."""
        self._fill(now)
        if self._opens_at is not None and now < self._opens_at:
            return 0
        return int(min(self._tokens, self._window))

    def wait_s(self, now: datetime) -> float:
        """Seconds until there is an allowance."""
        self._fill(now)
        closed_s = 0.0 if self._opens_at is None else (self._opens_at - now).total_seconds()
        return max(closed_s, (1.0 - self._tokens) / self._rate_per_s, 0.0)

    def sent(self, count: int) -> None:
        """So many were tried."""
        self._tokens = max(0.0, self._tokens - count)

    def delivered(self) -> None:
        """One arrived: the receiver is well."""
        self._failures = 0
        self._closings = 0
        self._opens_at = None

    def failed(self, count: int, now: datetime) -> None:
        """So many failed or were refused, and nothing arrived beside them."""
        self._failures += count
        # Closed before: the message that was to try it out has failed.
        if self._failures >= FAILURES_IN_A_ROW or self._closings:
            self.close(now)

    def close(self, now: datetime, after_s: float | None = None) -> None:
        """The receiver takes nothing now; ``after_s``: for as long as it has asked for."""
        wait_s = delay_s(self._closings, self._jitter(), first_s=_FIRST_CLOSED_S, longest_s=_LONGEST_CLOSED_S)
        self._closings += 1
        self._failures = 0
        self._window = 1.0
        self._opens_at = now + timedelta(seconds=wait_s if after_s is None else after_s)

    def widen(self) -> None:
        """A round went through without a failure."""
        self._window = min(self._burst, self._window * 2.0)

    def _fill(self, now: datetime) -> None:
        passed_s = (now - self._filled_at).total_seconds()
        self._filled_at = now
        self._tokens = min(self._burst, self._tokens + max(0.0, passed_s) * self._rate_per_s)
        if self._opens_at is not None and passed_s < 0:
            self._opens_at += timedelta(seconds=passed_s)
