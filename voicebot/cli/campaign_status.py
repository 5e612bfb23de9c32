"""How one campaign stands, as plain JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from voicebot.adapters.records.campaign_listing import CampaignListing
from voicebot.adapters.records.records import Records
from voicebot.campaigns.clock import local
from voicebot.campaigns.hours import may_dial_at, next_due
from voicebot.campaigns.plan import from_settings
from voicebot.records.campaigns import CampaignRecord


async def status_of(records: Records, campaign: CampaignRecord, now: datetime) -> dict[str, Any]:
    """State, people by state, attempts by disposition, and when it may call next.

    Raises:
        RecordsError: The records could not be read.
    """
    plan = from_settings(campaign.settings)
    due = next_due(plan, now)
    counts = await records.campaigns.counts(campaign.id)
    ends = await CampaignListing(records.database).dispositions(campaign.id)
    return {
        "name": campaign.name,
        "service": campaign.service,
        "state": campaign.state.value,
        "from": plan.starts.isoformat(),
        "until": None if plan.until is None else plan.until.isoformat(),
        "targets": {state.value: count for state, count in counts.items()},
        "attempts": {disposition.value: count for disposition, count in sorted(ends.items())},
        "may_dial_now": may_dial_at(plan, now),
        "next_due": None if due is None else f"{local(due):%Y-%m-%d %H:%M}",
    }
