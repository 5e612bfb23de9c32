"""Campaigns for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from voicebot.campaigns.clock import SEOUL
from voicebot.campaigns.plan import CampaignPlan

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def once(**changes: Any) -> CampaignPlan:
    """Calls everybody once, on working days in office hours; 2026-12-01 is a Tuesday."""
    values: dict[str, Any] = {
        "name": "welfare-winter",
        "service": "welfare",
        "caller_id": "0311234000",
        "from": "2026-12-01",
        "until": "2026-12-31",
        "calling_hours": [{"days": WORKDAYS, "hours": ["10:00-12:00", "13:30-17:30"]}],
    }
    return CampaignPlan.model_validate(values | changes)


def twice_a_day(**changes: Any) -> CampaignPlan:
    """Care calls every morning and evening."""
    values: dict[str, Any] = {
        "name": "care-daily",
        "service": "care",
        "caller_id": "0311234000",
        "from": "2026-12-01",
        "on_holidays": True,
        "slots": {
            "morning": {"days": [*WORKDAYS, "sat", "sun"], "hours": "09:30-11:30"},
            "evening": {"days": [*WORKDAYS, "sat", "sun"], "hours": "17:00-19:00"},
        },
    }
    return CampaignPlan.model_validate(values | changes)


def seoul(text: str) -> datetime:
    """``2026-12-01 10:00`` on a Korean wall clock."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL)
