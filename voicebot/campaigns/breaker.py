"""What keeps a fault of the network from becoming thousands of failed calls.

States of the breaker
    closed → (too many of the last calls failed) → open: nothing is called → (after a rest) → half open: one
    call tries → it succeeds: closed; it fails: open, for twice as long.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from voicebot.campaigns.plan import BreakerSettings

LONGEST_REST_S = 1800.0
"""Half an hour: somebody who mended the trunk should not wait longer for the calls to go on."""

_FIRST_BACK_OFF_S = 5.0
"""A carrier that says 503 says it for seconds; each further one in a row doubles the wait."""
_LONGEST_BACK_OFF_S = 300.0


class BreakerState(StrEnum):
    """Whether a campaign calls."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Of one campaign on one engine; times are monotonic seconds."""

    def __init__(self, settings: BreakerSettings) -> None:
        self._settings = settings
        self._calls: deque[tuple[float, bool]] = deque()
        self._rest_s = float(settings.rest_seconds)
        self._open_until: float | None = None
        self._trying = False

    def state(self, now: float) -> BreakerState:
        """Where it stands."""
        if self._open_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._open_until else BreakerState.HALF_OPEN

    def room(self, now: float) -> int | None:
        """How many calls may be placed: none, one that tries, or (``None``) any number."""
        match self.state(now):
            case BreakerState.CLOSED:
                return None
            case BreakerState.OPEN:
                return 0
            case BreakerState.HALF_OPEN:
                return 0 if self._trying else 1

    def placed(self, now: float) -> None:
        """A call was placed."""
        if self.state(now) is BreakerState.HALF_OPEN:
            self._trying = True

    def ended(self, *, failed: bool, now: float) -> None:
        """A call has ended, or got through to the telephone.

        Args:
            failed: By a fault of the network or of ours; a busy line is none.
            now: Monotonic seconds.
        """
        match self.state(now):
            case BreakerState.OPEN:
                return  # it was placed before
            case BreakerState.HALF_OPEN:
                self._trying = False
                if failed:
                    self._rest_s = min(LONGEST_REST_S, self._rest_s * 2)
                    self._open_until = now + self._rest_s
                else:
                    self._open_until = None
                    self._rest_s = float(self._settings.rest_seconds)
                    self._calls.clear()
                return
            case BreakerState.CLOSED:
                self._count(failed, now)

    def told_nothing(self) -> None:
        """A call has ended in a way that says nothing of the network, e.g. taken back: another one tries."""
        self._trying = False

    def _count(self, failed: bool, now: float) -> None:
        self._calls.append((now, failed))
        while self._calls[0][0] < now - self._settings.within_seconds:
            self._calls.popleft()
        failures = sum(failed for _, failed in self._calls)
        enough = len(self._calls) >= self._settings.least_calls
        if enough and failures >= self._settings.share * len(self._calls):
            self._open_until = now + self._rest_s
            self._trying = False
            self._calls.clear()


class TrunkBackOff:
    """Of the one trunk that all campaigns of an engine share; times are monotonic seconds."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = float("-inf")

    def may_call(self, now: float) -> bool:
        """Whether the trunk is to be used."""
        return now >= self._until

    def failed(self, now: float) -> None:
        """The trunk or what lies behind it refused a call; several refused in the same wait count once."""
        if not self.may_call(now):
            return
        wait_s = min(_LONGEST_BACK_OFF_S, _FIRST_BACK_OFF_S * 2.0 ** min(self._failures, 16))
        self._failures += 1
        self._until = now + wait_s

    def worked(self) -> None:
        """A call got through."""
        self._failures = 0
