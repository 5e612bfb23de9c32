"""``voicebot campaign create|import|announce|start|pause|resume|stop|status|export``: outbound campaigns."""

from __future__ import annotations

import getpass
import json
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from voicebot.cli.campaign_records import check_begins, named, now, served, with_records
from voicebot.config import Settings, load_settings
from voicebot.errors import ConfigurationError

if TYPE_CHECKING:  # SQLAlchemy would slow every other command's start
    from voicebot.adapters.records.records import Records
    from voicebot.campaigns.rows import RowProblem
    from voicebot.engine.campaign_import import ImportReport

app = typer.Typer(help="Outbound campaigns: who is called, when, and what came of it.", no_args_is_help=True)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; voicebot.toml if there is one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The campaign's name.")]
OneOrAll = Annotated[str, typer.Argument(help="The campaign's name; leave it out with --all.")]
All = Annotated[bool, typer.Option("--all", help="Every campaign that may.")]

_SHOWN_PROBLEMS = 20


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="The campaign's file (YAML); see docs/CAMPAIGNS.md.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make a campaign as a draft, from its file."""
    from voicebot.campaigns.plan import as_settings, parse_plan

    settings = load_settings(config)
    plan = parse_plan(str(file), _text(file))
    _check_service(settings, plan.service)

    async def make(records: Records) -> int:
        return await records.campaigns.create(
            plan.name, service=plan.service, settings=as_settings(plan), by=getpass.getuser(), at=now()
        )

    id = with_records(config, make)
    told = {"id": id, "name": plan.name, "service": plan.service, "state": "draft"}
    _tell(as_json, told, f"campaign {plan.name} is a draft; next: voicebot campaign import {plan.name} LIST")


@app.command(name="import")
def import_(
    name: Name,
    list_file: Annotated[Path, typer.Argument(metavar="LIST", help="People, as .csv or .xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Write every row that is left out to this CSV file.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Add the people of a list to a campaign; rows that are wrong are told and left out."""
    from voicebot.cli.campaign_import import import_with_progress

    if errors is not None and errors.resolve() == list_file.resolve():
        raise ConfigurationError(f"{errors}: this is the list itself; name another file for --errors")

    def run(records: Records) -> Coroutine[Any, Any, tuple[ImportReport, list[RowProblem]]]:
        return import_with_progress(records, name, list_file, dry_run=dry_run, errors=errors, now=now())

    report, problems = with_records(config, run)
    told = {
        "rows": report.rows,
        "added": report.added,
        "dry_run": dry_run,
        "problems": {problem.value: count for problem, count in sorted(report.problems.items())},
        "columns_left_out": list(report.columns_left_out),
        "examples": [
            {"line": problem.line, "problem": problem.problem.value, "remedy": problem.remedy}
            for problem in problems[:_SHOWN_PROBLEMS]
        ],
    }
    console = Console(stderr=True, highlight=False)
    if not as_json:
        for problem in problems[:_SHOWN_PROBLEMS]:
            console.print(f"{list_file}:{problem.line}: {problem.remedy}", markup=False, soft_wrap=True)
        if report.columns_left_out:
            console.print(f"columns not read: {', '.join(report.columns_left_out)}", markup=False)
    left_out = sum(report.problems.values())
    verb = "would be added" if dry_run else "added"
    _tell(as_json, told, f"{report.added} of {report.rows} {verb}, {left_out} left out")


@app.command()
def announce(
    name: Name,
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="On which it will call.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Tell those whom a campaign will call by a short message, once a day and person."""
    from voicebot.cli.campaign_announce import announce_day

    count = with_records(config, lambda records: announce_day(records, name, day.date(), now()))
    told = {"campaign": name, "day": day.date().isoformat(), "people": count}
    _tell(as_json, told, f"{count} people will be told that campaign {name} calls on {told['day']}")


@app.command()
def start(name: Name, config: Config = None, as_json: AsJson = False) -> None:
    """Let a draft begin."""
    _change(config, name, "running", as_json, from_draft=True)


@app.command()
def resume(name: Name, config: Config = None, as_json: AsJson = False) -> None:
    """Let a paused campaign go on."""
    _change(config, name, "running", as_json)


@app.command()
def pause(name: OneOrAll = "", every: All = False, config: Config = None, as_json: AsJson = False) -> None:
    """Place no more calls; those under way go on. --all is the switch for emergencies."""
    _change(config, name, "paused", as_json, every=every)


@app.command()
def stop(name: OneOrAll = "", every: All = False, config: Config = None, as_json: AsJson = False) -> None:
    """End a campaign for good; calls that only ring are taken back, conversations go on."""
    _change(config, name, "stopped", as_json, every=every)


@app.command()
def status(
    name: Annotated[str, typer.Argument(help="One campaign; all, if left out.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """How campaigns stand."""
    from voicebot.cli.campaign_status import status_of

    async def look(records: Records) -> list[dict[str, Any]]:
        campaigns = [await named(records, name)] if name else await records.campaigns.all()
        return [await status_of(records, campaign, now()) for campaign in campaigns]

    found = with_records(config, look)
    if as_json:
        typer.echo(json.dumps(found[0] if name else found, ensure_ascii=False))
        return
    table = Table("campaign", "state", "waiting", "dialling", "done", "excluded", "next")
    for one in found:
        targets = (str(one["targets"][state]) for state in ("waiting", "dialling", "done", "excluded"))
        table.add_row(one["name"], one["state"], *targets, one["next_due"] or "–")
    Console().print(table)


@app.command()
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="Where to: .csv or .xlsx.")],
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Whole telephone numbers; the audit notes it.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write everybody of a campaign, and how it stands with them, as a table."""
    from voicebot.cli.campaign_tables import FORMATS, write_table

    if file.suffix.lower() not in FORMATS:
        raise ConfigurationError(f"{file}: give a name that ends in {' or '.join(FORMATS)}")

    async def write(records: Records) -> int:
        from voicebot.adapters.records.campaign_listing import CampaignListing
        from voicebot.adapters.records.ledger import AuditEntry

        campaign = await named(records, name)
        details = {"numbers": "whole" if numbers else "masked"}
        entry = AuditEntry(
            at=now(),
            actor=getpass.getuser(),
            action="campaign.exported",
            subject=f"campaign/{campaign.id}",
            details=details,
        )
        await records.audit.add(entry)
        targets = CampaignListing(records.database).targets(campaign.id)
        return await write_table(file, targets, whole_numbers=numbers)

    count = with_records(config, write)
    _tell(as_json, {"people": count, "file": str(file)}, f"{count} people written to {file}")


def _change(
    config: Path | None,
    name: str,
    to: str,
    as_json: bool,
    *,
    every: bool = False,
    from_draft: bool = False,
) -> None:
    from voicebot.records.campaigns import CAMPAIGN_TRANSITIONS, CampaignState

    if every == bool(name):
        raise ConfigurationError("name one campaign, or give --all")
    wanted = CampaignState(to)
    settings = load_settings(config)

    async def change(records: Records) -> list[str]:
        if every:
            chosen = [
                campaign
                for campaign in await records.campaigns.all()
                if wanted in CAMPAIGN_TRANSITIONS[campaign.state]
            ]
        else:
            chosen = [await named(records, name)]
            if wanted is CampaignState.RUNNING:
                await check_begins(records, chosen[0], settings, from_draft=from_draft)
        for campaign in chosen:
            await records.campaigns.set_state(campaign.id, wanted, by=getpass.getuser(), at=now())
        return [campaign.name for campaign in chosen]

    changed = with_records(config, change)
    told = {"state": to, "campaigns": changed}
    _tell(as_json, told, f"{to}: {', '.join(changed) or 'no campaign'}")


def _check_service(settings: Settings, service: str) -> None:
    from voicebot.services import service_names

    known = {*service_names(), *served(settings)}
    if service not in known:
        raise ConfigurationError(f"there is no service {service!r}; there are {', '.join(sorted(known))}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{file}: cannot be read ({error.strerror}); give an existing file"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _tell(as_json: bool, told: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)
