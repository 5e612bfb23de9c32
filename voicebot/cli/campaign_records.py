"""What the campaign commands ask of the records: open them, find a campaign, see whether it may begin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voicebot.campaigns.clock import SEOUL
from voicebot.cli import opened
from voicebot.config import Settings
from voicebot.errors import ConfigurationError, VoicebotError

if TYPE_CHECKING:  # SQLAlchemy would slow every other command's start
    from voicebot.adapters.records.records import Records
    from voicebot.records.campaigns import CampaignRecord

_T = TypeVar("_T")


def with_records(config: Path | None, work: Callable[[Records], Awaitable[_T]]) -> _T:
    """Open the records, work, close them.

    Raises:
        ConfigurationError: The settings, the key or the tables must be mended.
        RecordsError: They cannot be reached.
    """
    return opened.with_records(config, lambda records, _: work(records))


def now() -> datetime:
    """The wall clock in Korea."""
    return datetime.now(SEOUL)


def served(settings: Settings) -> set[str]:
    """The services whose conversations an engine with these settings holds."""
    named_there = (*settings.numbers.values(), *settings.dialling.services)
    return {Path(name).stem if name.endswith(".yaml") else name for name in named_there}


async def check_begins(
    records: Records, campaign: CampaignRecord, settings: Settings, *, from_draft: bool
) -> None:
    """Make sure that a campaign may begin, or go on, by the command that was given.

    Raises:
        ConfigurationError: No engine with these settings holds its conversations.
        VoicebotError: It may not; the message names the command that is meant.
    """
    from voicebot.records.campaigns import CampaignState, TargetState

    if from_draft != (campaign.state is CampaignState.DRAFT):
        word = "resume" if from_draft else "start"
        raise VoicebotError(f"campaign {campaign.name} is {campaign.state}: use voicebot campaign {word}")
    if campaign.service not in served(settings):
        raise ConfigurationError(
            f"campaign {campaign.name}: nobody holds the calls of service {campaign.service!r}; add it to "
            "services of [dialling], and restart the engine"
        )
    if not (await records.campaigns.counts(campaign.id))[TargetState.WAITING]:
        raise VoicebotError(f"campaign {campaign.name} has nobody to call: import a list first")


async def named(records: Records, name: str) -> CampaignRecord:
    """The campaign of a name.

    Raises:
        ConfigurationError: There is none; the message names those that there are.
    """
    campaign = await records.campaigns.get(name)
    if campaign is None:
        known = ", ".join(one.name for one in await records.campaigns.all()) or "none yet"
        raise ConfigurationError(f"there is no campaign {name!r}; there are: {known}")
    return campaign
