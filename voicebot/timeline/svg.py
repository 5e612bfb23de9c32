"""The few SVG elements that a timeline is drawn with, and how wide its words are."""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

FONT = "'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', 'NanumGothic', sans-serif"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, not even escaped."""

_WIDE_EM, _NARROW_EM, _SPACE_EM = 0.96, 0.56, 0.3
"""Widths of a Hangul syllable, a Latin letter and a space in em, rounded up over common sans-serif fonts."""


def text_width(text: str, size: float) -> float:
    """About how wide a text is drawn, pixels."""
    em = 0.0
    for sign in text:
        if sign == " ":
            em += _SPACE_EM
        else:
            em += _WIDE_EM if unicodedata.east_asian_width(sign) in "WF" else _NARROW_EM
    return em * size


def wrap(text: str, size: float, width: float, max_lines: int) -> list[str]:
    """Break a text into lines no wider than ``width`` pixels; what does not fit ends in ``…``."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < max_lines:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        last = len(lines) == max_lines - 1
        if text_width(line, size) > width or (last and words):
            line = shorten(line, size, width)
        lines.append(line)
    return [line for line in lines if line]


def shorten(text: str, size: float, width: float) -> str:
    """Cut a text and end it in ``…``; empty where not even two signs fit."""
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…" if len(text) > 1 else ""


class Canvas:
    """Collects elements and writes the document."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        title: str = "",
        **attributes: str,
    ) -> None:
        """An axis-parallel rectangle."""
        geometry = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{height:.1f}"'
        self._add("rect", f"{geometry} fill={quoteattr(fill)}", title, attributes)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str, title: str = "", **attributes: str
    ) -> None:
        """A straight line."""
        geometry = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._add("line", f"{geometry} stroke={quoteattr(stroke)}", title, attributes)

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, title: str = "", **attributes: str
    ) -> None:
        """A circle."""
        self._add(
            "circle", f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill={quoteattr(fill)}', title, attributes
        )

    def path(self, data: str, *, fill: str, title: str = "", **attributes: str) -> None:
        """A path, in SVG's own words."""
        self._add("path", f"d={quoteattr(data)} fill={quoteattr(fill)}", title, attributes)

    def text(
        self, x: float, y: float, words: str, *, size: float, fill: str, title: str = "", **attributes: str
    ) -> None:
        """One line of text with its baseline at ``y``."""
        head = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill={quoteattr(fill)}{_written(attributes)}'
        self._parts.append(f"<text {head}>{_title(title)}{_clean(words)}</text>")

    def document(self, width: float, height: float, title: str) -> str:
        """The whole SVG document on a white ground."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}">\n'
            f"{_title(title)}\n"
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )

    def _add(self, element: str, geometry: str, title: str, attributes: dict[str, str]) -> None:
        head = f"<{element} {geometry}{_written(attributes)}"
        self._parts.append(f"{head}>{_title(title)}</{element}>" if title else f"{head}/>")


def _written(attributes: dict[str, str]) -> str:
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(_NOT_XML.sub('', value))}"
        for name, value in attributes.items()
        if value
    )


def _clean(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _title(title: str) -> str:
    return f"<title>{_clean(title)}</title>" if title else ""
