"""A report as a file, in the format that its name asks for."""

from __future__ import annotations

from pathlib import Path

from voicebot.adapters.reports.page import page
from voicebot.adapters.reports.spreadsheet import AddRow, csv_file, whole_file, workbook_file
from voicebot.reports.document import Document, Table

FORMATS = (".csv", ".xlsx", ".html")

_SUMMARY = "요약"
_NARROW, _WIDE = 16, 60
"""Widths of columns in an Excel sheet, in signs."""


def write_document(path: Path, document: Document) -> None:
    """Write a report; what is there is replaced.

    Args:
        path: Ends in one of ``FORMATS``.
        document: The report.

    Raises:
        ConfigurationError: It cannot be written there; what was there still is.
    """
    with whole_file(path) as unfinished:
        match path.suffix.lower():
            case ".xlsx":
                _write_workbook(unfinished, document)
            case ".csv":
                with csv_file(unfinished) as add:
                    _write_tables(add, document)
            case _:
                unfinished.write_text(page(document), encoding="utf-8")


def _write_tables(add: AddRow, document: Document) -> None:
    """All tables below each other, an empty line between."""
    _write_head(add, document)
    for table in document.tables:
        add(())
        add((table.heading,))
        _write_table(add, table)


def _write_head(add: AddRow, document: Document) -> None:
    add((document.title, document.subject))
    add(("만든 때", f"{document.made_at:%Y-%m-%d %H:%M}"))
    for figure in document.figures:
        add((figure.name, figure.value, figure.note))


def _write_table(add: AddRow, table: Table) -> None:
    add([column.heading for column in table.columns])
    for row in table.rows:
        add(row.cells)
    if not table.rows:
        add((table.empty,))


def _write_workbook(path: Path, document: Document) -> None:
    """One sheet a table, after one with the figures."""
    with workbook_file(path) as workbook:
        _write_head(workbook.sheet(_SUMMARY, widths=(_NARROW, _WIDE)), document)
        for table in document.tables:
            widths = [_WIDE if column.wide else _NARROW for column in table.columns]
            _write_table(workbook.sheet(table.heading, widths, frozen_rows=1), table)
