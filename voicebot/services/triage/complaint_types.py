"""The types of complaint: code, name, how urgent, and who takes it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from voicebot.errors import FlowError

COLUMNS = ("code", "name_ko", "level", "route", "department")
LEVELS = ("P0", "P1", "P2", "P3", "P4", "X")
"""Most urgent first; X (abuse) comes last, since an emergency in an abusive call is still one."""
ROUTES = ("119", "112", "109", "duty", "case", "faq", "status", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintType:
    """One row of the table."""

    code: str
    name_ko: str
    level: str
    route: str
    department: str

    @property
    def urgency(self) -> int:
        """0 for the most urgent level."""
        return LEVELS.index(self.level)


def parse_complaint_types(text: str, source: str) -> dict[str, ComplaintType]:
    """The table by code, in its order.

    Args:
        text: CSV with the header ``code,name_ko,level,route,department``.
        source: Name of the file, for messages.

    Raises:
        FlowError: A wrong header, an empty field, an unknown level or route, or a code that comes twice.
    """
    reader = csv.reader(io.StringIO(text))
    if tuple(next(reader, ())) != COLUMNS:
        raise FlowError(f"{source}:1: the first line must be {','.join(COLUMNS)}")
    types: dict[str, ComplaintType] = {}
    for row in reader:
        where = f"{source}:{reader.line_num}"
        if len(row) != len(COLUMNS) or not all(field.strip() for field in row):
            raise FlowError(f"{where}: fill all {len(COLUMNS)} columns ({', '.join(COLUMNS)})")
        code, name_ko, level, route, department = (field.strip() for field in row)
        if level not in LEVELS:
            raise FlowError(f"{where}: unknown level {level!r}; use one of {', '.join(LEVELS)}")
        if route not in ROUTES:
            raise FlowError(f"{where}: unknown route {route!r}; use one of {', '.join(ROUTES)}")
        if code in types:
            raise FlowError(f"{where}: code {code!r} comes twice; keep one line")
        types[code] = ComplaintType(
            code=code, name_ko=name_ko, level=level, route=route, department=department
        )
    if "other" not in types:
        raise FlowError(f"{source}:1: there must be a type 'other' for what fits nowhere")
    return types
