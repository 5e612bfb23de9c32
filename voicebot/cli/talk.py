"""``voicebot talk SERVICE``: a conversation over microphone and loudspeaker, no telephony."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from voicebot.adapters.records.encryption import VARIABLE
from voicebot.adapters.sound_card import SoundCard, WavFiles, list_devices
from voicebot.cli.known import KnownOption, known_facts
from voicebot.cli.live import PrintedTimeline
from voicebot.cli.logs import write_logs
from voicebot.cli.terminal_keys import typed_keys
from voicebot.config import Settings, load_settings
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.parts import EngineParts, call_variables, named_service, open_parts
from voicebot.engine.records import passing_records
from voicebot.engine.talk import Talk
from voicebot.outcome import CallOutcome, CallResult
from voicebot.services import Service


def _print_devices(wanted: bool) -> None:
    if not wanted:
        return
    microphones, loudspeakers = list_devices()
    for what, devices in (("microphone", microphones), ("loudspeaker", loudspeakers)):
        for device in devices:
            typer.echo(f"{what:<12}{device.index:>3}  {device.name}")
        if not devices:
            typer.echo(f"{what:<12}  none")
    raise typer.Exit


def talk(
    service: Annotated[str, typer.Argument(help="A service's name, e.g. duty, or a flow file (.yaml).")],
    config: Annotated[Path | None, typer.Option(help="Settings file (default: voicebot.toml here).")] = None,
    microphone: Annotated[str, typer.Option(help="Number or part of the name; see --devices.")] = "",
    loudspeaker: Annotated[str, typer.Option(help="Number or part of the name; see --devices.")] = "",
    heard: Annotated[
        Path | None,
        typer.Option(
            "--input", help="Mono WAV file in place of the microphone.", exists=True, dir_okay=False
        ),
    ] = None,
    spoken: Annotated[
        Path | None,
        typer.Option("--output", help="WAV file written in place of the loudspeaker.", dir_okay=False),
    ] = None,
    caller: Annotated[str, typer.Option(help="Telephone number to call from; not given: withheld.")] = "",
    known: KnownOption = None,
    devices: Annotated[
        bool,
        typer.Option("--devices", callback=_print_devices, is_eager=True, help="List the sound devices."),
    ] = False,
) -> None:
    """Talk with a service here: no telephone, no Asterisk, else as in a call.

    Keys 0-9 * # typed at the terminal are telephone keys; Ctrl-C hangs up. Headphones are best: where the
    loudspeaker reaches the microphone louder than a telephone's echo would, the bot hears itself speak. Cases
    that are opened are real ones, where VOICEBOT_RECORDS_KEYS has the key of the records; without it nothing
    is kept.

    Needs PyAudio, unless --input and --output are given: apt install portaudio19-dev gcc python3-dev, then
    pip install pyaudio into voicebot's environment.
    """
    if (heard is None) != (spoken is None):
        raise typer.BadParameter("--input and --output go together", param_hint="--input / --output")
    write_logs(logging.WARNING)
    settings = load_settings(config)
    loaded = named_service(settings, service)
    facts = known_facts(known, loaded)
    # Opened before the model is loaded: what is missing is said at once.
    device: SoundCard | WavFiles
    if heard is not None and spoken is not None:
        device = WavFiles(ALAW.sample_rate_hz, heard, spoken)
    else:
        device = SoundCard(ALAW.sample_rate_hz, microphone, loudspeaker)
    console = Console(highlight=False)
    console.print(f"[dim]{escape(device.description)}[/]", soft_wrap=True)
    variables = call_variables("".join(filter(str.isdigit, caller))) | facts
    outcome = asyncio.run(_prepare_and_hold(console, settings, loaded, device, variables))
    console.print(f"[bold]{outcome.result.value}[/]: {escape(outcome.reason)}")
    if outcome.result is CallResult.FAILED:
        raise typer.Exit(1)


async def _prepare_and_hold(
    console: Console,
    settings: Settings,
    service: Service,
    device: SoundCard | WavFiles,
    variables: Mapping[str, str],
) -> CallOutcome:
    async with AsyncExitStack() as opened:
        opened.callback(device.close)  # while the event loop runs: its threads call into it
        records = None
        if not os.environ.get(VARIABLE):
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="voicebot-talk-"))
            records = passing_records(Path(folder))
            console.print(f"[dim]no key in {VARIABLE}: what is noted is forgotten at the end[/]")
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("loading the model, rendering prompts", total=None)
            parts = await opened.enter_async_context(
                open_parts(
                    settings,
                    [service],
                    lambda done, total: progress.update(task, completed=done, total=total),
                    records,
                )
            )
        return await _hold(console, parts, service, device, variables)


async def _hold(
    console: Console,
    parts: EngineParts,
    service: Service,
    device: SoundCard | WavFiles,
    variables: Mapping[str, str],
) -> CallOutcome:
    if parts.warning:
        console.print(f"[yellow]{escape(parts.warning)}[/]", soft_wrap=True)
    loop = asyncio.get_running_loop()
    call_id = f"talk-{secrets.token_hex(4)}"
    conversation = Talk(
        call_id=call_id,
        device=device,
        machine=service.machine(),
        variables=variables,
        parts=parts.shared,
        timeline=PrintedTimeline(console, parts.open_timeline(call_id, service.name), loop.time()),
        service=service.name,
        write_report=service.write_report,
    )

    def hang_up() -> None:
        loop.remove_signal_handler(signal.SIGINT)  # the second Ctrl-C ends the process itself
        conversation.hang_up()

    with typed_keys(conversation.press) as keys:
        console.print(f"[dim]{'keys 0-9 * # are telephone keys; ' if keys else ''}Ctrl-C hangs up[/]")
        loop.add_signal_handler(signal.SIGINT, hang_up)
        try:
            return await conversation.run()
        finally:
            loop.remove_signal_handler(signal.SIGINT)
