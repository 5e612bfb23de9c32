"""``voicebot interpret``: JSON lines in (a question and an answer), JSON lines out (what it means)."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Interpretation, Status, interpret
from voicebot.dialogue.understanding.gazetteer import Gazetteer, parse_gazetteer
from voicebot.errors import ConfigurationError

_POLARITIES = ("fact", "symptom", "offer", "consent")
_KEYS = frozenset({"expect", "polarity", "question", "choices", "keys", "today", "said"})
_REPORTED_AS = {Status.SLOWER: Status.REPEAT, Status.WAIT: Status.LATER}
"""The contract has eight statuses: "slower" asks to hear it again, "wait" to be asked in a moment."""


class _BadLine(Exception):
    """What is wrong with one line, and its remedy."""


def interpret_lines(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="JSON lines; standard input if not given."),
    ] = None,
    places: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The city's gazetteer (YAML).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON, one line an answer (always; for uniformity).")
    ] = False,
) -> None:
    """Say what each answer means: reads expect, polarity, question, choices, today, said; writes value,
    status and confidence.

    Each line is an object, such as {"expect": "yes_no", "question": "식사하셨어요?", "said": "네"}.
    expect is yes_no, choice, number, phone, temperature, date, time, place or open; choices is a list of
    answers, or an object of value: [words that say it].
    """
    gazetteer = _load_gazetteer(places)
    today = date.today()
    failed = False
    lines = file.open("rb") if file else sys.stdin.buffer
    with lines:
        for number, raw in enumerate(lines, start=1):
            if not raw.strip():
                continue
            try:
                answer = _interpret_line(raw, today, gazetteer)
            except _BadLine as error:
                typer.echo(
                    f"{file or 'line'}:{number}: {error}" if file else f"line {number}: {error}", err=True
                )
                failed = True
            else:
                typer.echo(json.dumps(answer, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


def _load_gazetteer(file: Path | None) -> Gazetteer:
    if file is None:
        return Gazetteer()
    try:
        return parse_gazetteer(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}:1: cannot be read ({error}); give a UTF-8 YAML file") from error


def _interpret_line(raw: bytes, today: date, gazetteer: Gazetteer) -> dict[str, Any]:
    try:
        asked = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _BadLine("not UTF-8 text; save the lines as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _BadLine(f"not JSON: {error.msg} (column {error.colno}); write one object a line") from None
    except RecursionError:
        raise _BadLine("nested too deeply; write one flat object a line") from None
    if not isinstance(asked, dict):
        raise _BadLine('not an object; write {"expect": …, "said": …}')
    unknown = sorted(asked.keys() - _KEYS)
    if unknown:
        raise _BadLine(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    said = _text(asked, "said", required=True)
    meant = interpret(said, _expectation(asked), _today(asked, today), gazetteer)
    return _as_json(meant)


def _as_json(meant: Interpretation) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "value": meant.value if meant.status is Status.FILLED else None,
        "status": _REPORTED_AS.get(meant.status, meant.status).value,
        "confidence": round(meant.confidence, 3),
    }
    if meant.status in _REPORTED_AS:
        answer["wish"] = meant.status.value
    return answer


def _expectation(asked: dict[str, Any]) -> Expectation:
    try:
        kind = AnswerKind(_text(asked, "expect", required=True))
    except ValueError:
        raise _BadLine(f"expect {asked['expect']!r} is unknown; use {', '.join(AnswerKind)}") from None
    polarity = _text(asked, "polarity")
    if polarity and polarity not in _POLARITIES:
        raise _BadLine(f"polarity {polarity!r} is unknown; use {', '.join(_POLARITIES)} or leave it out")
    choices = _choices(asked.get("choices"))
    if kind is AnswerKind.CHOICE and not choices:
        raise _BadLine('a choice needs choices; write "choices": ["…", "…"]')
    return Expectation(
        kind=kind, question=_text(asked, "question"), polarity=polarity, choices=choices, keys=_keys(asked)
    )


def _choices(given: Any) -> dict[str, tuple[str, ...]]:
    """Value → words: a list names values by their words."""
    problem = _BadLine('choices must be a list of texts, or an object {"value": ["words", …]}')
    match given:
        case None:
            return {}
        case list() if all(isinstance(item, str) and item.strip() for item in given):
            return {item: (item,) for item in given}
        case dict():
            choices = {}
            for value, forms in given.items():
                listed = [forms] if isinstance(forms, str) else forms
                if not isinstance(listed, list) or not all(isinstance(form, str) for form in listed):
                    raise problem
                choices[value] = tuple(form for form in listed if form.strip()) or (value,)
            return choices
        case _:
            raise problem


def _keys(asked: dict[str, Any]) -> dict[str, str]:
    given = asked.get("keys") or {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise _BadLine('keys must be an object {"1": "value", …}')
    return given


def _text(asked: dict[str, Any], key: str, *, required: bool = False) -> str:
    value = asked.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise _BadLine(f'{key} must be a text; write "{key}": "…"')
    return value


def _today(asked: dict[str, Any], today: date) -> date:
    given = _text(asked, "today")
    if not given:
        return today
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise _BadLine(f"today {given!r} is no day; write YYYY-MM-DD") from None
