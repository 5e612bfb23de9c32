"""Campaigns, whom they call, and each attempt to reach somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from voicebot.errors import StatusNotAllowed


class CampaignState(StrEnum):
    """What a campaign does now."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """By a person, before its end."""
    FINISHED = "finished"


_S = CampaignState
CAMPAIGN_TRANSITIONS: dict[CampaignState, frozenset[CampaignState]] = {
    _S.DRAFT: frozenset({_S.RUNNING, _S.STOPPED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.STOPPED, _S.FINISHED}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.STOPPED}),
    _S.STOPPED: frozenset(),
    _S.FINISHED: frozenset(),
}
"""State → the states that may follow; what was stopped is made anew, so that a report is of one campaign."""


def check_campaign_change(before: CampaignState, to: CampaignState) -> None:
    """Make sure that a campaign may go from one state to another.

    Raises:
        StatusNotAllowed: It may not; the message names where it may go.
    """
    allowed = CAMPAIGN_TRANSITIONS[before]
    if to not in allowed:
        rest = ", ".join(sorted(allowed)) or "nothing: create a new one"
        raise StatusNotAllowed(f"a campaign that is {before} cannot become {to}; allowed: {rest}")


class TargetState(StrEnum):
    """Where a campaign stands with one person."""

    WAITING = "waiting"
    DIALLING = "dialling"
    """An attempt is open: nobody else may begin one."""
    DONE = "done"
    EXCLUDED = "excluded"
    """Not to be called: opted out, or the number is wrong."""


class Priority(IntEnum):
    """Who goes first among those that are due."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    """The citizen named this hour."""


class Disposition(StrEnum):
    """The one word in which an attempt ends."""

    ANSWERED = "answered"
    """Somebody spoke; how far the call got is its outcome."""
    VOICEMAIL = "voicemail"
    ANNOUNCEMENT = "announcement"
    """The carrier's voice: switched off, no such number."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    INVALID_NUMBER = "invalid_number"
    BAD_FORMAT = "bad_format"
    NUMBER_CHANGED = "number_changed"
    DECLINED = "declined"
    TRUNK_REFUSED = "trunk_refused"
    """Our trunk's fault: the person was not called."""
    CONGESTION = "congestion"
    NETWORK = "network"
    CODEC = "codec"
    CANCELLED = "cancelled"
    """Taken back by us before anybody answered."""
    UNKNOWN = "unknown"
    """The engine died and Asterisk has lost the channel: it may have rung, so it is not dialled again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """A campaign as it was kept."""

    id: int
    name: str
    service: str
    state: CampaignState
    settings: dict[str, Any] = field(default_factory=dict)
    """The campaign's own file, checked, as JSON; holds no personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A person whom a campaign is to call now."""

    id: int
    campaign_id: int
    person_id: int
    phone: str
    """E.164."""
    attempts: int
    """Begun so far."""
    priority: Priority
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttempt:
    """A call that is about to be placed."""

    id: str
    """Becomes the channel's id, so that Asterisk refuses it a second time."""
    target_id: int
    slot: str
    """What this attempt counts for, e.g. ``2026-11-22 morning``; ``once`` for a campaign that calls once."""
    engine: str
    """Which engine places it: that one looks after it again when it restarts."""


class Refusal(StrEnum):
    """Why no attempt may begin."""

    TAKEN = "taken"
    """Another engine has it, or nobody is waited for any more."""
    NOT_RUNNING = "not_running"
    """The campaign was paused or stopped meanwhile."""
    OPTED_OUT = "opted_out"
    """The person said so meanwhile; the campaign will not ask again."""
    RINGING = "ringing"
    """The person is being called already, by another campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """An attempt as it was kept."""

    id: str
    campaign_id: int
    target_id: int
    person_id: int
    slot: str
    number: int
    """1 is the first in its slot."""
    engine: str
    begun_at: datetime
    ended_at: datetime | None
    disposition: Disposition | None
