"""Which attempts, alerts and cases a report is about: a day of all campaigns, or all days of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute, aliased

from voicebot.adapters.records.tables.campaigns import AttemptRow
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow
from voicebot.adapters.records.tables.people import OptOutRow
from voicebot.campaigns.clock import at_minute
from voicebot.records.campaigns import CampaignRecord

_WATCHED_SERVICE = "care"
_MINUTES_A_DAY = 24 * 60

Condition = ColumnElement[bool]


def is_watched(campaign: CampaignRecord) -> bool:
    """Whether a campaign looks after people: it calls them again and again, or holds care calls."""
    return bool(campaign.settings.get("slots")) or campaign.service == _WATCHED_SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Conditions of one report."""

    campaigns: tuple[CampaignRecord, ...]
    attempts: tuple[Condition, ...]
    alerts: tuple[Condition, ...]
    standing_alerts: tuple[Condition, ...]
    """Of those that nobody has seen, however old."""
    cases: tuple[Condition, ...]
    standing_cases: tuple[Condition, ...]
    """Of those that nobody has begun with, however old."""
    opt_outs: Condition
    ends: datetime | None = None
    """What came later is not looked at."""

    @property
    def watched(self) -> tuple[int, ...]:
        """The ids of the campaigns that look after people."""
        return tuple(campaign.id for campaign in self.campaigns if is_watched(campaign))


def day_scope(day: date, campaigns: Sequence[CampaignRecord]) -> Scope:
    """Of one day in Korea."""
    starts, ends = at_minute(day, 0), at_minute(day, _MINUTES_A_DAY)
    return Scope(
        campaigns=tuple(campaigns),
        attempts=(
            # All campaigns by name: the index is over campaign and moment.
            AttemptRow.campaign_id.in_([campaign.id for campaign in campaigns]),
            AttemptRow.begun_at >= starts,
            AttemptRow.begun_at < ends,
        ),
        alerts=(AlertRow.raised_at >= starts, AlertRow.raised_at < ends),
        standing_alerts=(AlertRow.raised_at < ends,),
        cases=(CaseRow.opened_at >= starts, CaseRow.opened_at < ends),
        standing_cases=(CaseRow.opened_at < ends,),
        opt_outs=(OptOutRow.at >= starts) & (OptOutRow.at < ends),
        ends=ends,
    )


def campaign_scope(campaign: CampaignRecord) -> Scope:
    """Of one campaign, from its beginning to now."""
    one = aliased(AttemptRow)  # the statement around it may name the table itself

    def mine(call_id: InstrumentedAttribute[str]) -> Condition:
        # Asked of each row: there are far fewer alerts and cases than attempts.
        return exists().where(one.id == call_id, one.campaign_id == campaign.id)

    alerts, cases = (mine(AlertRow.call_id),), (mine(CaseRow.call_id),)
    return Scope(
        campaigns=(campaign,),
        attempts=(AttemptRow.campaign_id == campaign.id,),
        alerts=alerts,
        standing_alerts=alerts,
        cases=cases,
        standing_cases=cases,
        opt_outs=(OptOutRow.campaign_id == campaign.id) | mine(OptOutRow.call_id),
    )
