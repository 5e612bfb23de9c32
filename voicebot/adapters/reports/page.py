"""A report as one HTML page that needs nothing else: for the screen, and for A4 paper."""

from __future__ import annotations

from html import escape
from pathlib import Path

from voicebot.adapters.reports.chart import svg
from voicebot.reports.document import Cell, Column, Document, Figure, Row, Section, Table

_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page loads nothing and runs nothing, whatever should ever slip into it."""

_GROUPED_FROM = 10_000
"""Shorter numbers are read at a glance."""


def page(document: Document) -> str:
    """The page, complete.

    Args:
        document: The report; every text in it is escaped.
    """
    head = f"{document.title} · {document.subject}"
    made = f"{document.made_at:%Y-%m-%d %H:%M} 기준"
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="ko">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(head)}</title>",
            f"<style>\n{_running_heads(head, made)}{_STYLE}</style>",
            "</head>",
            "<body>",
            '<header class="head">',
            f'<div><p class="title">{escape(document.title)}</p>',
            f"<h1>{escape(document.subject)}</h1>",
            f'<p class="made">{escape(made)}</p></div>',
            _signatures(document.signed_by),
            "</header>",
            '<ul class="figures">',
            *map(_figure, document.figures),
            "</ul>",
            *map(_section, document.sections),
            f"<footer>{escape(document.notice)}</footer>",
            "</body>",
            "</html>",
            "",
        )
    )


def _running_heads(head: str, made: str) -> str:
    """Head and foot of every printed page but the first one's head, which has a larger one."""
    return (
        f"@page {{ @top-left {{ content: {_css_text(head)} }} "
        f"@bottom-left {{ content: {_css_text(made)} }} }}\n"
    )


def _css_text(text: str) -> str:
    """A text as a string of CSS: what could end it, or the style, is written by its number."""
    safe = "".join(sign if sign.isalnum() or sign in " ·()*:-." else f"\\{ord(sign):06x}" for sign in text)
    return f'"{safe}"'


def _signatures(names: tuple[str, ...]) -> str:
    """Boxes in which those who have read the paper sign."""
    if not names:
        return ""
    cells = "".join(f"<td><span>{escape(name)}</span></td>" for name in names)
    return f'<table class="signatures"><tr>{cells}</tr></table>'


def _figure(figure: Figure) -> str:
    note = f'<span class="remark">{escape(figure.note)}</span>' if figure.note else ""
    return (
        f'<li class="{figure.urgency.value}"><span class="name">{escape(figure.name)}</span>'
        f'<span class="value">{_text(figure.value)}</span>{note}</li>'
    )


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.heading)}</h2>"
    note = f'<p class="remark">{escape(section.note)}</p>' if section.note else ""
    if not isinstance(section, Table):
        return f'<section class="chart">{heading}{note}{svg(section)}</section>'
    if not section.rows:
        return f'<section>{heading}<p class="empty">{escape(section.empty)}</p></section>'
    return f"<section>{heading}{note}{_table(section)}</section>"


def _table(table: Table) -> str:
    box_heading = '<th class="box">확인</th>' if table.ticked else ""
    headings = "".join(
        f'<th scope="col" class="{_kind(table, place)}">{escape(column.heading)}</th>'
        for place, column in enumerate(table.columns)
    )
    rows = "\n".join(_row(table, row) for row in table.rows)
    return (
        f'<table class="{escape(table.key)}"><thead><tr>{box_heading}{headings}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _row(table: Table, row: Row) -> str:
    kind = "total" if row.total else row.urgency.value
    box = '<td class="box"><i></i></td>' if table.ticked else ""
    cells = "".join(
        f'<td class="{_kind(table, place)}">{_text(cell, grouped=not table.columns[place].names)}</td>'
        for place, cell in enumerate(row.cells)
    )
    return f'<tr class="{kind}">{box}{cells}</tr>'


def _kind(table: Table, place: int) -> str:
    """Whether a column holds numbers, sentences, or words that are not broken."""
    column: Column = table.columns[place]
    if column.wide:
        return "wide"
    cells = [row.cells[place] for row in table.rows if row.cells[place] != ""]
    return "number" if cells and all(map(_is_number, cells)) else "word"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int) or cell.endswith(" %") or cell == "–"


def _text(cell: Cell, *, grouped: bool = True) -> str:
    if not isinstance(cell, str):
        return f"{cell:,}" if grouped and abs(cell) >= _GROUPED_FROM else str(cell)
    return escape(cell).replace("\n", "<br>")
