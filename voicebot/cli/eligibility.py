"""``voicebot eligibility``: what a person may receive, by what is known of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from voicebot.errors import FlowError
from voicebot.services.welfare.evaluation import Offer, evaluate, offers_of
from voicebot.services.welfare.profile import Knowledge, read_profile
from voicebot.services.welfare.reading import RULES_FILE, load_rules
from voicebot.services.welfare.rules import Rules


def eligibility(
    profiles: Annotated[
        typer.FileText,
        typer.Argument(
            metavar="FILE",
            help="JSON profiles, one a line [standard input].",
            show_default=False,
            encoding="utf-8",
            errors="replace",  # one bad byte must not stop the other lines
        ),
    ] = "-",  # type: ignore[assignment]  # click opens it
    rules_file: Annotated[
        Path, typer.Option("--rules", metavar="FILE", help="The rules.", show_default=False)
    ] = RULES_FILE,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day that is asked about [today].")
    ] = None,
    verified_only: Annotated[
        bool, typer.Option("--verified-only", help="Say nothing that rests on unverified rules.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON, one line a profile (always; for uniformity).")
    ] = False,
) -> None:
    """Tell for each profile what it is entitled to: one JSON object a line, one entry a benefit."""
    day = today.date() if today is not None else date.today()
    try:
        rules = load_rules(rules_file, day)
    except FlowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if verified_only:
        rules = rules.verified_only()
    offers = offers_of(rules, day)
    failed = False
    for number, line in enumerate(profiles, start=1):
        if not line.strip():
            continue
        knowledge, problems = _read(line)
        for problem in problems:
            typer.echo(f"line {number}: {problem}", err=True)
        if problems:
            failed = True
        else:
            typer.echo(json.dumps(_results(rules, offers, knowledge, day), ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


def _read(line: str) -> tuple[Knowledge, list[str]]:
    """A line's profile, and what is wrong with it."""
    try:
        profile = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return Knowledge(possible={}), [f"not a JSON profile ({error}); write one {{…}} a line"]
    if not isinstance(profile, dict):
        return Knowledge(possible={}), ['not a JSON object; write {"age": 70, …}']
    return read_profile(profile)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are each given once; two values of a key contradict each other."""
    profile = dict(pairs)
    if len(profile) < len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in names if names.count(key) > 1)!r} is given twice")
    return profile


def _results(
    rules: Rules, offers: Mapping[str, Offer], knowledge: Knowledge, today: date
) -> dict[str, dict[str, Any]]:
    """The contract's keys for every benefit."""
    results: dict[str, dict[str, Any]] = {}
    for key, offer in offers.items():
        verdict = evaluate(offer, knowledge)
        results[key] = {
            "eligible": verdict.eligible,
            "amount_krw": verdict.amount_krw,
            "apply": rules.benefits[key].apply,
            "as_of": today.isoformat(),
            "source": offer.period.source,
            "missing": list(verdict.missing),
        }
    return results
