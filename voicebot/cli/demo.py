"""``voicebot demo``: a simulated citizen holds one real call per service, printed as it happens."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.folders import empty_folder
from voicebot.cli.live import print_record
from voicebot.config import RecogniserSettings
from voicebot.ports import Recogniser
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.persona import load_persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import Stage, StageOptions, open_stage
from voicebot.testing.stage_call import hold_call
from voicebot.timeline.record import Record, parse_line

_LOOK_S = 0.2
"""Between looks at the growing timeline: the print follows the call closely enough for a reader."""

_PERSONAS = {"duty": "street_lamp.yaml"}
"""Service → the persona that shows it."""

PERSONAS = Path(__file__).parent.parent / "testing/personas"

_NUMBERS = {"1000": "duty"}


class DemoService(StrEnum):
    """What can be shown."""

    DUTY = "duty"
    ALL = "all"


def demo(
    service: Annotated[DemoService, typer.Option(help="Which service to show.")] = DemoService.ALL,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
    folder: Annotated[Path, typer.Option(help="Where to write; emptied first.")] = Path("run/demo"),
) -> None:
    """Hold one real SIP call per service and print both sides with the response gap of each turn."""
    console = Console(highlight=False)
    services = list(_PERSONAS) if service is DemoService.ALL else [service.value]
    reached = asyncio.run(_demo(console, services, keep=keep, folder=folder))
    if not reached:
        raise typer.Exit(1)


async def _demo(console: Console, services: list[str], *, keep: bool, folder: Path) -> bool:
    empty_folder(folder)
    async with AsyncExitStack() as cleanup:
        with console.status("starting an Asterisk for the city, one for the citizen, and the engine"):
            stage = await cleanup.enter_async_context(
                open_stage(StageOptions(folder=folder, numbers=_NUMBERS))
            )
        exchange = await cleanup.enter_async_context(open_exchange(stage.citizens))
        # The citizen's ears: answers follow what the bot asks, not the order of the script.
        ears = WhisperRecogniser.load(RecogniserSettings())
        cleanup.push_async_callback(ears.close)
        reports = {name: await _one_call(console, stage, exchange, ears, name) for name in services}
        _summary(console, reports)
        if keep:
            await _wait_for_interrupt(console, stage)
    return all(not shortfalls for _, shortfalls in reports.values())


async def _one_call(
    console: Console, stage: Stage, exchange: CitizenExchange, ears: Recogniser, service: str
) -> tuple[CallReport, list[str]]:
    persona = load_persona(PERSONAS / _PERSONAS[service])
    number = next(number for number, name in _NUMBERS.items() if name == service)
    console.rule(f"[bold]{service}[/]: {persona.name} calls {number}")
    async with asyncio.TaskGroup() as tasks:
        printing = tasks.create_task(_print_live(console, stage.timelines))
        report = (await hold_call(stage, exchange, persona, number, recogniser=ears)).report
        await asyncio.sleep(2 * _LOOK_S)
        printing.cancel()
    return report, report.shortfalls(persona.expect)


async def _print_live(console: Console, folder: Path) -> None:
    """Print the words of both sides as the engine's timeline grows."""
    seen: dict[Path, int] = {}
    while True:
        for record in _new_records(folder, seen):
            print_record(console, record)
        await asyncio.sleep(_LOOK_S)


def _new_records(folder: Path, seen: dict[Path, int]) -> Iterator[Record]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            file.seek(seen.get(path, 0))
            while (line := file.readline()).endswith("\n"):
                seen[path] = file.tell()
                yield parse_line(line, path.name)


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


async def _wait_for_interrupt(console: Console, stage: Stage) -> None:
    sip = stage.engine_asterisk.endpoints
    console.print(
        f"Everything keeps running: call sip:1000@{sip.host}:{sip.sip_port} (A-law or u-law). "
        f"Timelines: {stage.timelines}. Ctrl-C ends it."
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
