"""``voicebot records person|forget|opt-out|opt-in|consent``: what one citizen asks of their own record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.opened import ZONE, AsJson, By, Config, Full, actor, moment, with_records
from voicebot.errors import RecordsError
from voicebot.records.calls import CallRecord
from voicebot.records.cases import CaseRecord
from voicebot.records.people import Consent, ConsentKind, Fact, Person, Source
from voicebot.records.phone import masked, national, normalised

if TYPE_CHECKING:
    from voicebot.adapters.records.records import Records

Phone = Annotated[str, typer.Argument(help="The citizen's telephone number, however it is written.")]
Campaign = Annotated[str, typer.Option(help="Of this campaign alone; without it for good.")]


_ALL = 100_000
"""More calls or cases than one number ever has: a citizen is told of each that is kept."""


class Answer(StrEnum):
    """What a citizen says to a kind of consent."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """All that is kept about one number."""

    phone: str
    person: Person | None
    consents: Mapping[ConsentKind, Consent]
    opted_out: bool
    facts: list[Fact]
    calls: list[CallRecord]
    cases: list[CaseRecord]


def person(
    phone: Phone, full: Full = False, as_json: AsJson = False, by: By = "", config: Config = None
) -> None:
    """Show what is kept about a citizen, as they may ask to know; the audit tells who looked."""

    async def found(records: Records, now: datetime) -> _Kept:
        from voicebot.adapters.records.ledger import AuditEntry

        who = await records.people.find(phone)
        subject = "person" if who is None else f"person/{who.id}"
        details = {"full": full}
        await records.audit.add(
            AuditEntry(at=now, actor=actor(by), action="person.looked_at", subject=subject, details=details)
        )
        return _Kept(
            phone=normalised(phone),
            person=who,
            consents={} if who is None else await records.people.consents(who.id),
            opted_out=await records.opt_outs.stands(phone),
            facts=[] if who is None else await records.memory.of(who.id),
            calls=await records.calls.of_number(phone, _ALL),
            cases=await records.cases.of_caller(phone, _ALL),
        )

    kept = _kept_json(with_records(config, found), full)
    if as_json:
        typer.echo(json.dumps(kept, ensure_ascii=False))
        return
    for name, value in kept.items():
        lines = value if isinstance(value, list) else [value]
        texts = [" ".join(map(str, line.values())) if isinstance(line, dict) else line for line in lines]
        typer.echo(f"{name:<12} {f'{chr(10)}{chr(32) * 13}'.join(map(str, texts)) or 'none'}")


def forget(phone: Phone, by: By = "", as_json: AsJson = False, config: Config = None) -> None:
    """Delete a citizen: name, consents, attempts, what care calls remember, and what was said in their calls.

    Of the calls stays that they were, without the number.
    Cases stay with their number until their own time is over, and an opt-out stays for good.
    """

    async def forgotten(records: Records, now: datetime) -> bool:
        who = await records.people.find(phone)
        if who is None:  # of somebody who is in no list calls may be kept all the same
            return await records.people.forget_number(phone, by=actor(by), at=now)
        return await records.people.forget(who.id, by=actor(by), at=now)

    if not with_records(config, forgotten):
        raise RecordsError(f"nobody is known by the number {masked(normalised(phone))}")
    _done(as_json, phone, "forgotten")


def opt_out(
    phone: Phone, campaign: Campaign = "", by: By = "", as_json: AsJson = False, config: Config = None
) -> None:
    """Never call this number again."""

    async def added(records: Records, now: datetime) -> None:
        campaign_id = await _campaign_id(records, campaign)
        await records.opt_outs.add(phone, at=now, source=Source.STAFF, campaign_id=campaign_id, by=actor(by))

    with_records(config, added)
    _done(as_json, phone, "opted_out")


def opt_in(
    phone: Phone, campaign: Campaign = "", by: By = "", as_json: AsJson = False, config: Config = None
) -> None:
    """Take an opt-out back, because it was a mistake or the citizen asks for it."""

    async def withdrawn(records: Records, now: datetime) -> bool:
        campaign_id = await _campaign_id(records, campaign)
        return await records.opt_outs.withdraw(phone, by=actor(by), at=now, campaign_id=campaign_id)

    if not with_records(config, withdrawn):
        raise RecordsError(f"the number {masked(normalised(phone))} has not opted out")
    _done(as_json, phone, "opted_in")


def consent(
    phone: Phone,
    kind: Annotated[ConsentKind, typer.Argument(help="What it is about.")],
    answer: Annotated[Answer, typer.Argument(help="What the citizen says.")],
    by: By = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Write down what a citizen says about a kind of consent.

    With the consent to keep health data goes what care calls remember.
    """

    async def said(records: Records, now: datetime) -> None:
        from voicebot.adapters.records.ledger import AuditEntry

        granted = answer is Answer.GRANTED
        who = await records.people.enrol(phone, at=now)
        await records.people.set_consent(
            who.id, Consent(kind=kind, granted=granted, at=now, source=Source.STAFF)
        )
        if kind is ConsentKind.HEALTH and not granted:
            await records.memory.replace(who.id, [])
        details = {"kind": kind.value, "granted": granted}
        subject = f"person/{who.id}"
        await records.audit.add(
            AuditEntry(at=now, actor=actor(by), action="consent.set", subject=subject, details=details)
        )

    with_records(config, said)
    _done(as_json, phone, f"{kind.value} {answer.value}")


async def _campaign_id(records: Records, name: str) -> int | None:
    if not name:
        return None
    campaign = await records.campaigns.get(name)
    if campaign is None:
        raise RecordsError(f"there is no campaign {name!r}")
    return campaign.id


def _done(as_json: bool, phone: str, what: str) -> None:
    shown = masked(normalised(phone))
    typer.echo(
        json.dumps({"phone": shown, "done": what}) if as_json else f"{shown}: {what.replace('_', ' ')}"
    )


def _kept_json(kept: _Kept, full: bool) -> dict[str, Any]:
    name = kept.person.name if kept.person is not None else ""
    return {
        "phone": national(kept.phone) if full else masked(kept.phone),
        "name": name if full else name[:1] + "*" * (len(name) - 1),
        "external_id": kept.person.external_id if kept.person is not None else "",
        "opted_out": kept.opted_out,
        "consents": [
            {
                "kind": each.kind.value,
                "answer": (Answer.GRANTED if each.granted else Answer.WITHDRAWN).value,
                "at": moment(each.at),
                "source": each.source.value,
            }
            for each in kept.consents.values()
        ],
        "remembered": [
            {"kind": fact.kind, "text": fact.text if full else "*" * len(fact.text), "since": fact.since}
            for fact in kept.facts
        ],
        "calls": [
            {
                "call_id": call.call_id,
                "service": call.service,
                "direction": call.direction.value,
                "began_at": call.began_at.astimezone(ZONE).isoformat(timespec="seconds"),
                "result": "" if call.outcome is None else call.outcome.result.value,
            }
            for call in kept.calls
        ],
        "cases": [
            {"number": case.number, "status": case.state.status.value, "opened_at": moment(case.opened_at)}
            for case in kept.cases
        ],
    }
