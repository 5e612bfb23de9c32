"""How many calls may be placed now: calls a second, calls at once, and lines kept free for citizens."""

from __future__ import annotations

from voicebot.campaigns.plan import Pace

_BURST_S = 1.0
"""What was not used is kept for a second only: a trunk that agreed to two calls a second never sees ten."""


class TokenBucket:
    """Calls a second.

    Args:
        per_second: Rate in the long run.
        now: Monotonic seconds.
    """

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * _BURST_S)
        self._tokens = 1.0
        self._at = now

    def available(self, now: float) -> int:
        """Calls that may be placed at once."""
        self._refill(now)
        return int(self._tokens)

    def take(self, now: float) -> bool:
        """Place one call, if one may be placed."""
        self._refill(now)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def next_at(self, now: float) -> float:
        """When the next call may be placed (monotonic seconds)."""
        self._refill(now)
        return now + max(0.0, 1.0 - self._tokens) / self._per_second

    def _refill(self, now: float) -> None:
        passed_s = max(0.0, now - self._at)
        self._at = max(self._at, now)
        self._tokens = min(self._most, self._tokens + passed_s * self._per_second)


def room(pace: Pace, *, own_calls: int, all_calls: int, lines: int, tokens: int) -> int:
    """How many calls a campaign may place now.

    Args:
        pace: The campaign's.
        own_calls: Ringing or being held for the campaign, on this engine.
        all_calls: Ringing or being held on this engine, those of citizens who called included.
        lines: Calls that the engine takes at once.
        tokens: That the rate allows.
    """
    return max(0, min(pace.at_once - own_calls, lines - pace.keep_free - all_calls, tokens))
