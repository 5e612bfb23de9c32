"""``voicebot simulate SERVICE --persona FILE``: one real SIP call by a scripted citizen."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from contextlib import AsyncExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import AsteriskOptions
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.folders import empty_folder
from voicebot.cli.known import KnownOption, known_facts
from voicebot.config import RecogniserSettings
from voicebot.errors import ConfigurationError
from voicebot.ports import Recogniser
from voicebot.services import load_service
from voicebot.testing.calling import SipTarget, run_persona
from voicebot.testing.exchange import access_to, open_exchange
from voicebot.testing.persona import Persona, load_persona
from voicebot.testing.rendering import render_persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import StageOptions, known_of, open_stage
from voicebot.testing.stage_call import hold_call

PERSONAS = Path(__file__).parent.parent / "testing/personas"

_NUMBER = "1000"
"""The number of the service on our own stage."""


class SimulatedService(StrEnum):
    """What can be called."""

    DUTY = "duty"
    CARE = "care"
    WELFARE = "welfare"


def simulate(
    service: Annotated[SimulatedService, typer.Argument(help="The service that is called.")],
    persona: Annotated[
        Path,
        typer.Option(help="Persona file, or the name of one that comes with voicebot, e.g. street_lamp."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the call as JSON.")] = False,
    engine_sip: Annotated[
        str, typer.Option(help="HOST:PORT of a running engine's SIP; not given: one is started for the call.")
    ] = "",
    number: Annotated[str, typer.Option(help="The number to call.")] = _NUMBER,
    by_order: Annotated[
        bool, typer.Option("--by-order", help="Answer in the file's order, without recognising the bot.")
    ] = False,
    known: KnownOption = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where to write, emptied first; not given: a folder removed after.")
    ] = None,
) -> None:
    """Let a scripted citizen hold one real call; exit status 0 if it came to what the persona expects."""
    who = load_persona(find_persona(persona))
    if who.service != service.value:
        raise ConfigurationError(f"{persona}: a persona for {who.service!r}, not for {service.value!r}")
    if engine_sip and not _is_address(engine_sip):
        raise ConfigurationError(f"--engine-sip {engine_sip!r}: give HOST:PORT, e.g. 127.0.0.1:5060")
    if engine_sip and (known or who.known):
        raise ConfigurationError(
            f"--engine-sip: that engine tells its flows what its own settings know; write "
            f"[known.{who.caller_id}] there, and call with a persona that brings nothing"
        )
    facts = known_facts(known, load_service(service.value), who.known)
    if facts and not who.caller_id:
        raise ConfigurationError(
            f"{persona}: what is known is found by the caller's number; give 'caller_id'"
        )
    who = who.model_copy(update={"known": facts})
    recogniser = None if by_order else WhisperRecogniser.load(RecogniserSettings())
    place = folder or Path(tempfile.mkdtemp(prefix="voicebot-simulate-"))
    try:
        if folder is not None:
            empty_folder(folder)
        report = asyncio.run(_simulate(who, place, engine_sip, number, recogniser))
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    shortfalls = report.shortfalls(who.expect)
    if as_json:
        typer.echo(json.dumps({**report.as_json(), "shortfalls": shortfalls}, ensure_ascii=False))
    else:
        _print(Console(highlight=False), report, shortfalls)
    if shortfalls:
        raise typer.Exit(1)


def find_persona(given: Path) -> Path:
    """The file, or the persona of that name that comes with voicebot.

    Raises:
        ConfigurationError: There is neither; the message names those that come with voicebot.
    """
    if given.is_file():
        return given
    ours = PERSONAS / f"{given.name.removesuffix('.yaml')}.yaml"
    if given.parent == Path() and ours.is_file():
        return ours
    names = ", ".join(sorted(path.stem for path in PERSONAS.glob("*.yaml")))
    raise ConfigurationError(f"{given}: no such file, and no persona of that name; there are {names}")


async def _simulate(
    persona: Persona, folder: Path, engine_sip: str, number: str, recogniser: Recogniser | None
) -> CallReport:
    async with AsyncExitStack() as cleanup:
        if recogniser is not None:
            cleanup.push_async_callback(recogniser.close)
        if engine_sip:
            options = AsteriskOptions(role="citizen", peer=engine_sip, max_calls=4)
            asterisk = await cleanup.enter_async_context(EmbeddedAsterisk(folder / "citizen", options))
            exchange = await cleanup.enter_async_context(open_exchange(access_to(asterisk.endpoints)))
            repertoire = await render_persona(persona)
            return await run_persona(
                persona, SipTarget(number=number), exchange, repertoire, recogniser=recogniser
            )
        stage = await cleanup.enter_async_context(
            open_stage(
                StageOptions(folder=folder, numbers={number: persona.service}, settings=known_of([persona]))
            )
        )
        exchange = await cleanup.enter_async_context(open_exchange(stage.citizens))
        return (await hold_call(stage, exchange, persona, number, recogniser=recogniser)).report


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def _print(console: Console, report: CallReport, shortfalls: list[str]) -> None:
    table = Table("bot", "citizen", "heard as", "gap", box=None, pad_edge=False, header_style="dim")
    for turn in report.turns:
        said = turn.said + (f" [keys {turn.keys}]" if turn.keys else "")
        gap = "cut off" if turn.cut_off else "" if turn.gap_ms is None else f"{turn.gap_ms:.0f} ms"
        table.add_row(escape(turn.bot), escape(said), escape(turn.heard), gap)
    console.print(table)
    engine = report.engine
    case = f", case {engine.case}" if engine is not None and engine.case else ""
    console.print(f"\n{escape(report.persona)}: {report.outcome or 'unknown outcome'}{case}")
    if engine is not None and engine.report:
        console.print(f"\n{escape(engine.report)}\n")
    for line in shortfalls:
        console.print(f"not as expected: {escape(line)}")
