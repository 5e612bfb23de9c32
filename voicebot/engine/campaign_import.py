"""A list of people into a campaign: read, checked and written row by row, with flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from voicebot.adapters.campaign_lists.cells import ListFile, Rows
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.target_import import BATCH, TargetImport
from voicebot.campaigns.rows import (
    REMEDIES,
    Columns,
    ListedPerson,
    Problem,
    RowProblem,
    SeenNumbers,
    check_row,
    read_headings,
)
from voicebot.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a list."""

    rows: int
    """Without the headings and empty rows."""
    added: int
    """Or, of a dry run, that would be added."""
    problems: dict[Problem, int]
    """Rows that were left out, by the reason."""
    columns_left_out: tuple[str, ...]


async def import_list(
    database: Database,
    campaign_id: int,
    list_file: ListFile,
    *,
    due_at: datetime,
    at: datetime,
    dry_run: bool = False,
    told: Callable[[RowProblem], None] = lambda problem: None,
    progress: Callable[[float, int], None] = lambda part, rows: None,
) -> ImportReport:
    """Add everybody of a list who may be called to a campaign.

    Args:
        database: Of the records.
        campaign_id: The campaign.
        list_file: CSV or Excel.
        due_at: When they may be called first.
        at: Now.
        dry_run: Check everything, write nothing.
        told: Of each row that is left out, in the order of its batch.
        progress: Part of the file that has been read (0 to 1), and rows.

    Raises:
        ConfigurationError: The file cannot be read to its end. Batches that were written stay: mend the file
            and import it again, which adds the rest.
        RecordsError: The records could not be written; likewise.
    """
    importing = TargetImport(database)
    problems: Counter[Problem] = Counter()
    rows = added = 0
    with list_file.open() as opened:
        reading = _Reading(str(list_file.path), opened)
        for people, wrong in reading.batches():
            batch = importing.prepare(people, to_be_written=not dry_run)
            if dry_run:
                found = await importing.check(campaign_id, batch)
            else:
                found = await importing.add(campaign_id, batch, due_at=due_at, at=at)
            wrong += [
                RowProblem(line=line, problem=problem, remedy=REMEDIES[problem])
                for line, problem in found.items()
            ]
            for problem in sorted(wrong, key=lambda problem: problem.line):
                problems[problem.problem] += 1
                told(problem)
            rows += len(people) + len(wrong) - len(found)
            added += len(people) - len(found)
            progress(opened.part(), rows)
    return ImportReport(
        rows=rows,
        added=added,
        problems=dict(problems),
        columns_left_out=reading.columns.left_out if reading.columns else (),
    )


class _Reading:
    """Rows, checked one by one, in batches."""

    def __init__(self, where: str, rows: Rows) -> None:
        self._where = where
        self._rows = rows
        self._seen = SeenNumbers()
        self.columns: Columns | None = None

    def batches(self) -> Iterator[tuple[list[ListedPerson], list[RowProblem]]]:
        """People who may be called, as far as the file tells, and rows that are wrong."""
        people: list[ListedPerson] = []
        wrong: list[RowProblem] = []
        for line, cells in self._rows:
            if self.columns is None:
                if any(map(str.strip, cells)):
                    self.columns = read_headings(f"{self._where}:{line}", cells)
                continue
            row = check_row(self.columns, line, cells)
            if isinstance(row, ListedPerson):
                if self._seen.add(row.phone):
                    people.append(row)
                else:
                    wrong.append(RowProblem(line=line, problem=Problem.TWICE, remedy=REMEDIES[Problem.TWICE]))
            elif row is not None:
                wrong.append(row)
            if len(people) + len(wrong) >= BATCH:
                yield people, wrong
                people, wrong = [], []
        if self.columns is None:
            raise ConfigurationError(
                f"{self._where}:1: the list is empty; its first row must name the columns"
            )
        if people or wrong:
            yield people, wrong
