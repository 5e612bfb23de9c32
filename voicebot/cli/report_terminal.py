"""A report on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from voicebot.reports.document import Document, Row, Table, Urgency

_WIDTH_OF_PIPES = 160
"""Signs of a line where nobody's window says how wide it is."""

_ROOMY = 120
"""From this width on only sentences are broken into lines; below it, anything."""

_STYLES = {Urgency.URGENT: "bold red", Urgency.TODAY: "yellow"}


def show(document: Document) -> None:
    """Print a report: head, figures, tables; charts are for paper."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_PIPES
    console.print(f"[bold]{escape(document.title)}: {escape(document.subject)}[/]", soft_wrap=True)
    console.print(f"{document.made_at:%Y-%m-%d %H:%M} 기준")
    figures = RichTable(box=None, pad_edge=False, show_header=False)
    for figure in document.figures:
        style = _STYLES.get(figure.urgency, "bold")
        figures.add_row(escape(figure.name), f"[{style}]{escape(str(figure.value))}[/]", escape(figure.note))
    console.print(figures)
    for table in document.tables:
        console.print(f"\n[bold]{escape(table.heading)}[/]")
        console.print(
            _table(table, console.width) if table.rows else escape(table.empty), soft_wrap=not table.rows
        )
        if table.note:
            console.print(f"[dim]{escape(table.note)}[/]", soft_wrap=True)


def _table(table: Table, width: int) -> RichTable:
    shown = RichTable(box=None, pad_edge=False)
    for column in table.columns:
        no_wrap = not column.wide and width >= _ROOMY
        shown.add_column(column.heading, overflow="fold", no_wrap=no_wrap)
    for row in table.rows:
        shown.add_row(*(escape(str(cell)) for cell in row.cells), style=_style(row))
    return shown


def _style(row: Row) -> str:
    return "bold" if row.total else _STYLES.get(row.urgency, "")
