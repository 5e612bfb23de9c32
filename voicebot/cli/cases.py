"""``voicebot cases list|show|set-status``: complaints and follow-ups, from 접수 to 완료."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voicebot.cli.opened import ZONE, AsJson, By, Config, Full, actor, moment, with_records
from voicebot.errors import RecordsError
from voicebot.records.cases import LEVELS, CaseFilter, CaseRecord, CaseStep, shown
from voicebot.records.status import NAMES_KO, CaseState, CaseStatus, StatusChange
from voicebot.services import service_names

if TYPE_CHECKING:
    from voicebot.adapters.records.records import Records

app = typer.Typer(help="Complaint and follow-up cases.", no_args_is_help=True)

_BY_NAME = {status.value: status for status in CaseStatus} | {
    name.replace(" ", ""): status for status, name in NAMES_KO.items()
}
"""A status as it may be written: ``in_progress`` or 처리중."""

_NEEDS = {
    CaseStatus.ASSIGNED: "--assignee",
    CaseStatus.TRANSFERRED: "--department",
    CaseStatus.EXTENDED: "--until",
}
"""What a step cannot be without."""

_DAY = "2026-11-22"

Status = Annotated[
    list[str] | None,
    typer.Option("--status", help=f"{', '.join(CaseStatus)}, or in Korean; may be repeated."),
]


def _status(text: str) -> CaseStatus:
    status = _BY_NAME.get(text.replace(" ", ""))
    if status is None:
        known = ", ".join(f"{status} ({name})" for status, name in NAMES_KO.items())
        raise typer.BadParameter(f"{text!r} is no status; use {known}")
    return status


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day; write it as {_DAY}") from error


def _known(words: list[str] | None, allowed: tuple[str, ...], what: str) -> frozenset[str]:
    for word in words or ():
        if word not in allowed:
            raise typer.BadParameter(f"{word!r} is no {what}; use {', '.join(allowed)}")
    return frozenset(words or ())


@app.command(name="list")
def list_cases(
    status: Status = None,
    level: Annotated[list[str] | None, typer.Option(help=f"{', '.join(LEVELS)}; may be repeated.")] = None,
    service: Annotated[str, typer.Option(help="That the case came from, e.g. duty.")] = "",
    department: Annotated[str, typer.Option(help="Whose matter it is.")] = "",
    since: Annotated[str, typer.Option(help=f"Opened on this day or later, e.g. {_DAY}.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    full: Full = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """List cases, the newest first; numbers masked and names cut short unless --full."""
    if service:
        _known([service], tuple(service_names()), "service")
    wanted = CaseFilter(
        statuses=frozenset(map(_status, status or ())),
        levels=_known(level, LEVELS, "level"),
        service=service,
        department=department,
        since=datetime.combine(_day(since), time(), ZONE) if since else None,
    )

    async def found(records: Records, now: datetime) -> list[CaseRecord]:
        cases = await records.cases.search(wanted, limit)
        if full:
            await _looked(records, by, f"cases/{len(cases)}", now)
        return cases

    cases = with_records(config, found)
    if as_json:
        typer.echo(json.dumps([_case_json(case, full) for case in cases], ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for column in ("case", "status", "level", "service", "department", "officer", "opened", "what"):
        table.add_column(column, no_wrap=column != "what")
    for case in cases:
        state, details = case.state, _details(case, full)
        table.add_row(
            str(case.number),
            NAMES_KO[state.status] + (f" ~{state.due_on}" if state.due_on else ""),
            details.get("level", ""),
            case.service,
            escape(state.department),
            escape(state.assignee),
            moment(case.opened_at),
            escape(details.get("about") or details.get("what") or details.get("summary", "")),
        )
    Console(highlight=False).print(table if cases else "no such case")


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The case's number.")],
    full: Full = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """Show a case with its history; the audit tells who looked."""

    async def found(records: Records, now: datetime) -> tuple[CaseRecord, list[CaseStep]]:
        case = await records.cases.get(number)
        if case is None:
            raise RecordsError(f"there is no case {number}; voicebot cases list shows those that there are")
        await _looked(records, by, f"case/{number}", now, full=full)
        return case, await records.cases.history(number)

    case, history = with_records(config, found)
    if as_json:
        steps = [_step_json(step) for step in history]
        typer.echo(json.dumps(_case_json(case, full) | {"history": steps}, ensure_ascii=False))
        return
    console = Console(highlight=False)
    console.print(f"[bold]case {case.number}[/]  {_state_line(case.state)}", soft_wrap=True)
    console.print(
        f"opened {moment(case.opened_at)}, changed {moment(case.changed_at)}, "
        f"call {escape(case.call_id or 'none')}{f' ({case.service})' if case.service else ''}",
        soft_wrap=True,
    )
    for name, value in _details(case, full).items():
        if value:
            console.print(f"  {name:<14} {escape(value)}", soft_wrap=True)
    for step in history:
        console.print(f"{moment(step.at)}  {_step_line(step)}", soft_wrap=True)


@app.command(name="set-status")
def set_status(
    number: Annotated[int, typer.Argument(help="The case's number.")],
    status: Annotated[str, typer.Argument(help="Where it goes: as --status of list.")],
    by: By = "",
    assignee: Annotated[str, typer.Option(help="With assigned: the officer who takes it.")] = "",
    department: Annotated[str, typer.Option(help="With transferred: where it goes.")] = "",
    until: Annotated[str, typer.Option(help=f"With extended: the new day, e.g. {_DAY}.")] = "",
    note: Annotated[str, typer.Option(help="What the citizen may be told.")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Move a case on; a step that its way does not have is refused, and nothing changes."""
    to = _status(status)
    given = {"--assignee": assignee, "--department": department, "--until": until}
    for option, value in given.items():
        if option == _NEEDS.get(to) and not value:
            raise typer.BadParameter(f"{to} needs {option}")
        if option != _NEEDS.get(to) and value:
            raise typer.BadParameter(f"{option} does not go with {to}")
    change = StatusChange(
        to=to,
        by=actor(by),
        assignee=assignee,
        department=department,
        due_on=_day(until) if until else None,
        note=note,
    )
    state = with_records(config, lambda records, now: records.cases.change(number, change, at=now))
    if as_json:
        typer.echo(json.dumps({"number": number} | _state_json(state), ensure_ascii=False))
    else:
        typer.echo(f"case {number}: {_state_line(state)}")


async def _looked(records: Records, by: str, subject: str, now: datetime, *, full: bool = True) -> None:
    from voicebot.adapters.records.ledger import AuditEntry

    action = "case.looked_at"
    await records.audit.add(
        AuditEntry(at=now, actor=actor(by), action=action, subject=subject, details={"full": full})
    )


def _details(case: CaseRecord, full: bool) -> Mapping[str, str]:
    return case.details if full else shown(case.details)


def _state_line(state: CaseState) -> str:
    parts = (state.department, state.assignee, f"until {state.due_on}" if state.due_on else "")
    return escape(", ".join(filter(None, (NAMES_KO[state.status], *parts))))


def _step_line(step: CaseStep) -> str:
    change = step.change
    parts = (change.department, change.assignee, f"until {change.due_on}" if change.due_on else "")
    rest = ", ".join(filter(None, (*parts, change.note)))
    return escape(f"{NAMES_KO[change.to]} by {change.by}" + (f": {rest}" if rest else ""))


def _state_json(state: CaseState) -> dict[str, Any]:
    return {
        "status": state.status.value,
        "status_ko": NAMES_KO[state.status],
        "department": state.department,
        "assignee": state.assignee,
        "due_on": None if state.due_on is None else state.due_on.isoformat(),
    }


def _case_json(case: CaseRecord, full: bool) -> dict[str, Any]:
    return {
        "number": case.number,
        **_state_json(case.state),
        "level": case.details.get("level", ""),
        "type": case.details.get("type", ""),
        "service": case.service,
        "call_id": case.call_id,
        "opened_at": case.opened_at.astimezone(ZONE).isoformat(timespec="seconds"),
        "changed_at": case.changed_at.astimezone(ZONE).isoformat(timespec="seconds"),
        "details": dict(_details(case, full)),
    }


def _step_json(step: CaseStep) -> dict[str, Any]:
    change = step.change
    return {
        "at": step.at.astimezone(ZONE).isoformat(timespec="seconds"),
        "to": change.to.value,
        "by": change.by,
        "assignee": change.assignee,
        "department": change.department,
        "due_on": None if change.due_on is None else change.due_on.isoformat(),
        "note": change.note,
    }
