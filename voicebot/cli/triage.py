"""``voicebot triage``: what told complaints are about, one a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from voicebot.errors import ConfigurationError
from voicebot.services.triage import Judgement, load_triage

_File = Annotated[Path | None, typer.Argument(metavar="FILE", help="Lines to read [standard input].")]


def _said(line: str) -> str:
    """What the line tells: plain text, or the ``said`` of a JSON object.

    Raises:
        ValueError: It is neither, with the remedy.
    """
    if not line.lstrip().startswith("{"):
        return line.strip()
    try:
        told = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError('no valid JSON; write {"said": "…"} or plain text') from error
    said = told.get("said")
    if not isinstance(said, str):
        raise ValueError('"said" is missing or no text; write {"said": "…"}')
    return said.strip()


def _as_json(found: Judgement) -> dict[str, Any]:
    return {
        "type": found.type.code,
        "level": found.type.level,
        "route": found.type.route,
        "department": found.type.department,
        "confidence": round(found.confidence, 3),
        "unsure": not found.certain,
        "alternatives": [
            {"type": other.code, "level": other.level, "confidence": round(confidence, 3)}
            for other, confidence in found.alternatives
        ],
        "also": [issue.code for issue in found.also],
        "slots": dict(found.slots),
    }


def triage(
    file: _File = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON, one line a story (always; for uniformity).")
    ] = False,
) -> None:
    """Triage complaints: plain or JSON lines (`said`) in, JSON lines out."""
    judge = load_triage()
    failed = False
    try:
        text = (
            file.read_text(encoding="utf-8") if file else sys.stdin.buffer.read().decode("utf-8", "replace")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read ({error}); give a UTF-8 text file") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            said = _said(line)
            if not said:
                raise ValueError("nothing is said; write what the citizen told")
        except ValueError as error:
            typer.echo(f"line {number}: {error}", err=True)
            failed = True
            continue
        typer.echo(json.dumps(_as_json(judge.judge(said)), ensure_ascii=False))
    if failed:
        raise typer.Exit(1)
