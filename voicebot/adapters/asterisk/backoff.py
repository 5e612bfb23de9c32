"""How long to wait before the next attempt to connect."""

from __future__ import annotations

from collections.abc import Callable

# A restarted Asterisk accepts connections after 1–3 s; a citizen must be in the duty queue within 5 s, so
# that the gap between two attempts may never come near that.
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 2.0


class Backoff:
    """Bounded exponential delays with jitter, so that many engines do not return in step.

    Args:
        jitter: Gives a number 0..1 at each call (``random.random`` in production).
    """

    def __init__(
        self,
        jitter: Callable[[], float],
        *,
        first_s: float = FIRST_DELAY_S,
        longest_s: float = LONGEST_DELAY_S,
    ) -> None:
        self._jitter = jitter
        self._first_s = first_s
        self._longest_s = longest_s
        self._attempts = 0

    @property
    def attempts(self) -> int:
        """Delays given since the last success."""
        return self._attempts

    def next_delay_s(self) -> float:
        """Seconds to wait now: between half of the doubled delay and the whole of it."""
        # 2**16 times the first delay is far beyond any ceiling; without the limit the power would overflow.
        whole_s = min(self._longest_s, self._first_s * 2.0 ** min(self._attempts, 16))
        self._attempts += 1
        return whole_s * (0.5 + 0.5 * self._jitter())

    def reset(self) -> None:
        """The connection holds: begin small again after the next loss."""
        self._attempts = 0
