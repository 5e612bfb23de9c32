"""The ``voicebot`` command: every sub-command in one place.

Exit status: 0 success, 1 failure, 2 bad use (a wrong option, setting or file).
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from voicebot import __version__
from voicebot.cli import prompts
from voicebot.cli.demo import demo
from voicebot.cli.doctor import doctor
from voicebot.cli.serve import serve
from voicebot.cli.simulate import simulate
from voicebot.cli.timeline import timeline
from voicebot.cli.transcribe import transcribe
from voicebot.errors import ConfigurationError, VoicebotError

app = typer.Typer(
    name="voicebot",
    help="Korean voice-bot telephony engine on Asterisk for city halls.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo)
app.command()(serve)
app.command()(doctor)
app.command()(simulate)
app.command()(transcribe)
app.command()(timeline)
app.add_typer(prompts.app, name="prompts")


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
        Console(stderr=True, highlight=False).print(f"voicebot: {error}", markup=False, soft_wrap=True)
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)


if __name__ == "__main__":
    run()
