"""``voicebot campaign announce``: tells the people of a campaign that they will be called."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from voicebot.cli.campaign_records import named
from voicebot.errors import ConfigurationError

if TYPE_CHECKING:  # SQLAlchemy would slow every other command's start
    from voicebot.adapters.records.records import Records


async def announce_day(records: Records, name: str, day: date, at: datetime) -> int:
    """Put a message into the outbox for everybody whom a campaign may still call; returns how many people.

    Args:
        records: Open, with the settings' destinations.
        name: The campaign's.
        day: On which it will call.
        at: Now.

    Raises:
        ConfigurationError: No messages are sent here, or nobody is called on that day.
        RecordsError: It could not be written; the same command goes on.
    """
    from voicebot.adapters.records.campaign_listing import CampaignListing
    from voicebot.campaigns.clock import at_minute, local
    from voicebot.campaigns.hours import next_due
    from voicebot.campaigns.plan import from_settings
    from voicebot.engine.events.pre_notices import announce
    from voicebot.engine.events.receivers import MESSAGES

    campaign = await named(records, name)
    if MESSAGES not in records.outbox.destinations:
        raise ConfigurationError("no messages are sent here: set number of [messages], the city's own")
    begins = max(at_minute(day, 0), local(at))
    due = next_due(from_settings(campaign.settings), begins)
    if due is None or due.date() != day:
        told = "none any more" if due is None else f"the next is {due.date().isoformat()}"
        raise ConfigurationError(
            f"campaign {name} calls nobody on {day.isoformat()}: name one of its days; {told}"
        )
    people = await CampaignListing(records.database).waiting_people(campaign.id)
    await announce(records, campaign.id, people, day, at=at)
    return len(people)
