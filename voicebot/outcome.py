"""How a call ended, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallResult(StrEnum):
    """The one word that reports, campaigns and tests count a call by."""

    COMPLETED = "completed"
    """The flow reached its end."""
    HANDED_OVER = "handed_over"
    """A person took the call, or it was placed in a queue for one."""
    HUNG_UP = "hung_up"
    """The citizen hung up before the end."""
    REFUSED = "refused"
    """The citizen asked not to be called, or to stop."""
    NO_RESPONSE = "no_response"
    """The line was open but nobody spoke."""
    ENDED_BY_POLICY = "ended_by_policy"
    """Ended after a warning: abuse, or the longest allowed call."""
    FAILED = "failed"
    """Something of ours or of the network broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """How a call ended: one countable word and the reason in the flow's or the engine's words."""

    result: CallResult
    reason: str
