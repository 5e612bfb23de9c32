"""What whoever runs the training sees."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from models.train.evaluation import Score
from models.train.network.training import Report

_RECENT_STEPS = 50
_PERCENT = 100.0
_SHOWN_LETTERS = 40  # a young network repeats itself


class Display:
    """Progress bars and lines on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, line: str) -> None:
        """One line."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def clips(self) -> Iterator[Callable[[int, int], None]]:
        """A bar over the shards; yields what to tell the shards made and their number."""
        columns = (
            TextColumn("speaking"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("thousand clips, left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task("", total=None)
            yield lambda made, count: progress.update(task, completed=made, total=count)

    @contextmanager
    def training(self, begun: float) -> Iterator[Callable[[Report], None]]:
        """A bar over the budget, of which the share ``begun`` is used up; yields what to tell each step."""
        columns = (
            TextColumn("learning"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}, left"),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        recent: deque[tuple[float, Report]] = deque(maxlen=_RECENT_STEPS)
        with Progress(*columns, console=self._console, speed_estimate_period=300.0) as progress:
            task = progress.add_task("", total=_PERCENT)
            progress.update(task, completed=_PERCENT * begun)

            def show(report: Report) -> None:
                recent.append((time.monotonic(), report))
                progress.update(task, completed=_PERCENT * report.progress, description=_line(list(recent)))

            yield show

    def score(self, step: int, score: Score) -> None:
        """How the fixed set was recognised."""
        self.say(
            f"step {step}: {score.cer_percent:.2f} % of the letters wrong on the fixed set, "
            f"text on {score.phantoms} of {score.silent} clips without speech"
        )
        for said, heard in score.errors:
            self.say(f"    {said or 'no speech'} → {heard[:_SHOWN_LETTERS] or 'nothing'}")


def _line(recent: list[tuple[float, Report]]) -> str:
    reports = [report for _, report in recent]
    seconds = recent[-1][0] - recent[0][0]
    speed = sum(report.clips for report in reports[1:]) / seconds if seconds else 0.0
    return (
        f"step {reports[-1].step}, loss {sum(report.token_loss for report in reports) / len(reports):.3f}, "
        f"CTC {sum(report.sound_loss for report in reports) / len(reports):.3f}, {speed:.0f} clips/s"
    )
