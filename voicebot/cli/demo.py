"""``voicebot demo``: simulated citizens hold one real call per service, printed as they happen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.adapters.records.records import open_records
from voicebot.cli.aftermath import print_aftermath
from voicebot.cli.folders import empty_folder
from voicebot.cli.live import print_record
from voicebot.config import RecogniserSettings
from voicebot.ports import Recogniser
from voicebot.testing.city_desk import CityDesk, open_desk
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.persona import Persona, load_persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import Stage, StageOptions, known_of, open_stage
from voicebot.testing.stage_call import StageCall, hold_call
from voicebot.timeline.record import Record, parse_line

_LOOK_S = 0.2
"""Between looks at the growing timeline: the print follows the call closely enough for a reader."""

_PERSONAS = {
    "welfare": "welfare_quick.yaml",
    "duty": "street_lamp.yaml",
    "care": "care_fall_beside.yaml",
}
"""Service → the persona that shows it: an application is registered, a case is opened, a fall told in passing
brings a person. The longest call begins first."""

PERSONAS = Path(__file__).parent.parent / "testing/personas"

_NUMBERS = {"1000": "duty", "1001": "care", "1002": "welfare"}

_BETWEEN_CALLS_S = 0.5
"""The calls are held at once, so that all three take a minute; so their first words are told apart."""


class DemoService(StrEnum):
    """What can be shown."""

    DUTY = "duty"
    CARE = "care"
    WELFARE = "welfare"
    ALL = "all"


def demo(
    service: Annotated[DemoService, typer.Option(help="Which service to show.")] = DemoService.ALL,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
    folder: Annotated[Path, typer.Option(help="Where to write; emptied first.")] = Path("run/demo"),
) -> None:
    """Hold one real SIP call per service, all at once; print both sides, the response gap of each turn, and
    what the city has of them afterwards: case, alert, and the MQTT messages as they arrived."""
    console = Console(highlight=False)
    services = list(_PERSONAS) if service is DemoService.ALL else [service.value]
    reached = asyncio.run(_demo(console, services, keep=keep, folder=folder))
    if not reached:
        raise typer.Exit(1)


async def _demo(console: Console, services: list[str], *, keep: bool, folder: Path) -> bool:
    empty_folder(folder)
    personas = {name: load_persona(PERSONAS / _PERSONAS[name]) for name in services}
    async with AsyncExitStack() as cleanup:
        with console.status("starting an Asterisk for the city, one for the citizens, and the engine"):
            desk = await cleanup.enter_async_context(open_desk(folder / "broker"))
            settings = known_of(personas.values()) | desk.settings
            stage = await cleanup.enter_async_context(
                open_stage(StageOptions(folder=folder, numbers=_NUMBERS, settings=settings))
            )
        exchange = await cleanup.enter_async_context(open_exchange(stage.citizens))
        # The citizens' ears: answers follow what the bot asks, not the order of the script.
        ears = WhisperRecogniser.load(RecogniserSettings())
        cleanup.push_async_callback(ears.close)
        reports = await _calls(console, stage, exchange, ears, personas)
        told = await _aftermath(console, stage, desk)
        _summary(console, reports)
        if keep:
            await _wait_for_interrupt(console, stage, desk)
    return told and all(not shortfalls for _, shortfalls in reports.values())


async def _calls(
    console: Console,
    stage: Stage,
    exchange: CitizenExchange,
    ears: Recogniser,
    personas: Mapping[str, Persona],
) -> dict[str, tuple[CallReport, list[str]]]:
    """Hold all calls at once; service → what came of its call, and what is not as expected."""
    calls: dict[str, asyncio.Task[StageCall]] = {}
    async with asyncio.TaskGroup() as tasks:
        printing = tasks.create_task(_print_live(console, stage.timelines, labelled=len(personas) > 1))
        for service, persona in personas.items():
            number = next(number for number, name in _NUMBERS.items() if name == service)
            console.print(
                f"[bold]{service}[/]: {persona.name} calls {number}, {persona.about}", soft_wrap=True
            )
            calls[service] = tasks.create_task(hold_call(stage, exchange, persona, number, recogniser=ears))
            await asyncio.sleep(_BETWEEN_CALLS_S)
        await asyncio.wait(calls.values())
        await asyncio.sleep(2 * _LOOK_S)
        printing.cancel()
    reports = {service: call.result().report for service, call in calls.items()}
    return {
        service: (report, report.shortfalls(personas[service].expect)) for service, report in reports.items()
    }


async def _aftermath(console: Console, stage: Stage, desk: CityDesk) -> bool:
    async with open_records(stage.records_url, stage.records_keys, at=datetime.now(UTC)) as records:
        return await print_aftermath(console, records, desk)


async def _print_live(console: Console, folder: Path, *, labelled: bool) -> None:
    """Print the words of both sides as the engine's timelines grow."""
    seen: dict[Path, int] = {}
    services: dict[Path, str] = {}
    while True:
        for path, record in _new_records(folder, seen):
            if record.event == "call_started":
                services[path] = record.text("service")
            print_record(console, record, services.get(path, "") if labelled else "")
        await asyncio.sleep(_LOOK_S)


def _new_records(folder: Path, seen: dict[Path, int]) -> Iterator[tuple[Path, Record]]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            file.seek(seen.get(path, 0))
            while (line := file.readline()).endswith("\n"):
                seen[path] = file.tell()
                yield path, parse_line(line, path.name)


def _summary(console: Console, reports: dict[str, tuple[CallReport, list[str]]]) -> None:
    table = Table(title="Response gap at the citizen's socket, by turn", title_justify="left")
    for column in ("service", "turn", "citizen said", "engine heard", "gap"):
        table.add_column(column, justify="right" if column in ("turn", "gap") else "left")
    for service, (report, _) in reports.items():
        for number, turn in enumerate(report.turns, start=1):
            if turn.said or turn.keys:
                gap = "–" if turn.gap_ms is None else f"{turn.gap_ms:.0f} ms"
                table.add_row(service, str(number), turn.said or f"keys {turn.keys}", turn.heard, gap)
    console.print(table)
    for service, (report, shortfalls) in reports.items():
        engine = report.engine
        case = f", case {engine.case}" if engine is not None and engine.case else ""
        outcome = report.outcome or "unknown"
        if shortfalls:
            console.print(f"[red]{service}: {outcome}{case}: {'; '.join(shortfalls)}[/]")
        else:
            console.print(f"[green]{service}: {outcome}{case}, as expected[/]")


async def _wait_for_interrupt(console: Console, stage: Stage, desk: CityDesk) -> None:
    sip = stage.engine_asterisk.endpoints
    if desk.has_broker:
        console.print(f"Events: mosquitto_sub -p {desk.port} -t 'voicebot/#' -v")
    console.print(
        f"Everything keeps running: call sip:1000@{sip.host}:{sip.sip_port}, 1001 or 1002 (A-law or u-law). "
        f"Timelines: {stage.timelines}. Ctrl-C ends it."
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
