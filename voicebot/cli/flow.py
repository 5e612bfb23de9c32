"""``voicebot flow``: check and draw the flows of services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from voicebot.dialogue.flow import Compilation
from voicebot.dialogue.flow.drawing import draw_plan
from voicebot.errors import FlowError
from voicebot.services.loading import compile_file, service_equipment, service_flow, service_names

app = typer.Typer(help="Check and draw the flows of services.", no_args_is_help=True)

_Flow = Annotated[str, typer.Argument(metavar="SERVICE|FILE", help="A service's name, or a flow file.")]


def _compile(flow: str) -> Compilation:
    """Compile a service or a file.

    Raises:
        typer.Exit: There is neither (exit code 2).
    """
    try:
        if flow in service_names():
            equipment = service_equipment(flow)
            return compile_file(service_flow(flow), None, equipment.functions, equipment.answers)
        if not Path(flow).is_file():
            raise FlowError(f"{flow}: no such service or file; services are {', '.join(service_names())}")
        return compile_file(Path(flow))
    except FlowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


@app.command()
def check(
    flow: _Flow,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Check a flow: exit 0 if it is good (warnings are shown), 1 if it has mistakes, 2 if there is none."""
    compilation = _compile(flow)
    good = compilation.plan is not None
    if as_json:
        problems = [
            {
                "file": problem.file,
                "line": problem.line,
                "severity": "warning" if problem.warning else "error",
                "message": problem.message,
            }
            for problem in compilation.problems
        ]
        states = len(compilation.plan.states) if compilation.plan is not None else 0
        typer.echo(json.dumps({"ok": good, "states": states, "problems": problems}, ensure_ascii=False))
    else:
        for problem in compilation.problems:
            typer.echo(str(problem), err=not problem.warning)
        if compilation.plan is not None:
            typer.echo(f"{compilation.plan.name}: good, {len(compilation.plan.states)} states")
    if not good:
        raise typer.Exit(1)


@app.command()
def draw(
    flow: _Flow,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="OUT", help="Where the picture goes [SERVICE.svg].")
    ] = None,
) -> None:
    """Draw a flow as SVG."""
    compilation = _compile(flow)
    if compilation.plan is None:
        for problem in compilation.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1)
    target = svg or Path(f"{compilation.plan.name}.svg")
    try:
        target.write_text(draw_plan(compilation.plan), encoding="utf-8")
    except OSError as error:
        typer.echo(f"{target}: cannot be written ({error.strerror}); choose another --svg path", err=True)
        raise typer.Exit(1) from error
    typer.echo(str(target))
