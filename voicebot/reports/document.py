"""A report as data: a head, a few figures, then tables and charts, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Cell = str | int
"""A number stays a number, so that a spreadsheet can add it up."""


class Urgency(StrEnum):
    """How soon somebody must act; the order is the order of lists."""

    URGENT = "urgent"
    TODAY = "today"
    NOTE = "note"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 goes first."""
        return list(Urgency).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    key: str
    """In JSON."""
    heading: str
    wide: bool = False
    """Holds sentences: takes what room there is."""
    names: bool = False
    """Its numbers name a case or an alert: they are written digit by digit, as commands take them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table."""

    cells: tuple[Cell, ...]
    urgency: Urgency = Urgency.NONE
    total: bool = False
    """The sum of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading and rows of equal length."""

    key: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = "없음"
    """Stands in the place of no rows."""
    note: str = ""
    """Below the heading: what is counted, what was left out."""
    ticked: bool = False
    """On paper each row has a box to tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of a chart."""

    label: str
    value: float
    urgency: Urgency = Urgency.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Values over time."""

    key: str
    heading: str
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    """Value → its word on the left, from the lowest to the highest."""
    note: str = ""


Section = Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that is read first."""

    key: str
    name: str
    value: Cell
    note: str = ""
    urgency: Urgency = Urgency.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One report."""

    title: str
    subject: str
    """What it is about: a day, a person, a campaign, a call."""
    made_at: datetime
    """In Korea."""
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = field(default=())
    notice: str = ""
    """Below everything: how to treat the paper."""
    signed_by: tuple[str, ...] = ()
    """On paper there is a box for the signature of each."""

    @property
    def tables(self) -> Iterator[Table]:
        """The sections that are tables."""
        return (section for section in self.sections if isinstance(section, Table))


def pairs(key: str, heading: str, values: Sequence[tuple[str, Cell]], empty: str = "없음") -> Table:
    """A table of names and values; those without a value are left out."""
    return Table(
        key=key,
        heading=heading,
        columns=(Column(key="name", heading="항목"), Column(key="value", heading="내용", wide=True)),
        rows=tuple(Row(cells=pair) for pair in values if pair[1] != ""),
        empty=empty,
    )


def as_json(document: Document) -> dict[str, Any]:
    """A document as plain JSON: figures by key, tables by key as lists of rows."""
    return {
        "title": document.title,
        "subject": document.subject,
        "made_at": document.made_at.isoformat(timespec="seconds"),
        "figures": {figure.key: figure.value for figure in document.figures},
        "tables": {table.key: _rows_json(table) for table in document.tables},
    }


def _rows_json(table: Table) -> list[dict[str, Cell]]:
    """The rows but the sums, which a program makes itself."""
    return [_row_json(table, row) for row in table.rows if not row.total]


def _row_json(table: Table, row: Row) -> dict[str, Cell]:
    cells = {column.key: cell for column, cell in zip(table.columns, row.cells, strict=True)}
    return cells if row.urgency is Urgency.NONE else cells | {"urgency": row.urgency.value}
