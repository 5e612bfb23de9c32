"""What was kept, as the reports need it: counted by the database, opened, and not yet masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import CallRecord, Direction
from voicebot.records.campaigns import CampaignRecord, Disposition, TargetState
from voicebot.records.cases import AlertRecord, CaseRecord
from voicebot.records.people import Consent, Fact, Person, Source

MOST_LISTED = 2_000
"""Rows of one list: forty pages are more than a day's work for anybody. What is left out is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person in a list."""

    person_id: int | None = None
    name: str = ""
    phone: str = ""
    """E.164, or empty."""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFact:
    """An alert, with whom and where it came from."""

    alert: AlertRecord
    who: Who
    service: str
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """A case, with whose it is."""

    case: CaseRecord
    who: Who
    campaign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissFact:
    """A person who is looked after, and whom a campaign could not reach."""

    who: Who
    service: str
    campaign: str
    in_a_row: int
    """Misses since somebody last answered."""
    since: datetime
    """The first of them."""
    last: Disposition
    """How the newest attempt ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the follow-up list is made of; each at most ``MOST_LISTED`` long, the most urgent first."""

    alerts: tuple[AlertFact, ...] = ()
    """That nobody has seen."""
    cases: tuple[CaseFact, ...] = ()
    """That nobody has begun with."""
    misses: tuple[MissFact, ...] = ()
    left_out: int = 0
    """How many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyCount:
    """How many alerts of a kind and level there were."""

    kind: str
    level: str
    count: int
    unseen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How many attempts of a campaign ended in a way, and their conversations."""

    campaign: str
    service: str
    disposition: Disposition | None
    """``None``: under way."""
    result: CallResult | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleCount:
    """How many people a campaign called, and how many of them answered."""

    campaign: str
    service: str
    called: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCalls:
    """How many calls without a campaign came or went, by their result."""

    service: str
    direction: Direction
    result: CallResult | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCount:
    """How many cases of a kind were opened, and how many of them are not completed."""

    kind: str
    type: str
    level: str
    count: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCount:
    """How many cases of a kind named these benefits."""

    kind: str
    benefits: tuple[str, ...]
    """Empty: not kept any more."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffStep:
    """One step on the way to a person."""

    call_id: str
    at: datetime
    step: str
    """``searching``, ``taken`` or ``missed``."""
    reason: str
    summary: str
    """What the officer was told, in Korean."""
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFact:
    """One citizen's way to a person."""

    call_id: str
    who: Who
    service: str
    began_at: datetime
    result: CallResult | None
    steps: tuple[HandoffStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """One day of the city's telephone."""

    day: date
    people: tuple[PeopleCount, ...]
    in_all: PeopleCount
    """Of all campaigns; whom two of them called counts once."""
    calls: tuple[CallCount, ...]
    others: tuple[OtherCalls, ...]
    anomalies: tuple[AnomalyCount, ...]
    handoffs: tuple[HandoffFact, ...]
    cases: tuple[CaseCount, ...]
    benefits: tuple[BenefitCount, ...]
    opted_out: int
    listed: Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """One day of a campaign."""

    day: date
    attempts: int
    people: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """One campaign from its beginning to now."""

    campaign: CampaignRecord
    states: Mapping[TargetState, int]
    people: PeopleCount
    calls: tuple[CallCount, ...]
    days: tuple[DayCount, ...]
    anomalies: tuple[AnomalyCount, ...]
    benefits: tuple[BenefitCount, ...]
    opted_out: int
    """Of this campaign, or for good in one of its calls."""
    listed: Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One try to reach a person, or one call of theirs."""

    call_id: str
    at: datetime
    ended_at: datetime | None
    service: str
    campaign: str
    direction: Direction
    disposition: Disposition | None
    """Of an attempt."""
    outcome: CallOutcome | None
    """Of a conversation."""
    slots: Mapping[str, str] = field(default_factory=dict)
    alerts: tuple[AlertRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """A number that is not called any more."""

    at: datetime
    source: Source
    campaign: str
    """Empty: for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What is kept of a person."""

    person: Person
    contacts: tuple[Contact, ...]
    """The newest first."""
    left_out: int
    """Older contacts that are kept but not listed."""
    consents: tuple[Consent, ...]
    opt_outs: tuple[OptOut, ...]
    remembered: tuple[Fact, ...]
    cases: tuple[CaseRecord, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One call."""

    call: CallRecord
    who: Who
    campaign: str
    attempt: int | None
    """Its number in its slot; ``None``: of no campaign."""
    slot: str
    alerts: tuple[AlertRecord, ...]
    cases: tuple[CaseRecord, ...]
    handoff: tuple[HandoffStep, ...]
    reports: tuple[Mapping[str, str], ...]
    """What the service itself tells of it."""
    noted: tuple[str, ...]
    """Other works that were written down: ``opt_out``, ``call_again``."""
