"""Cases and alerts as they are kept, and as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from voicebot.errors import PhoneNumberError
from voicebot.records.phone import masked, normalised
from voicebot.records.status import CaseState, CaseStatus, StatusChange
from voicebot.timeline.redaction import redact

LEVELS = ("P0", "P1", "P2", "P3", "P4", "X", "urgent", "today", "note")
"""Urgencies of triage and of care calls; whatever else a flow names is kept in the details only."""

_PHONE_SLOTS = ("callback", "caller_id", "phone")
_NAME_SLOTS = ("name", "caller_name")
_SHORTEST_NAME = 2
"""A name of one sign would be found in every sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A complaint or follow-up that begins."""

    call_id: str = ""
    person_id: int | None = None
    caller: str = ""
    """The number of the telephone that made it, where ``caller_id`` is not in the details."""
    department: str = ""
    """Whose matter it is, where the details do not say."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the flow collected; kind, type, level, department, callback and caller_id are read from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A case as it was kept."""

    number: int
    call_id: str
    person_id: int | None
    opened_at: datetime
    changed_at: datetime
    state: CaseState
    details: Mapping[str, str]
    service: str = ""
    """That the case came from, where its call is still kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are asked for; what is empty is not looked at."""

    statuses: frozenset[CaseStatus] = frozenset()
    levels: frozenset[str] = frozenset()
    service: str = ""
    department: str = ""
    since: datetime | None = None
    """Opened then or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """One line of a case's history."""

    at: datetime
    change: StatusChange


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """Something that staff must know at once."""

    number: int
    call_id: str
    person_id: int | None
    kind: str
    level: str
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str
    details: Mapping[str, str]


def known_level(details: Mapping[str, str]) -> str:
    """The urgency in the details, or empty where there is none that we know."""
    level = details.get("level", "")
    return level if level in LEVELS else ""


def number_in(details: Mapping[str, str], *slots: str) -> str:
    """The number in the first of some slots that hold one that can be called, as E.164; empty: in none."""
    for slot in slots:
        try:
            return normalised(details.get(slot, ""))
        except PhoneNumberError:
            continue
    return ""


def told_in(details: Mapping[str, str]) -> str:
    """What was said, word for word; where that was not written down, what it is about, and where."""
    where = " · ".join(filter(None, (details.get("what", ""), details.get("place", ""))))
    return details.get("said") or where or details.get("summary", "")


def names_in(details: Mapping[str, str]) -> tuple[str, ...]:
    """The names that slots of a call or a case hold."""
    return tuple(details[slot] for slot in _NAME_SLOTS if details.get(slot))


def masked_name(name: str) -> str:
    """김**: of a name only its first syllable."""
    return name[:1] + "*" * (len(name) - 1)


def without_names(text: str, names: Iterable[str]) -> str:
    """A sentence with these names masked in it."""
    for name in sorted(set(names), key=len, reverse=True):  # 김영희수 before 김영희
        if len(name) >= _SHORTEST_NAME:
            text = text.replace(name, masked_name(name))
    return text


def shown(details: Mapping[str, str]) -> dict[str, str]:
    """The details for logs, lists and exports: numbers masked, of a name (also where it stands in a sentence)
    only its first syllable."""
    names = names_in(details)
    return {
        slot: masked_name(value) if slot in _NAME_SLOTS else _shown_value(slot, without_names(value, names))
        for slot, value in details.items()
    }


def _shown_value(name: str, value: str) -> str:
    if name in _PHONE_SLOTS:
        try:
            return masked(normalised(value))
        except PhoneNumberError:
            pass
    return redact(value)
