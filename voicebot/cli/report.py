"""``voicebot report call|person|day|campaign``: what staff read of calls, on screen or paper."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.opened import ZONE, AsJson, By, Config, actor, with_records
from voicebot.errors import ConfigurationError, PhoneNumberError, RecordsError

if TYPE_CHECKING:  # SQLAlchemy and the services' data would slow every other command's start
    from voicebot.adapters.records.records import Records
    from voicebot.adapters.records.reports.reading import ReportReading
    from voicebot.records.people import Person
    from voicebot.reports.document import Document
    from voicebot.reports.shown import Shown
    from voicebot.reports.words import Words

app = typer.Typer(
    help="Reports of a call, a person, a day or a campaign, to be read, printed or reckoned with.",
    no_args_is_help=True,
)

Out = Annotated[
    Path | None,
    typer.Option("--out", help="Write it to this file: .html to be printed, .csv or .xlsx as tables."),
]
Numbers = Annotated[
    bool, typer.Option("--numbers", help="Whole telephone numbers and names; the audit notes it.")
]

_LONGEST_NUMBER = 18
"""Digits of a record's number: the databases keep it in 64 bits."""

_Made = tuple["Document", str]
"""A report, and which record it is of, for the audit."""

_Make = Callable[["Records", "ReportReading", "Shown", "Words", datetime], Awaitable[_Made]]


@app.command()
def call(
    call_id: Annotated[str, typer.Argument(help="The call's id, as other reports name it.")],
    out: Out = None,
    numbers: Numbers = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """One call: what was said, what was understood, and what follows from it."""

    async def make(
        records: Records, reading: ReportReading, shown: Shown, words: Words, now: datetime
    ) -> _Made:
        from voicebot.reports.call import call_report

        facts = await reading.call(call_id)
        if facts is None:
            raise RecordsError(
                f"there is no call {call_id!r} (any more); voicebot report person lists a person's calls"
            )
        return call_report(facts, shown, words, now), f"call/{call_id}"

    _give(make, out, numbers, as_json, by, config)


@app.command()
def person(
    id: Annotated[
        str,
        typer.Argument(metavar="ID", help="Telephone number, the city's own key, or the record's number."),
    ],
    out: Out = None,
    numbers: Numbers = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """One person: their calls over time, what they answered, anomalies, and what is kept beside."""

    async def make(
        records: Records, reading: ReportReading, shown: Shown, words: Words, now: datetime
    ) -> _Made:
        from voicebot.reports.person import person_report

        who = await _person(records, reading, id)
        facts = await reading.person(who, {*words.answers, "temperature"})
        return person_report(facts, shown, words, now), f"person/{who.id}"

    _give(make, out, numbers, as_json, by, config)


@app.command()
def day(
    day: Annotated[
        str, typer.Argument(metavar="YYYY-MM-DD", help="A day in Korea; yesterday, if left out.")
    ] = "",
    out: Out = None,
    numbers: Numbers = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """One day: called, reached, anomalies, and whom a person must call; to be printed each morning."""
    wanted = wanted_day(day, today())

    async def make(
        records: Records, reading: ReportReading, shown: Shown, words: Words, now: datetime
    ) -> _Made:
        from voicebot.reports.day import day_report

        facts = await reading.day(wanted)
        return day_report(facts, shown, words, now), f"day/{wanted}"

    _give(make, out, numbers, as_json, by, config)


@app.command()
def campaign(
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    out: Out = None,
    numbers: Numbers = False,
    as_json: AsJson = False,
    by: By = "",
    config: Config = None,
) -> None:
    """One campaign from its beginning to now: reached, anomalies, follow-ups, applications by benefit."""

    async def make(
        records: Records, reading: ReportReading, shown: Shown, words: Words, now: datetime
    ) -> _Made:
        from voicebot.cli.campaign_records import named
        from voicebot.reports.campaign import campaign_report

        found = await named(records, name)
        facts = await reading.campaign(found)
        return campaign_report(facts, shown, words, now), f"campaign/{found.id}"

    _give(make, out, numbers, as_json, by, config)


def _give(make: _Make, out: Path | None, numbers: bool, as_json: bool, by: str, config: Path | None) -> None:
    """Make a report, note it in the audit, and print or write it."""
    from voicebot.adapters.reports.writing import FORMATS, write_document

    if out is not None and out.suffix.lower() not in FORMATS:
        raise ConfigurationError(f"{out}: give a name that ends in {', '.join(FORMATS)}")

    async def made(records: Records, now: datetime) -> Document:
        from voicebot.adapters.records.ledger import AuditEntry
        from voicebot.adapters.records.reports.reading import ReportReading
        from voicebot.reports.shown import Shown
        from voicebot.services.vocabulary import staff_words

        document, subject = await make(
            records, ReportReading(records), Shown(whole=numbers), staff_words(), now
        )
        details = {"numbers": "whole" if numbers else "masked", "to": _format(out, as_json)}
        await records.audit.add(
            AuditEntry(at=now, actor=actor(by), action="report.made", subject=subject, details=details)
        )
        return document

    document = with_records(config, made)
    if out is not None:
        write_document(out, document)
        rows = sum(len(table.rows) for table in document.tables)
        told = {"file": str(out), "rows": rows}
        typer.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{document.subject}: {out}")
    elif as_json:
        from voicebot.reports.document import as_json as plain

        typer.echo(json.dumps(plain(document), ensure_ascii=False))
    else:
        from voicebot.cli.report_terminal import show

        show(document)


def _format(out: Path | None, as_json: bool) -> str:
    if out is not None:
        return out.suffix.lower()
    return "json" if as_json else "terminal"


def today() -> date:
    """The day on a Korean wall."""
    return datetime.now(ZONE).date()


def wanted_day(text: str, today: date) -> date:
    """The day that a command names; yesterday, if it names none.

    Raises:
        BadParameter: It is no day, or has not begun.
    """
    if not text:
        return today - timedelta(days=1)
    try:
        wanted = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2026-11-22") from error
    if wanted > today:
        raise typer.BadParameter(f"{text} has not begun in Korea; give a day up to {today}")
    return wanted


async def _person(records: Records, reading: ReportReading, id: str) -> Person:
    """By telephone number, else by the city's own key, else by the record's number."""
    number = id.removeprefix("#")
    try:
        by_phone, is_phone = await records.people.find(id), True
    except PhoneNumberError:
        by_phone, is_phone = None, False
    # Also of what is a telephone number: a key of eight digits reads like one without its leading zero.
    by_key = await reading.find_person(id) if number == id else None
    if by_phone is not None and by_key is not None and by_phone.id != by_key.id:
        raise ConfigurationError(
            "this is the telephone number of one person and the city's key of another; give the record's "
            f"number: #{by_phone.id} or #{by_key.id}"
        )
    is_number = not is_phone and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    by_number = await records.people.get(int(number)) if is_number else None
    if by_key is not None and by_number is not None and by_key.id != by_number.id:
        raise ConfigurationError(
            f"{id} is the city's key of one person and the record's number of another; "
            f"give the telephone number, or #{id} for the record's number"
        )
    found = by_phone or by_key or by_number
    if found is None:
        raise RecordsError(
            "nobody is known by this number or key; give the telephone number with its area code, or the "
            "key of the imported list"
        )
    return found
