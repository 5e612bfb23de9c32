"""Cases of understanding as data: a question, what was said, what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.flow.source import Source, read_source
from voicebot.dialogue.understanding import Interpretation, Status

FOLDER = Path(__file__).parents[2] / "data" / "understanding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a case file."""

    template: str
    expectation: Expectation
    today: date
    said: str
    status: Status
    value: str
    line: int

    def met_by(self, meant: Interpretation) -> bool:
        """Whether an interpretation is what the line says."""
        value = meant.value if meant.status is Status.FILLED else ""
        return (meant.status, value) == (self.status, self.value)


def read_cases(name: str) -> list[Case]:
    """All cases of a file in ``tests/data/understanding``."""
    path = FOLDER / f"{name}.yaml"
    source = read_source(str(path), path.read_text(encoding="utf-8"))
    assert not source.problems, source.problems
    today = date.fromisoformat(source.data["today"])
    return [
        case
        for place, group in enumerate(source.data["groups"])
        for case in _group(source, place, group, today)
    ]


def _group(source: Source, place: int, group: dict[str, Any], today: date) -> Iterator[Case]:
    expectation = Expectation(
        kind=AnswerKind(group["expect"]),
        question=group.get("question", ""),
        polarity=group.get("polarity", ""),
        choices={value: tuple(forms) for value, forms in group.get("choices", {}).items()},
    )
    for number, written in enumerate(group["cases"]):
        said, arrow, meant = written.partition(" => ")
        assert arrow, f"{source.line(('groups', place, 'cases', number))}: no '=>' in {written!r}"
        meant = meant.strip('"')
        wish = meant.startswith("/")
        yield Case(
            template=group["template"],
            expectation=expectation,
            today=today,
            said=said,
            status=Status(meant[1:]) if wish else Status.FILLED,
            value="" if wish else meant,
            line=source.line(("groups", place, "cases", number)),
        )
