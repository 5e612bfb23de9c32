"""``voicebot events status|retry``: what waits for whom, and sending again what was refused."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from voicebot.config import Settings, load_settings
from voicebot.errors import ConfigurationError

if TYPE_CHECKING:  # SQLAlchemy would slow every other command's start
    from voicebot.adapters.records.outbox import Outbox

app = typer.Typer(help="Events to the city's systems and messages to citizens.", no_args_is_help=True)

URL_VARIABLE = "VOICEBOT_RECORDS_URL"
"""Takes the place of ``[records] url``."""

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; voicebot.toml if there is one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
T = TypeVar("T")


@app.command()
def status(config: Config = None, as_json: AsJson = False) -> None:
    """What waits for each receiver, since when, and what it refused."""
    told = _with_outbox(load_settings(config), _status)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        oldest = f" since {one['oldest_at']}" if one["oldest_at"] else ""
        typer.echo(f"{one['destination']}: {one['waiting']} wait{oldest}, {one['refused']} refused")
        for reason, count in one["reasons"].items():
            typer.echo(f"  {count} refused: {reason}")
    if not told:
        typer.echo("no receivers: name some in [events] or [messages]")


@app.command()
def retry(
    destination: Annotated[str, typer.Argument(help="mqtt, webhook/NAME or messages.")],
    config: Config = None,
) -> None:
    """Send again what a receiver refused, once the cause is mended."""

    async def again(outbox: Outbox) -> int:
        if destination not in outbox.destinations:
            known = ", ".join(outbox.destinations) or "none"
            raise ConfigurationError(f"there is no receiver {destination!r}; the settings name {known}")
        return await outbox.retry(destination, datetime.now(UTC))

    typer.echo(f"{destination}: {_with_outbox(load_settings(config), again)} messages wait again")


async def _status(outbox: Outbox) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for destination in outbox.destinations:
        state = await outbox.state(destination)
        told.append(
            {
                "destination": destination,
                "waiting": state.waiting,
                "oldest_at": None if state.oldest_at is None else state.oldest_at.isoformat(),
                "refused": state.refused,
                "reasons": await outbox.refusals(destination),
            }
        )
    return told


def _with_outbox(settings: Settings, work: Callable[[Outbox], Awaitable[T]]) -> T:
    from voicebot.adapters.records.encryption import Keyring
    from voicebot.adapters.records.records import open_records
    from voicebot.engine.events.receivers import outbox_topics

    url = os.environ.get(URL_VARIABLE) or settings.records.url
    topics = outbox_topics(settings)

    async def run() -> T:
        keys = Keyring.from_environment(os.environ)
        async with open_records(
            url, keys, at=datetime.now(UTC), destinations=tuple(topics), topics=topics
        ) as records:
            return await work(records.outbox)

    return asyncio.run(run())
