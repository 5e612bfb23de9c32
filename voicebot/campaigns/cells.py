"""Cells of tables that leave the house: no cell is taken for a formula by the spreadsheet that opens it."""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""OWASP, CSV Injection; the full-width signs are turned into the others by Korean spreadsheets."""


def neutral(text: str) -> str:
    """A text as a cell: with an apostrophe in front where a spreadsheet would compute it."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
