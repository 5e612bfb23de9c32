"""``voicebot records …``: the database of people, calls, cases and campaigns."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from voicebot.cli import citizens, oversight
from voicebot.cli.opened import ZONE, AsJson, Config
from voicebot.config import RECORDS_URL_VARIABLE, Settings, load_settings
from voicebot.records.retention import Kept, RetentionPeriods, due

if TYPE_CHECKING:  # SQLAlchemy and Alembic would slow every other command's start
    from voicebot.adapters.records.encryption import Keyring
    from voicebot.adapters.records.upgrading import Upgrade

app = typer.Typer(help="The records: people, calls, cases, campaigns.", no_args_is_help=True)
app.command()(citizens.person)
app.command()(citizens.forget)
app.command(name="opt-out")(citizens.opt_out)
app.command(name="opt-in")(citizens.opt_in)
app.command()(citizens.consent)
app.command()(oversight.alerts)
app.command(name="alert-seen")(oversight.alert_seen)
app.command()(oversight.audit)


@app.command()
def upgrade(config: Config = None, as_json: AsJson = False) -> None:
    """Bring the tables to what this version needs; makes them where there are none."""
    url = _url(load_settings(config))
    done = asyncio.run(_upgrade(url, _keys()))
    if as_json:
        typer.echo(json.dumps({"before": done.before, "after": done.after, "changed": done.changed}))
    elif done.changed:
        typer.echo(f"tables upgraded from revision {done.before or 'none'} to {done.after}")
    else:
        typer.echo(f"tables are of revision {done.after}: nothing to do")


@app.command()
def purge(
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Delete though nothing was written for a month.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Delete what has been kept long enough ([records.retention]); run it once a day."""
    settings = load_settings(config)
    periods = RetentionPeriods(**{kind.value: days for kind, days in settings.records.retention.items()})
    deleted = asyncio.run(_purge(_url(settings), _keys(), periods, clock_is_right))
    if as_json:
        typer.echo(json.dumps({"deleted": {kind.value: rows for kind, rows in deleted.items()}}))
    else:
        told = ", ".join(f"{rows} of {kind}" for kind, rows in deleted.items() if rows)
        typer.echo(f"deleted: {told or 'nothing is due'}")


@app.command()
def backup(
    folder: Annotated[
        Path, typer.Argument(help="Where backups are kept; this one gets a folder of its own.")
    ],
    keep: Annotated[int, typer.Option(min=1, help="So many are kept; the oldest go.")] = 14,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Copy records and journal, beside a running engine; the keys are not in it (docs/OPERATIONS.md)."""
    made = asyncio.run(_backup(load_settings(config), _keys(), folder, keep))
    typer.echo(json.dumps({"folder": str(made)}) if as_json else f"backed up to {made}")


@app.command()
def rotate(config: Config = None, as_json: AsJson = False) -> None:
    """Encrypt everything anew with the newest key, after which older ones can be taken out."""
    keys = _keys()
    rows = asyncio.run(_rotate(_url(load_settings(config)), keys))
    if as_json:
        typer.echo(json.dumps({"key": keys.newest, "rows": rows}))
    else:
        typer.echo(f"{rows} rows encrypted anew; only the key {keys.newest} is needed now")


@app.command(name="new-key")
def print_new_key() -> None:
    """Print a fresh key for VOICEBOT_RECORDS_KEYS; it is kept nowhere else."""
    from voicebot.adapters.records.encryption import new_key

    typer.echo(new_key())


def _keys() -> Keyring:
    from voicebot.adapters.records.encryption import Keyring

    return Keyring.from_environment(os.environ)


def _url(settings: Settings) -> str:
    return os.environ.get(RECORDS_URL_VARIABLE) or settings.records.url


async def _upgrade(url: str, keys: Keyring) -> Upgrade:
    from voicebot.adapters.records.database import Database
    from voicebot.adapters.records.upgrading import upgrade

    database = Database(url, keys)
    try:
        return await upgrade(database)
    finally:
        await database.close()


async def _purge(url: str, keys: Keyring, periods: RetentionPeriods, clock_is_right: bool) -> dict[Kept, int]:
    from voicebot.adapters.records.purging import check_clock, note_run, purge
    from voicebot.adapters.records.records import open_records

    now = datetime.now(ZONE)
    async with open_records(url, keys, at=now) as records:
        if not clock_is_right:
            await check_clock(records.database, now)
        by = getpass.getuser()
        deleted = await purge(records.database, due(periods, now), by=by, at=now)
        await note_run(records.database, deleted, by=by, at=now)
        return deleted


async def _backup(settings: Settings, keys: Keyring, folder: Path, keep: int) -> Path:
    from voicebot.adapters.records.backing_up import back_up
    from voicebot.adapters.records.records import open_records

    now = datetime.now(ZONE)
    async with open_records(_url(settings), keys, at=now) as records:
        return await back_up(records.database, settings.records.journal, folder, at=now, keep=keep)


async def _rotate(url: str, keys: Keyring) -> int:
    from voicebot.adapters.records.records import open_records
    from voicebot.adapters.records.rotation import rotate

    now = datetime.now(ZONE)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    # On the error stream: what is printed stays readable for programs.
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Encrypting anew", total=None)
        async with open_records(url, keys, at=now) as records:
            return await rotate(
                records.database,
                by=getpass.getuser(),
                at=now,
                progress=lambda table, rows: progress.update(task, description=f"{table}: {rows} rows"),
            )
