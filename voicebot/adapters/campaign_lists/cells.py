"""A list of people as rows of text, whatever file it comes in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from voicebot.adapters.campaign_lists.csv_file import open_csv
from voicebot.adapters.campaign_lists.sheet import open_sheet
from voicebot.errors import ConfigurationError


class Rows(Protocol):
    """Rows that are read one by one."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line (from 1) and cells of each row.

        Raises:
            ConfigurationError: The file breaks off or its format; the message names the line.
        """
        ...

    def part(self) -> float:
        """How much has been read, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list of people on the disk.

    Raises:
        ConfigurationError: It is neither CSV nor an Excel sheet.
    """

    path: Path

    def __post_init__(self) -> None:
        if self.path.suffix.lower() == ".xls":
            raise ConfigurationError(f"{self.path}: save the old .xls sheet as .xlsx or as CSV")
        if self.path.suffix.lower() not in (".csv", ".tsv", ".txt", ".xlsx"):
            raise ConfigurationError(f"{self.path}: give a list as .csv or .xlsx")

    def open(self) -> AbstractContextManager[Rows]:
        """Open it for reading.

        Raises:
            ConfigurationError: It cannot be read.
        """
        return open_sheet(self.path) if self.path.suffix.lower() == ".xlsx" else open_csv(self.path)
