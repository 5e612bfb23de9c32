"""``voicebot events status|retry|drop``: what waits for whom, and what becomes of what was refused."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.opened import AsJson, By, Config, actor, moment, with_records
from voicebot.errors import ConfigurationError

if TYPE_CHECKING:  # SQLAlchemy would slow every other command's start
    from voicebot.adapters.records.records import Records

app = typer.Typer(help="Events to the city's systems and messages to citizens.", no_args_is_help=True)


@app.command()
def status(config: Config = None, as_json: AsJson = False) -> None:
    """What waits for each receiver, since when, and what it refused."""
    told = with_records(config, _status)
    if as_json:
        as_text = [one | {"oldest_at": one["oldest_at"] and one["oldest_at"].isoformat()} for one in told]
        typer.echo(json.dumps(as_text, ensure_ascii=False))
        return
    for one in told:
        since = f" since {moment(one['oldest_at'])}" if one["oldest_at"] else ""
        typer.echo(f"{one['destination']}: {one['waiting']} wait{since}, {one['refused']} refused")
        for reason, count in one["reasons"].items():
            typer.echo(f"  {count} refused: {reason}")
    for stranger in with_records(config, lambda records, now: records.outbox.strangers()):
        typer.echo(f"{stranger}: not in the settings any more; voicebot events drop {stranger}", err=True)
    if not told:
        typer.echo("no receivers: name some in [events] or [messages]")


@app.command()
def retry(
    destination: Annotated[str, typer.Argument(help="mqtt, webhook/NAME or messages.")],
    config: Config = None,
) -> None:
    """Send again what a receiver refused, once the cause is mended."""

    async def again(records: Records, now: datetime) -> int:
        known = records.outbox.destinations
        if destination not in known:
            raise ConfigurationError(
                f"there is no receiver {destination!r}; the settings name {', '.join(known) or 'none'}"
            )
        return await records.outbox.retry(destination, now)

    typer.echo(f"{destination}: {with_records(config, again)} messages wait again")


@app.command()
def drop(
    destination: Annotated[str, typer.Argument(help="One that the settings do not name any more.")],
    config: Config = None,
    by: By = "",
) -> None:
    """Delete what was never delivered to a receiver that is gone."""

    async def dropped(records: Records, now: datetime) -> int:
        if destination in records.outbox.destinations:
            raise ConfigurationError(f"{destination!r} is in the settings: take it out there first")
        return await records.outbox.drop(destination, by=actor(by), at=now)

    typer.echo(f"{destination}: {with_records(config, dropped)} messages deleted")


async def _status(records: Records, now: datetime) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for destination in records.outbox.destinations:
        state = await records.outbox.state(destination)
        told.append(
            {
                "destination": destination,
                "waiting": state.waiting,
                "oldest_at": state.oldest_at,
                "refused": state.refused,
                "reasons": await records.outbox.refusals(destination),
            }
        )
    return told
