"""``voicebot serve``: the engine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.logs import write_logs
from voicebot.cli.service_manager import READY, STOPPING, ServiceManager
from voicebot.config import READY_LINE, Settings, load_settings


def serve(
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
) -> None:
    """Serve calls until stopped (Ctrl-C, SIGTERM): then no new calls, and people for those who remain."""
    write_logs()
    asyncio.run(serve_calls(load_settings(config)))


async def serve_calls(settings: Settings, wall_clock: Callable[[], datetime] | None = None) -> None:
    """Serve until a signal ends it.

    Args:
        settings: Checked settings.
        wall_clock: By which campaigns call; ``None``: the time in Korea.

    Raises:
        ConfigurationError: A setting, file or folder must be mended.
        AsteriskUnavailable: There is no Asterisk to serve.
    """
    from voicebot.adapters.asterisk.embedded.process import EmbeddedAsterisk
    from voicebot.adapters.asterisk.embedded.render import AsteriskOptions
    from voicebot.engine.assembly import Engine
    from voicebot.engine.reach import reach_asterisk

    engine = Engine(settings, wall_clock)  # what is wrong with services is told before anything is started
    stop = asyncio.Event()
    manager = ServiceManager.of(os.environ)

    def end() -> None:
        manager.tell(STOPPING)
        stop.set()

    def ready(warning: str) -> None:
        _ready(warning)
        manager.tell(READY)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    async with AsyncExitStack() as cleanup:
        keeping = asyncio.create_task(manager.keep_alive())
        cleanup.callback(keeping.cancel)
        reach = reach_asterisk(settings)
        if reach is None:
            # It outlives us if we are killed: its dialplan then takes the citizens to the duty queue.
            asterisk = EmbeddedAsterisk(
                settings.asterisk.run_dir,
                AsteriskOptions(application=settings.asterisk.application),
                die_with_parent=False,
            )
            await cleanup.enter_async_context(asterisk)
            reach = reach_asterisk(settings)
            assert reach is not None, "it has just answered"
        await engine.run(reach, stop, ready)


def _ready(warning: str) -> None:
    if warning:
        typer.echo(warning)
    typer.echo(READY_LINE)
