"""From the text of a rule file to typed rules, with file, line and remedy for every mistake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path as FilePath

from pydantic import ValidationError

from voicebot.dialogue.flow.problems import raise_errors
from voicebot.dialogue.flow.source import Path, Source, read_source
from voicebot.errors import FlowError
from voicebot.services.welfare.rules import BENEFITS, Benefit, Period, Rate, Rules
from voicebot.services.welfare.schema import BenefitSpec, PeriodSpec, RateSpec, RulesSpec
from voicebot.services.welfare.written_amounts import read_amount
from voicebot.services.welfare.written_conditions import read_condition

RULES_FILE = FilePath(__file__).resolve().parent / "rules.yaml"


def load_rules(path: FilePath = RULES_FILE, today: date | None = None) -> Rules:
    """Read a rule file: the one place here that opens a file.

    Args:
        path: The file.
        today: The day for which the rules must be valid; ``None`` does not ask for it.

    Raises:
        FlowError: The file cannot be read, or holds mistakes, one line each.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError(f"{path}:1: cannot be read ({error.strerror}); give an existing rule file") from error
    except UnicodeDecodeError as error:
        raise FlowError(f"{path}:1: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return read_rules(str(path), text, today)


def read_rules(file: str, text: str, today: date | None = None) -> Rules:
    """Typed rules from a file's text.

    Args:
        file: Its name, for messages.
        text: YAML.
        today: The day for which the rules must be valid; ``None`` does not ask for it.

    Raises:
        FlowError: Mistakes, one line ``file:line: what; remedy`` each.
    """
    source = read_source(file, text)
    raise_errors(source.problems)
    try:
        spec = RulesSpec.model_validate(source.data)
    except ValidationError as error:
        for problem in error.errors():
            place = tuple(problem["loc"])
            name = place[-1] if place else "the file"
            source.problem(place, f"{name}: {problem['msg'].lower()}; see docs/ELIGIBILITY.md for the format")
        raise_errors(sorted(set(source.problems)))
        raise AssertionError("a validation error has at least one problem") from error
    benefits = {
        key: _benefit(source, ("benefits", key), key, written, today)
        for key, written in spec.benefits.items()
    }
    for key in spec.benefits:
        if key not in BENEFITS:
            source.problem(("benefits", key), f"unknown benefit {key!r}; use {', '.join(BENEFITS)}")
    absent = [key for key in BENEFITS if key not in spec.benefits]
    if absent:
        source.problem(
            ("benefits",), f"no rules for {', '.join(absent)}; add them, with rates: [] for nobody"
        )
    raise_errors(sorted(source.problems))
    return Rules(benefits={key: benefits[key] for key in BENEFITS})


def _benefit(source: Source, place: Path, key: str, written: BenefitSpec, today: date | None) -> Benefit:
    requires = read_condition(source, (*place, "requires"), written.requires)
    periods = tuple(
        _period(source, (*place, "periods", number), period) for number, period in enumerate(written.periods)
    )
    _check_periods(source, (*place, "periods"), periods, today)
    return Benefit(key=key, name=written.name, apply=written.apply, requires=requires, periods=periods)


def _period(source: Source, place: Path, written: PeriodSpec) -> Period:
    if written.valid_to < written.valid_from:
        source.problem((*place, "valid_to"), "valid_to lies before valid_from; exchange the two dates")
    rates = tuple(
        _rate(source, (*place, "rates", number), rate, written.verified)
        for number, rate in enumerate(written.rates)
    )
    return Period(
        valid_from=written.valid_from, valid_to=written.valid_to, source=written.source, rates=rates
    )


def _rate(source: Source, place: Path, written: RateSpec, verified: bool) -> Rate:
    if not written.who:
        source.problem((*place, "who"), "who is empty; name the keys of a profile that must hold")
    return Rate(
        who=read_condition(source, (*place, "who"), written.who),
        amount=read_amount(source, place, written),
        verified=verified if written.verified is None else written.verified,
    )


def _check_periods(source: Source, place: Path, periods: Sequence[Period], today: date | None) -> None:
    """Periods follow each other day by day, and one holds today."""
    for number in range(1, len(periods)):
        before, after = periods[number - 1], periods[number]
        due = before.valid_to + timedelta(days=1)
        where = (*place, number, "valid_from")
        if after.valid_from > due:
            last = after.valid_from - timedelta(days=1)
            source.problem(where, f"a gap: nothing is valid from {due} to {last}; begin this period on {due}")
        elif after.valid_from < due:
            source.problem(
                where, f"an overlap: the period before ends on {before.valid_to}; begin this one on {due}"
            )
    if today is None:
        return
    if periods[-1].valid_to < today:
        message = f"expired: not valid on {today}; check the figures anew and add the next period"
        source.problem((*place, len(periods) - 1, "valid_to"), message)
    elif periods[0].valid_from > today:
        message = f"nothing is valid yet on {today}; add the period before"
        source.problem((*place, 0, "valid_from"), message)
