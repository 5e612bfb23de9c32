"""The records of settings and environment, opened for one command."""

from __future__ import annotations

import asyncio
import getpass
import zoneinfo
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from voicebot.config import load_settings

if TYPE_CHECKING:  # SQLAlchemy and Alembic would slow every other command's start
    from voicebot.adapters.records.records import Records

T = TypeVar("T")

ZONE = zoneinfo.ZoneInfo("Asia/Seoul")

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; voicebot.toml if there is one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Full = Annotated[bool, typer.Option("--full", help="Numbers and names in full; the audit tells of it.")]
By = Annotated[
    str,
    typer.Option("--by", help="Whose doing it is, for the audit; your account where it is not given."),
]


def with_records(config: Path | None, do: Callable[[Records, datetime], Awaitable[T]]) -> T:
    """Open the records, do something at this moment, and close them.

    Raises:
        ConfigurationError: The settings, the key or the tables must be mended.
        RecordsError: The database failed, or what was asked for cannot be.
    """
    from voicebot.adapters.records.records import open_records
    from voicebot.engine.events.receivers import outbox_topics
    from voicebot.engine.records import reach_records

    async def opened() -> T:
        settings, now = load_settings(config), datetime.now(ZONE)
        reach, topics = reach_records(settings), outbox_topics(settings)
        async with open_records(
            reach.url, reach.keys, at=now, destinations=tuple(topics), topics=topics
        ) as records:
            return await do(records, now)

    return asyncio.run(opened())


def actor(by: str) -> str:
    """Whose doing it is."""
    return by or getpass.getuser()


def moment(at: datetime) -> str:
    """A moment as staff read it: ``2026-11-22 14:05`` in Korea."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
