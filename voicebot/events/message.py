"""One message to one receiver, and what its topic says about haste and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

ALERT: Final = "alert"
CASE: Final = "case"
CALL: Final = "call"
ATTEMPT: Final = "attempt"
NOTIFY: Final = "notify"
HANDOFF: Final = "handoff"
EventTopic = Literal["alert", "case", "call", "attempt", "notify", "handoff"]
TOPICS: tuple[EventTopic, ...] = (ALERT, CASE, CALL, ATTEMPT, NOTIFY, HANDOFF)
"""What the city's systems are told of; each has a schema in ``docs/schemas``."""

PRE_NOTICE = "pre_notice"
"""That a campaign will call somebody: for the messages to citizens alone."""

_HASTE = {ALERT: 0, HANDOFF: 1, NOTIFY: 1, CASE: 2}
LEAST_HASTE = 3
"""After an outage the alerts go first, then what a waiting officer needs, then cases, then results."""

_ORDERED_BY = {CASE: "number", HANDOFF: "call_id"}
"""Topics whose messages tell of steps of one thing: told out of order, the last step would be a wrong one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one destination."""

    id: int
    event_id: str
    """The same for every destination and every delivery: receivers drop what they have seen."""
    topic: str
    payload: Mapping[str, str]
    tries: int
    """Deliveries that failed so far."""
    created_at: datetime


def haste(topic: str) -> int:
    """How soon a topic is sent: 0 before everything else, ``LEAST_HASTE`` last."""
    return _HASTE.get(topic, LEAST_HASTE)


def subject(topic: str, payload: Mapping[str, str]) -> str:
    """What a message is a step of (``case/1001``), to arrive in order; empty: order means nothing."""
    key = _ORDERED_BY.get(topic)
    value = payload.get(key, "") if key else ""
    return f"{topic}/{value}" if value else ""
