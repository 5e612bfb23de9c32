"""How late the clock's ticks were, as a histogram that costs the same for a minute and for a year."""

from __future__ import annotations

_BUCKET_S = 0.0001
_BUCKETS = 1000  # up to 100 ms; what is later falls into the last one, and its exact value into ``worst_s``
_LAST_EDGE_S = _BUCKET_S * _BUCKETS


class LatenessHistogram:
    """Counts lateness in steps of 0.1 ms."""

    __slots__ = ("_counts", "sum_s", "total", "worst_s")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.total = 0
        self.sum_s = 0.0
        self.worst_s = 0.0

    def add(self, lateness_s: float) -> None:
        """Count one tick; early by rounding counts as in time."""
        self.total += 1
        self.sum_s += max(lateness_s, 0.0)
        self._counts[min(max(int(lateness_s / _BUCKET_S), 0), _BUCKETS - 1)] += 1
        if lateness_s > self.worst_s:
            self.worst_s = lateness_s

    def within(self, edge_s: float) -> int:
        """How many ticks were no later than this; edges are whole tenths of a millisecond."""
        return sum(self._counts[: round(edge_s / _BUCKET_S)]) if edge_s < _LAST_EDGE_S else self.total

    def percentile_s(self, share: float) -> float:
        """Upper edge in seconds of the bucket below which ``share`` (0..1) of the ticks lie."""
        seen = 0
        for bucket, count in enumerate(self._counts):
            seen += count
            if count and seen >= share * self.total:
                return min((bucket + 1) * _BUCKET_S, self.worst_s)
        return 0.0
