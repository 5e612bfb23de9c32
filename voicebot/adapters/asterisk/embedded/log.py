"""What Asterisk wrote about itself in a run folder."""

from __future__ import annotations

import contextlib
from pathlib import Path

CONSOLE = "console.log"
"""What it printed: all there is when it ends before its own logs are open."""

MESSAGES = "state/log/messages.log"

_TELLING = (" ERROR[", " WARNING[")


def telling_line(run_dir: Path) -> str:
    """The line that says most likely what is wrong: first error, else first warning, else last line."""
    for sign in _TELLING:
        if found := line_with(run_dir, sign):
            return found
    said = [line.strip() for line in _lines(run_dir) if line.strip()]
    return said[-1] if said else f"nothing in {run_dir / CONSOLE}"


def line_with(run_dir: Path, part: str) -> str:
    """The first line that holds ``part``, or nothing."""
    return next((line.strip() for line in _lines(run_dir) if part in line), "")


def _lines(run_dir: Path) -> list[str]:
    lines: list[str] = []
    for name in (MESSAGES, CONSOLE):
        with contextlib.suppress(OSError):
            lines += (run_dir / name).read_text(encoding="utf-8", errors="replace").splitlines()
    return lines
