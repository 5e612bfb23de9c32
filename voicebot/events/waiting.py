"""How long to wait before the next try."""

from __future__ import annotations

FIRST_DELAY_S = 2.0
"""A receiver that restarts is back within seconds."""
LONGEST_DELAY_S = 300.0
"""After a long outage staff read the city's events at most five minutes after it ends."""
_MOST_DOUBLINGS = 16
"""Far beyond every ceiling; without it the power would overflow."""


def delay_s(
    tries: int,
    jitter: float,
    *,
    first_s: float = FIRST_DELAY_S,
    longest_s: float = LONGEST_DELAY_S,
) -> float:
    """Seconds to wait after a failure: between half of the doubled delay and the whole of it.

    Args:
        tries: Failures before this one.
        jitter: 0..1, drawn anew each time, so that many engines do not return in step.
        first_s: After the first failure.
        longest_s: Ceiling.
    """
    whole_s = min(longest_s, first_s * 2.0 ** min(tries, _MOST_DOUBLINGS))
    return whole_s * (0.5 + 0.5 * jitter)
