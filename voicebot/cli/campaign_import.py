"""The import of a list with its progress bar and its file of rows that were left out."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from voicebot.adapters.campaign_lists.cells import ListFile
from voicebot.adapters.records.records import Records
from voicebot.campaigns.hours import next_due
from voicebot.campaigns.plan import from_settings
from voicebot.campaigns.rows import RowProblem
from voicebot.engine.campaign_import import ImportReport, import_list
from voicebot.errors import ConfigurationError, VoicebotError
from voicebot.records.campaigns import CampaignState

_KEPT_PROBLEMS = 20
"""Shown on the screen; a file takes all of them."""


async def import_with_progress(
    records: Records, name: str, list_file: Path, *, dry_run: bool, errors: Path | None, now: datetime
) -> tuple[ImportReport, list[RowProblem]]:
    """Import a list; the first problems are returned, all are written to a file where one is named.

    Raises:
        ConfigurationError: There is no such campaign, or a file cannot be read or written.
        RecordsError: The records could not be written.
        VoicebotError: The campaign is over.
    """
    campaign = await records.campaigns.get(name)
    if campaign is None:
        raise ConfigurationError(f"there is no campaign {name!r}; make it: voicebot campaign create FILE")
    due_at = next_due(from_settings(campaign.settings), now)
    if due_at is None or campaign.state in (CampaignState.STOPPED, CampaignState.FINISHED):
        raise VoicebotError(f"campaign {name} is over; create a new one")
    kept: list[RowProblem] = []
    with ExitStack() as cleanup:
        writer = None
        if errors is not None:
            try:
                file = cleanup.enter_context(errors.open("w", encoding="utf-8-sig", newline=""))
            except OSError as error:
                raise ConfigurationError(
                    f"{errors}: cannot be written ({error.strerror}); choose another"
                ) from error
            writer = csv.writer(file)
            writer.writerow(("line", "problem", "remedy"))
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        # On the error stream: what is printed stays readable for programs.
        progress = cleanup.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
        task = progress.add_task("0 rows", total=1.0)

        def told(problem: RowProblem) -> None:
            if len(kept) < _KEPT_PROBLEMS:
                kept.append(problem)
            if writer is not None:
                writer.writerow((problem.line, problem.problem.value, problem.remedy))

        report = await import_list(
            records.database,
            campaign.id,
            ListFile(path=list_file),
            due_at=due_at,
            at=now,
            dry_run=dry_run,
            told=told,
            progress=lambda part, rows: progress.update(task, completed=part, description=f"{rows:,} rows"),
        )
    return report, kept
