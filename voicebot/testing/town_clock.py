"""A clock by which a campaign calls its town: from an hour that the test chooses on, and at its own rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TownClock:
    """Goes from ``starts`` at ``began`` on; the same in every process that is told the three."""

    starts: datetime
    """With a time zone."""
    began: float
    """Seconds since the epoch."""
    rate: float = 1.0
    """Seconds of the town in one of ours."""

    def town(self, at: float) -> datetime:
        """What the town's clocks show at a moment of ours (seconds since the epoch)."""
        return self.starts + timedelta(seconds=(at - self.began) * self.rate)

    def ours(self, at: datetime) -> float:
        """Our moment (seconds since the epoch) at which the town's clocks show this."""
        return self.began + (at - self.starts).total_seconds() / self.rate

    def arguments(self) -> tuple[str, str, str]:
        """For a command line."""
        return self.starts.isoformat(), repr(self.began), repr(self.rate)


def read_clock(starts: str, began: str, rate: str) -> TownClock:
    """The clock of some ``arguments``.

    Raises:
        ValueError: They are none.
    """
    return TownClock(starts=datetime.fromisoformat(starts), began=float(began), rate=float(rate))
