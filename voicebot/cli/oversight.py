"""``voicebot records alerts|alert-seen|audit``: what staff must look at, and who looked at what."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.opened import ZONE, AsJson, By, Config, Full, actor, moment, with_records
from voicebot.errors import RecordsError
from voicebot.records.cases import AlertRecord, shown

if TYPE_CHECKING:
    from voicebot.adapters.records.ledger import AuditEntry
    from voicebot.adapters.records.records import Records

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def alerts(
    limit: Limit = 100, full: Full = False, as_json: AsJson = False, by: By = "", config: Config = None
) -> None:
    """List the emergencies and anomalies that nobody has seen yet, the oldest first."""

    async def found(records: Records, now: datetime) -> list[AlertRecord]:
        from voicebot.adapters.records.ledger import AuditEntry

        unseen = await records.alerts.unseen(limit)
        if full:
            subject, details = "alerts", {"full": True, "alerts": len(unseen)}
            await records.audit.add(
                AuditEntry(
                    at=now, actor=actor(by), action="alert.looked_at", subject=subject, details=details
                )
            )
        return unseen

    rows = [_alert_json(alert, full) for alert in with_records(config, found)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        told = " · ".join(f"{name} {value}" for name, value in row.pop("details").items() if value)
        typer.echo(f"{'  '.join(str(value) for value in row.values() if value)}  {told}")
    if not rows:
        typer.echo("no alert waits for anybody")


def alert_seen(
    number: Annotated[int, typer.Argument(help="The alert's number.")],
    by: By = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Take note of an alert."""

    def seen(records: Records, now: datetime) -> Awaitable[bool]:
        return records.alerts.see(number, by=actor(by), at=now)

    if not with_records(config, seen):
        raise RecordsError(f"there is no alert {number} that nobody has seen")
    typer.echo(
        json.dumps({"number": number, "seen_by": actor(by)})
        if as_json
        else f"alert {number}: seen by {actor(by)}"
    )


def audit(
    subject: Annotated[str, typer.Option(help="Of one record, e.g. case/1001.")] = "",
    limit: Limit = 100,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Show who did what to which record, the newest first."""

    def found(records: Records, now: datetime) -> Awaitable[list[AuditEntry]]:
        return records.audit.newest(limit, subject)

    for entry in with_records(config, found):
        if as_json:  # JSON lines: the audit may be long
            line = {
                "at": entry.at.astimezone(ZONE).isoformat(timespec="seconds"),
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "details": dict(entry.details),
            }
            typer.echo(json.dumps(line, ensure_ascii=False))
        else:
            details = " ".join(f"{name}={value}" for name, value in entry.details.items())
            typer.echo(f"{moment(entry.at)}  {entry.actor:<12} {entry.action:<20} {entry.subject}  {details}")


def _alert_json(alert: AlertRecord, full: bool) -> dict[str, Any]:
    return {
        "number": alert.number,
        "level": alert.level,
        "kind": alert.kind,
        "raised_at": moment(alert.raised_at),
        "call_id": alert.call_id,
        "details": dict(alert.details if full else shown(alert.details)),
    }
