"""``voicebot prompts render``: speaks every fixed prompt into the cache before the first call."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from voicebot.adapters.synthesis.plugins import load_fallback, load_synthesiser
from voicebot.config import Settings, load_settings
from voicebot.engine.handoff import HANDOFF_TEXTS
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.parts import named_service
from voicebot.engine.prompts import PromptStore, RenderReport
from voicebot.ports import Synthesiser

app = typer.Typer(help="The prompts' audio.", no_args_is_help=True)

_FAILURES_SHOWN = 5


@app.callback()
def _prompts() -> None:
    """Keeps ``render`` a command of its own while it is the only one."""


@app.command()
def render(
    engine: Annotated[
        str | None, typer.Option(help="Synthesiser in place of [tts] engine: espeak, edge or a plug-in's.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file (default: voicebot.toml here).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Render every fixed prompt of the configured services into the cache, at every speaking rate.

    What is there already is kept. An engine on the network is used here only, never during a call: serve with
    the same [tts] engine, so that it finds what was rendered.
    """
    settings = load_settings(config)
    if engine is not None:
        settings = settings.model_copy(update={"tts": settings.tts.model_copy(update={"engine": engine})})
    texts = service_texts(settings)
    synthesiser = load_synthesiser(settings.tts)
    began = time.monotonic()
    report = asyncio.run(_render(settings, synthesiser, texts))
    seconds = time.monotonic() - began
    if as_json:
        typer.echo(json.dumps(_summary(report, synthesiser, settings, seconds), ensure_ascii=False))
    else:
        _print(report, synthesiser, settings, seconds)
    if report.failed:
        raise typer.Exit(1)


def service_texts(settings: Settings) -> list[str]:
    """What the services of these settings, those that only campaigns call for too, and hand-overs always say.

    Raises:
        FlowError: A service is unknown or its flow is wrong.
    """
    names = sorted({*settings.numbers.values(), *settings.dialling.services})
    services = (named_service(settings, name) for name in names)
    return [*(text for service in services for text in service.fixed_texts()), *HANDOFF_TEXTS]


async def _render(settings: Settings, synthesiser: Synthesiser, texts: list[str]) -> RenderReport:
    columns = (TextColumn("Rendering prompts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # On the error stream: what is printed stays readable for programs.
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        async with PromptStore(
            synthesiser=synthesiser,
            fallback=load_fallback(settings.tts),
            wire_format=ALAW,
            folder=settings.tts.cache_dir,
        ) as store:
            return await store.render_all(
                texts, progress=lambda done, total: progress.update(task, completed=done, total=total)
            )


def _print(report: RenderReport, synthesiser: Synthesiser, settings: Settings, seconds: float) -> None:
    console = Console(highlight=False)
    words = f"{report.rendered} prompts rendered in {seconds:.1f} s, {report.cached} there already"
    where = escape(f"({synthesiser.identity}, {settings.tts.cache_dir})")
    console.print(f"{words} {where}", soft_wrap=True)
    for text, reason in list(report.failed.items())[:_FAILURES_SHOWN]:
        console.print(f"[red]failed[/red] {escape(text)}\n  {escape(reason)}", soft_wrap=True)
    if len(report.failed) > _FAILURES_SHOWN:
        console.print(f"[red]failed[/red] {len(report.failed) - _FAILURES_SHOWN} more")


def _summary(
    report: RenderReport, synthesiser: Synthesiser, settings: Settings, seconds: float
) -> dict[str, object]:
    return {
        "engine": synthesiser.identity,
        "cache": str(settings.tts.cache_dir),
        "rendered": report.rendered,
        "cached": report.cached,
        "failed": report.failed,
        "seconds": round(seconds, 2),
    }
