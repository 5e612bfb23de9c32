"""What the calls of the demo have left: cases and alerts in the records, and what the city was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from voicebot.adapters.records.records import Records
from voicebot.events.message import ALERT, CASE, HANDOFF
from voicebot.records.cases import AlertRecord, CaseRecord, shown
from voicebot.records.status import NAMES_KO
from voicebot.testing.city_desk import SITE, Arrived, CityDesk

_TOLD_LIMIT_S = 10.0
"""The relay looks every half second, and the broker answers in milliseconds."""

_IN_FULL = (CASE, ALERT, HANDOFF)
"""Of what else is told only the number is."""

_FOR_EVER = datetime.max.replace(tzinfo=UTC)

_MOST_LENGTH = 120
"""Characters of a case's or an alert's detail: the whole story has been printed above."""


async def print_aftermath(console: Console, records: Records, desk: CityDesk) -> bool:
    """Print the cases, the alerts, and the messages that arrived; whether each was told of.

    Args:
        console: Where to.
        records: Of the engine, which is still at work.
        desk: Whom it tells.
    """
    cases, alerts = await records.cases.newest(), await records.alerts.unseen()
    console.print("[bold]What the city has now[/]")
    for case in reversed(cases):
        console.print(_case_line(case), soft_wrap=True)
    for alert in alerts:
        console.print(_alert_line(alert), soft_wrap=True)
    if not desk.has_broker:
        await _print_waiting(console, records)
        return True
    wanted = {(CASE, str(case.number)) for case in cases}
    return await _print_arrived(console, desk, wanted | {(ALERT, str(alert.number)) for alert in alerts})


async def _print_arrived(console: Console, desk: CityDesk, wanted: set[tuple[str, str]]) -> bool:
    told = await desk.wait_for(lambda: wanted <= set(map(_about, desk.arrived)), _TOLD_LIMIT_S)
    console.print("[bold]What it was told by MQTT[/] (as it came from a mosquitto on this machine)")
    for message in desk.arrived:
        if message.envelope["topic"] in _IN_FULL:
            console.print(f"  [magenta]{escape(message.topic)}[/] {escape(message.text)}", soft_wrap=True)
    others = Counter(message.topic for message in desk.arrived if message.envelope["topic"] not in _IN_FULL)
    if others:
        console.print(f"  and {', '.join(f'{topic} ({count})' for topic, count in sorted(others.items()))}")
    if not told:
        missing = sorted(wanted - set(map(_about, desk.arrived)))
        console.print(f"[red]the city was not told of {missing}[/]")
    return told


async def _print_waiting(console: Console, records: Records) -> None:
    waiting = await records.outbox.due("mqtt", _FOR_EVER, limit=1000)
    console.print(
        f"[bold]What would be told by MQTT[/]: no broker is installed (Debian package mosquitto), so "
        f"{len(waiting)} messages wait in the outbox",
        soft_wrap=True,
    )
    for message in waiting:
        if message.topic in _IN_FULL:
            console.print(
                f"  [magenta]voicebot/{SITE}/{message.topic}[/] {_details(message.payload)}", soft_wrap=True
            )


def _about(message: Arrived) -> tuple[str, str]:
    return (str(message.envelope["topic"]), str(message.envelope["data"].get("number", "")))


def _case_line(case: CaseRecord) -> str:
    status = NAMES_KO[case.state.status]
    return f"  [cyan]case {case.number}[/] {status} {_details(shown(case.details))}"


def _alert_line(alert: AlertRecord) -> str:
    what = " ".join(filter(None, (alert.level, alert.kind)))
    return f"  [red]alert {alert.number}[/] {escape(what)} {_details(shown(alert.details))}"


def _details(details: Mapping[str, str]) -> str:
    told = (f"{name} {' '.join(value.split())[:_MOST_LENGTH]}" for name, value in details.items() if value)
    return escape(" · ".join(told))
