"""Tables as CSV for any spreadsheet, or as an Excel workbook, written row by row.

Whatever stands in a cell, no program takes it for a formula, and none refuses the file for a sign in it.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.campaigns.cells import neutral
from voicebot.errors import ConfigurationError
from voicebot.reports.document import Cell

if TYPE_CHECKING:
    from openpyxl import Workbook as OpenpyxlWorkbook

AddRow = Callable[[Sequence[Cell]], None]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""No workbook may hold these (XML 1.0, 2.2); recognised speech never does, but an imported name might."""

_LONGEST_CELL = 32_767
"""Signs of a cell (Excel specifications and limits)."""

_UNFINISHED = ".part"

_LONGEST_TITLE = 31
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
"""Excel refuses these in the names of sheets, and longer names."""


class Workbook:
    """An Excel workbook that is written sheet by sheet, row by row.

    Args:
        workbook: Of openpyxl, empty, for writing only.
    """

    def __init__(self, workbook: OpenpyxlWorkbook) -> None:
        self._workbook = workbook

    def sheet(self, title: str, widths: Sequence[int] = (), frozen_rows: int = 0) -> AddRow:
        """Begin a sheet; what is returned adds a row to it.

        Args:
            title: Its name; what Excel does not allow is left out.
            widths: Of the columns, in signs.
            frozen_rows: At the top, that stay in sight.
        """
        from openpyxl.utils import get_column_letter

        sheet = self._workbook.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:_LONGEST_TITLE])
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        if frozen_rows:
            sheet.freeze_panes = f"A{frozen_rows + 1}"

        def add(cells: Sequence[Cell]) -> None:
            sheet.append([_cell(cell) for cell in cells])

        return add


@contextmanager
def workbook_file(path: Path) -> Iterator[Workbook]:
    """An Excel file; what is yielded makes its sheets."""
    from openpyxl import Workbook as OpenpyxlWorkbook  # a fifth of a second, for this alone

    workbook = OpenpyxlWorkbook(write_only=True)
    with path.open("wb") as file:
        try:
            yield Workbook(workbook)
            workbook.save(file)
        except BaseException:
            for sheet in workbook.worksheets:  # each has a file of its own until it is saved
                sheet.close()
            raise


@contextmanager
def csv_file(path: Path) -> Iterator[AddRow]:
    """A CSV file; what is yielded adds a row to it."""
    # With a BOM, or Excel takes it for CP949. Every text in quotes, so that no sign in it parts cells where
    # a program parts them by something else than commas.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        yield lambda cells: writer.writerow([_cell(cell) for cell in cells])


@contextmanager
def table_file(path: Path, title: str) -> Iterator[AddRow]:
    """A file with one table, CSV or Excel by its name; what is yielded adds a row to it.

    Raises:
        ConfigurationError: It cannot be written there.
    """
    with whole_file(path) as unfinished:
        if path.suffix.lower() != ".xlsx":
            with csv_file(unfinished) as add:
                yield add
            return
        with workbook_file(unfinished) as workbook:
            yield workbook.sheet(title)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where to write a file that takes its place only once it is complete.

    Half a list that somebody calls by is worse than none, and yesterday's is better than half of today's.

    Raises:
        ConfigurationError: It cannot be written there; what was there still is.
    """
    target = path.resolve()  # of a link, what it names is replaced
    unfinished = target.with_name(f".{os.getpid()}{_UNFINISHED}")
    try:
        try:
            unfinished.touch()
            if target.exists():
                target.open("ab").close()  # one that must not be written is not replaced either
                shutil.copymode(target, unfinished)
            yield unfinished
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({error.strerror}); choose another") from error


def _cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return neutral(_CONTROL.sub("", cell))[:_LONGEST_CELL]
