"""Reading of the data files: sections that begin with `= name`, comments that begin with `#`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

WEIGHTED = re.compile(
    r"([0-9.]+):(?: +(.*)|)$"
)  # "3: template"; nothing behind the colon is an empty template


class DataError(ValueError):
    """A data file that cannot be used: names the file, the line and what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a data file with its place and, where it begins with `3: `, its weight."""

    section: str
    text: str
    weight: float
    place: str


def lines(path: Path) -> Iterator[Line]:
    """The lines of a file with their sections.

    Raises:
        DataError: for text before the first section.
    """
    section = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = raw.partition("#")[0].strip()
        place = f"{path.name}:{number}"
        if not text:
            continue
        if text.startswith("="):
            section = text[1:].strip()
            continue
        if not section:
            raise DataError(f"{place}: text before the first section: begin with a line '= name'")
        weighted = WEIGHTED.match(text)
        yield Line(
            section=section,
            text=(weighted[2] or "") if weighted else text,
            weight=float(weighted[1]) if weighted else 1.0,
            place=place,
        )


def words(folder: Path) -> dict[str, list[str]]:
    """Sections of words of all files in a folder; `_` stands for a space inside an entry."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        for line in lines(path):
            found.setdefault(line.section, []).extend(word.replace("_", " ") for word in line.text.split())
    return found


@cache
def listed(name: str) -> tuple[str, ...]:
    """A list of `lists/*.txt`; `_` stands for a space, `-` for nothing at all.

    Raises:
        KeyError: for a name that no file has.
    """
    return tuple("" if entry == "-" else entry for entry in words(HERE / "lists")[name])
