"""Cells of tables that leave the house: no cell is taken for a formula by the spreadsheet that opens it."""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""OWASP, CSV Injection; the full-width signs are turned into the others by Korean spreadsheets."""

_PASSED_OVER = " \n\u00a0\u3000\u200b\ufeff"
"""In front of a formula some programs take these away: spaces (of any width), line feeds, invisible signs."""


def neutral(text: str) -> str:
    """A text as a cell: with an apostrophe in front where a spreadsheet would compute it."""
    return f"'{text}" if text.lstrip(_PASSED_OVER).startswith(_STARTS_FORMULA) else text
