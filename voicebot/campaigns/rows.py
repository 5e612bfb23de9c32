"""The rows of a list of people: what its columns mean, and what is wrong with a row.

Columns are found by their headings, in Korean or English, in any order; others are left out, and named. Rows
are told by their line, never by what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from voicebot.campaigns.numbers import dialable_number
from voicebot.errors import ConfigurationError, PhoneNumberError, RecordsError
from voicebot.records.resident import refused

_HEADINGS = {
    "phone": (
        "전화번호",
        "휴대전화",
        "휴대폰",
        "휴대폰번호",
        "핸드폰",
        "연락처",
        "전화",
        "phone",
        "number",
        "tel",
    ),
    "name": ("이름", "성명", "name"),
    "external_id": ("관리번호", "대상자번호", "id", "externalid"),
    "agreed": ("수신동의", "동의", "동의여부", "consent"),
}
_YES = frozenset({"예", "네", "동의", "y", "yes", "o", "1", "true", "○"})
_NO = frozenset({"아니오", "아니요", "미동의", "거부", "n", "no", "x", "0", "false", "×"})
_NAME_LENGTH = 100
_KEY_LENGTH = 64
"""The column of the records."""
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{0,6}|[ -~]{0,12}")
"""Nearly every name and id: on one line, and too short to hold a resident number (``records.resident``: seven
signs, thirteen digits where no word names them)."""
_RESIDENT_DIGITS = 13
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""A line break in a name would become a header where names go on to other systems."""


class Problem(StrEnum):
    """Why a row was left out."""

    NUMBER = "number"
    NAME = "name"
    KEY = "key"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    OPTED_OUT = "opted_out"
    TWICE = "twice"
    KEY_TAKEN = "key_taken"
    KNOWN = "known"


REMEDIES = {
    Problem.NOT_AGREED: "has not agreed to be called, and is left out",
    Problem.OPTED_OUT: "does not want to be called any more, and is left out",
    Problem.TWICE: "the same number stands further up in this file; take one of the two rows out",
    Problem.KEY_TAKEN: "another person has this 관리번호 (id) already; correct the id or the number",
    Problem.KNOWN: "is in this campaign already, and stays as they are",
}
"""What is told of problems that show only beside other rows or in the records."""


@dataclass(slots=True)
class ListedPerson:
    """A row that may be called (neither frozen nor by keywords: made a million times in an import)."""

    line: int
    phone: str
    """E.164."""
    name: str
    external_id: str
    agreed: bool
    """Whether the list says that the person has agreed to be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row that was left out."""

    line: int
    problem: Problem
    remedy: str
    """Holds nothing of what stands in the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row things stand; −1: nowhere."""

    phone: int
    name: int = -1
    external_id: int = -1
    agreed: int = -1
    left_out: tuple[str, ...] = ()
    """Headings of columns that are not read."""


def read_headings(where: str, cells: Sequence[str]) -> Columns:
    """Find the columns.

    Args:
        where: ``file:line`` of the headings.
        cells: What stands there.

    Raises:
        ConfigurationError: There is no column of numbers, or two columns mean the same.
    """
    places: dict[str, int] = {}
    left_out = []
    for place, cell in enumerate(cells):
        heading = re.sub(r"[\s_\-()]", "", cell).lower()
        meaning = next((name for name, known in _HEADINGS.items() if heading in known), None)
        if meaning is None:
            left_out += [cell.strip()] if cell.strip() else []
        elif meaning in places:
            raise ConfigurationError(
                f"{where}: columns {places[meaning] + 1} and {place + 1} mean the same "
                f"({_HEADINGS[meaning][0]}); rename the one that is not to be read"
            )
        else:
            places[meaning] = place
    if "phone" not in places:
        raise ConfigurationError(
            f"{where}: no column of telephone numbers; the first row must name the columns, "
            "e.g. 전화번호,이름"
        )
    return Columns(
        phone=places["phone"],
        name=places.get("name", -1),
        external_id=places.get("external_id", -1),
        agreed=places.get("agreed", -1),
        left_out=tuple(left_out),
    )


def check_row(columns: Columns, line: int, cells: Sequence[str]) -> ListedPerson | RowProblem | None:
    """Read one row; ``None``: there is nothing in it.

    Args:
        columns: Of ``read_headings``.
        line: From 1, where the row begins.
        cells: What stands there; missing ones at the end are empty.
    """
    count = len(cells)
    phone = cells[columns.phone].strip() if columns.phone < count else ""
    name = cells[columns.name].strip() if 0 <= columns.name < count else ""
    key = cells[columns.external_id].strip() if 0 <= columns.external_id < count else ""
    agreed = cells[columns.agreed].strip() if 0 <= columns.agreed < count else ""
    if not phone and not any(map(str.strip, cells)):
        return None
    try:
        number = dialable_number(phone)
    except PhoneNumberError as error:
        return RowProblem(line=line, problem=Problem.NUMBER, remedy=str(error))
    if not (_PLAIN.fullmatch(name) and _PLAIN.fullmatch(key)) and (wrong := _text_problem(line, name, key)):
        return wrong
    if agreed and agreed not in _YES:
        if agreed.lower() in _NO:
            return RowProblem(line=line, problem=Problem.NOT_AGREED, remedy=REMEDIES[Problem.NOT_AGREED])
        if agreed.lower() not in _YES:
            return RowProblem(line=line, problem=Problem.AGREED, remedy="수신동의: write 예 or 아니오")
    return ListedPerson(line, number, name, key, bool(agreed))


def _text_problem(line: int, name: str, key: str) -> RowProblem | None:
    if len(name) > _NAME_LENGTH or _CONTROL.search(name):
        return RowProblem(
            line=line, problem=Problem.NAME, remedy="the name is too long or has a line break; shorten it"
        )
    if len(key) > _KEY_LENGTH or _CONTROL.search(key):
        return RowProblem(
            line=line, problem=Problem.KEY, remedy=f"the id has more than {_KEY_LENGTH} signs; shorten it"
        )
    for text, problem in ((name, Problem.NAME), (key, Problem.KEY)):
        if text.isascii() and sum(map(str.isdigit, text)) < _RESIDENT_DIGITS:
            continue
        try:
            refused(text, problem.value)
        except RecordsError as error:
            return RowProblem(line=line, problem=problem, remedy=str(error))
    return None


class SeenNumbers:
    """Numbers of a file that were seen already, in one bit each.

    All 010 numbers take 12.5 MB, however many rows there are: a page of 10,000 bits for each beginning.
    """

    _PAGE_BYTES = 10_000 // 8

    def __init__(self) -> None:
        self._pages: dict[str, bytearray] = {}

    def add(self, number: str) -> bool:
        """Note a number (E.164); whether it is new."""
        beginning, end = number[:-4], int(number[-4:])
        page = self._pages.get(beginning)
        if page is None:
            page = self._pages[beginning] = bytearray(self._PAGE_BYTES)
        place, bit = end >> 3, 1 << (end & 7)
        if page[place] & bit:
            return False
        page[place] |= bit
        return True
