"""``voicebot asterisk up|down|status|render``: the embedded Asterisk, and files for one of the system's."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from voicebot.adapters.asterisk.embedded.endpoints import Endpoints, ari_answers
from voicebot.adapters.asterisk.embedded.ports import Ports
from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
from voicebot.adapters.asterisk.embedded.render import (
    NOWHERE,
    AsteriskOptions,
    Folders,
    Secrets,
    render,
    template_files,
)
from voicebot.adapters.asterisk.embedded.root import PACKAGED, system_root
from voicebot.adapters.asterisk.embedded.sounds import write_sounds
from voicebot.config import load_settings
from voicebot.errors import AsteriskUnavailable, ConfigurationError

app = typer.Typer(
    help="The embedded Asterisk; and the files for one that the system runs.", no_args_is_help=True
)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; voicebot.toml if there is one.")
]
RunDir = Annotated[Path | None, typer.Option(help="Run folder; the settings' own if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

PRODUCTION_PORTS = Ports(sip=5060, ari=8088, ami=5038, agi=4573, rtp_start=10_000, rtp_end=19_999)
"""The customary ones, as the settings of ``[asterisk]`` assume them for ``mode = "system"``."""


@app.command()
def up(
    config: Config = None,
    run_dir: RunDir = None,
    system: Annotated[bool, typer.Option(help="Run the system's Asterisk program, not our own.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start Asterisk and leave it running; one that runs already is left alone."""
    settings = load_settings(config)
    folder = (run_dir or settings.asterisk.run_dir).absolute()
    running = Endpoints.load(folder)
    if running is None or not running.alive():
        options = AsteriskOptions(application=settings.asterisk.application, system=system)
        running = asyncio.run(EmbeddedAsterisk(folder, options, die_with_parent=False).start())
    _print(running, as_json=as_json)


@app.command()
def down(config: Config = None, run_dir: RunDir = None) -> None:
    """Stop Asterisk; its calls are hung up. Nothing happens when it does not run."""
    folder = (run_dir or load_settings(config).asterisk.run_dir).absolute()
    running = Endpoints.load(folder)
    if running is None or not running.alive():
        typer.echo(f"Asterisk is not running in {folder}")
        return
    asyncio.run(EmbeddedAsterisk(folder).stop())
    typer.echo(f"Asterisk stopped (process {running.pid})")


@app.command()
def status(config: Config = None, run_dir: RunDir = None, as_json: AsJson = False) -> None:
    """Tell whether Asterisk runs and where it listens; exit status 1 if it does not."""
    folder = (run_dir or load_settings(config).asterisk.run_dir).absolute()
    running = Endpoints.load(folder)
    if running is None or not running.alive():
        if as_json:
            typer.echo(json.dumps({"running": False, "run_dir": str(folder)}))
            raise typer.Exit(1)
        raise AsteriskUnavailable(f"Asterisk is not running in {folder}; start it: voicebot asterisk up")
    if not asyncio.run(ari_answers(running)):
        raise AsteriskUnavailable(
            f"process {running.pid} runs, but ARI does not answer on {running.host}:{running.ari_port};"
            f" look into {folder}/state/log/messages.log"
        )
    _print(running, as_json=as_json)


@app.command("render")
def render_files(
    folder: Annotated[
        Path, typer.Argument(help="Where Asterisk reads its configuration, e.g. /etc/asterisk.")
    ],
    state_dir: Annotated[
        Path, typer.Option(help="Where Asterisk keeps what it writes, and our notices.")
    ] = Path("/var/lib/asterisk"),
    sip_host: Annotated[str, typer.Option(help="Address for SIP and RTP.")] = "127.0.0.1",
    trunk_uri: Annotated[
        str, typer.Option(help="SIP address of the carrier, e.g. sip:10.0.0.1:5060.")
    ] = NOWHERE,
    trunk_address: Annotated[list[str] | None, typer.Option(help="Address the carrier calls from.")] = None,
    duty_mobile: Annotated[str, typer.Option(help="The duty officer's mobile.")] = "",
    max_calls: Annotated[int, typer.Option(min=1, max=2000, help="Calls at a time.")] = 200,
    force: Annotated[bool, typer.Option(help="Overwrite files that are there.")] = False,
) -> None:
    """Write the configuration for an Asterisk that the system runs (see docs/ASTERISK.md)."""
    there = [path.name for path in template_files("engine") if (folder / path.name).exists()]
    if there and not force:
        raise ConfigurationError(
            f"{folder} holds {there[0]} already; keep a copy and give --force, or another folder"
        )
    options = AsteriskOptions(
        sip_host=sip_host,
        ports=PRODUCTION_PORTS,
        max_calls=max_calls,
        application=load_settings(None).asterisk.application,
        trunk_addresses=tuple(trunk_address or ["127.0.0.1"]),
        qualify_s=30,
        duty_mobile=duty_mobile,
        trunk_uri=trunk_uri,
    )
    passwords = Secrets(ari_password=secrets.token_urlsafe(24), ami_password=secrets.token_urlsafe(24))
    folders = Folders(
        config=folder.absolute(),
        state=state_dir.absolute(),
        sounds=state_dir.absolute() / "voicebot-sounds",
        socket=Path("/var/run/asterisk"),
    )
    try:
        render(options, system_root() or PACKAGED, PRODUCTION_PORTS, passwords, folders)
        for name in ("lib", "log", "spool/messages"):
            (folders.state / name).mkdir(parents=True, exist_ok=True)
        spoken = write_sounds(folders.sounds)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename}: cannot be written ({error.strerror}); try with sudo"
        ) from error
    typer.echo(f"written to {folder}; the passwords for voicebot are in ari.conf and manager.conf there")
    if not spoken:
        typer.echo("the notices are chimes only: install espeak-ng and run this again with --force")


def _print(running: Endpoints, *, as_json: bool) -> None:
    shown = {
        "running": True,
        "pid": running.pid,
        "host": running.host,
        "sip_port": running.sip_port,
        "ari_port": running.ari_port,
        "ami_port": running.ami_port,
        "agi_port": running.agi_port,
        "rtp_range": list(running.rtp_range),
        "run_dir": str(running.run_dir),
    }
    if as_json:
        typer.echo(json.dumps(shown))
        return
    typer.echo(f"Asterisk runs (process {running.pid}) in {running.run_dir}")
    typer.echo(
        f"{running.host}: SIP {running.sip_port}, ARI {running.ari_port}, AMI {running.ami_port},"
        f" FastAGI expected on {running.agi_port}, RTP {running.rtp_range[0]}-{running.rtp_range[1]}"
    )
