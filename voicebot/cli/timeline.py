"""``voicebot timeline FILE``: a call's timeline as a picture, and its turns on the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voicebot.errors import TimelineError
from voicebot.timeline.drawing import draw, gap_colour, headline
from voicebot.timeline.reading import Reading, percentile, read
from voicebot.timeline.record import Timeline, parse


def timeline(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Timeline of a call (.jsonl).")
    ],
    svg: Annotated[
        Path | None, typer.Option(help="Where to draw; the timeline's own name with .svg if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print turns and gaps as JSON.")] = False,
) -> None:
    """Draw both sides of a call as an SVG, and list its turns and response gaps."""
    loaded = load_timeline(file)
    drawing = svg or file.with_suffix(".svg")
    try:
        drawing.write_text(draw(loaded), encoding="utf-8")
    except OSError as error:
        raise TimelineError(f"{drawing}: cannot be written ({error.strerror}); choose --svg") from error
    reading = read(loaded)
    if as_json:
        typer.echo(json.dumps(_summary(reading, drawing), ensure_ascii=False))
        return
    console = Console(highlight=False)
    first, second = headline(loaded, reading)
    console.print(f"[bold]{escape(first)}[/bold]\n{escape(second)}\n")
    console.print(_table(reading))
    console.print(f"\n{escape(os.fspath(drawing))}", soft_wrap=True)


def load_timeline(file: Path) -> Timeline:
    """Read a timeline file.

    Raises:
        TimelineError: It cannot be read or breaks the format; the message begins with ``file:line``.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            loaded = parse(lines, str(file))
    except OSError as error:
        raise TimelineError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise TimelineError(f"{file}:1: not a timeline: the file is not UTF-8 text") from error
    if not loaded.records:
        raise TimelineError(f"{file}:1: not a timeline: the file has no entries")
    return loaded


def _table(reading: Reading) -> Table:
    table = Table("from", "citizen", "gap", "bot", box=None, pad_edge=False, header_style="dim")
    answered_s = [turn.answered_s for turn in reading.turns]
    rows = [
        (span.start_s, "", "", escape(span.text)) for span in reading.bot if span.start_s not in answered_s
    ]
    for turn in reading.turns:
        start_s = turn.voice.start_s if turn.voice else turn.committed_s
        gap = "taken back" if turn.retracted else ""
        if turn.gap_ms is not None:
            gap = f"[{gap_colour(turn.gap_ms)}]{turn.gap_ms:.0f} ms[/]"
        rows.append((start_s, escape(turn.text), gap, escape(turn.answer)))
    for start_s, citizen, gap, bot in sorted(rows, key=lambda row: row[0]):
        table.add_row(f"{start_s:.1f} s", citizen, gap, bot)
    return table


def _summary(reading: Reading, drawing: Path) -> dict[str, object]:
    gaps = reading.gaps_ms
    return {
        "svg": str(drawing),
        "duration_s": round(reading.end_s, 3),
        "gap_ms": {
            "p50": round(percentile(gaps, 0.5)) if gaps else None,
            "max": round(max(gaps)) if gaps else None,
        },
        "turns": [
            {
                "turn_id": turn.turn_id,
                "committed_s": turn.committed_s,
                "heard": turn.text,
                "answer": turn.answer,
                "gap_ms": None if turn.gap_ms is None else round(turn.gap_ms),
                "early": turn.early,
                "retracted": turn.retracted,
            }
            for turn in reading.turns
        ],
    }
