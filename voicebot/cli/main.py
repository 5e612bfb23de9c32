"""The ``voicebot`` command: every sub-command in one place.

Exit status: 0 success, 1 failure, 2 bad use (a wrong option, setting or file).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from voicebot import __version__
from voicebot.cli import asterisk, campaign, cases, events, flow, prompts, records, report
from voicebot.cli.demo import demo
from voicebot.cli.doctor import doctor
from voicebot.cli.eligibility import eligibility
from voicebot.cli.interpret import interpret_lines
from voicebot.cli.serve import serve
from voicebot.cli.simulate import simulate
from voicebot.cli.talk import talk
from voicebot.cli.timeline import timeline
from voicebot.cli.transcribe import transcribe
from voicebot.cli.triage import triage
from voicebot.errors import ConfigurationError, VoicebotError

app = typer.Typer(
    name="voicebot",
    help="Korean voice-bot telephony engine on Asterisk for city halls.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Typer's own default takes "[tts]" in a help text for a colour, and drops it.
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo)
app.command()(serve)
app.command()(doctor)
app.add_typer(asterisk.app, name="asterisk")
app.command()(simulate)
app.command()(talk)
app.command()(transcribe)
app.command()(eligibility)
app.command(name="interpret")(interpret_lines)
app.command()(triage)
app.command()(timeline)
app.add_typer(flow.app, name="flow")
app.add_typer(prompts.app, name="prompts")
app.add_typer(cases.app, name="cases")
app.add_typer(records.app, name="records")
app.add_typer(campaign.app, name="campaign")
app.add_typer(report.app, name="report")
app.add_typer(events.app, name="events")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Entry point: errors of ours become one readable message and an exit status."""
    try:
        app()
    except VoicebotError as error:
        _fail([error])
    except BaseExceptionGroup as group:
        ours, others = group.split(VoicebotError)
        if ours is None or others is not None:
            raise
        _fail(list(_leaves(ours)))


def _fail(errors: list[VoicebotError]) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    for message in dict.fromkeys(map(str, errors)):  # two parts may fail for the same reason
        console.print(f"voicebot: {message}", markup=False, soft_wrap=True)
    sys.exit(2 if any(isinstance(error, ConfigurationError) for error in errors) else 1)


def _leaves(group: BaseExceptionGroup[VoicebotError]) -> Iterator[VoicebotError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


if __name__ == "__main__":
    run()
