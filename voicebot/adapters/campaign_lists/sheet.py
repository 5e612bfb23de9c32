"""An Excel workbook: the rows of its first sheet, read one by one."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.errors import ConfigurationError

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, TypeError, AttributeError, EOFError)
"""What openpyxl raises for workbooks that are none: it has no error of its own for most of them."""


class SheetRows:
    """Rows of an open workbook."""

    def __init__(self, path: Path, workbook: Workbook) -> None:
        self._path = path
        self._sheet = workbook.worksheets[0]
        self._rows = self._sheet.max_row or 0
        self._read = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line (from 1) and cells of each row.

        Raises:
            ConfigurationError: The workbook is damaged, at the line that the message names.
        """
        try:
            for line, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                self._read = line
                yield line, [_text(value) for value in values]
        except _BROKEN as error:
            raise ConfigurationError(
                f"{self._path}:{self._read + 1}: the workbook is damaged; save it anew in the spreadsheet"
            ) from error

    def part(self) -> float:
        """How much has been read, 0 to 1."""
        return min(1.0, self._read / self._rows) if self._rows else 0.0


@contextmanager
def open_sheet(path: Path) -> Iterator[SheetRows]:
    """Open a workbook.

    Raises:
        ConfigurationError: It cannot be read, or is no workbook.
    """
    from openpyxl import load_workbook  # slow to load, and seldom needed

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not concern us
            workbook = load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); give an existing file"
        ) from error
    except Exception as error:
        # openpyxl has no error of its own for a file that is no workbook.
        raise ConfigurationError(
            f"{path}: not an Excel workbook (.xlsx); save it as one, or as CSV"
        ) from error
    try:
        if not workbook.worksheets:
            raise ConfigurationError(f"{path}: the workbook has no sheet; put the list into its first one")
        yield SheetRows(path, workbook)
    finally:
        workbook.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a telephone number that was typed as a number
    return str(value)
