"""What a campaign through a town must come to, and whether it did: from what the citizens' telephones saw and
what the records hold.

Rules
-----
* Every ring falls into exactly one attempt, and no attempt holds two: nobody is called twice for one.
* An attempt that ended as one whose telephone rang has its ring.
* Everybody has an attempt, and every attempt has its end.
* Where the engine was not away meanwhile, each attempt ended as the behaviour demands, and a person whom no
  outage touched was tried as often as the campaign's retries say.
* Whoever was heard to opt out is kept as such, and was not rung again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voicebot.campaigns.causes import NOT_RUNG
from voicebot.outcome import CallResult
from voicebot.records.campaigns import Disposition
from voicebot.testing.town import Behaviour, Ring

EXPECTED: Mapping[Behaviour, tuple[Disposition, CallResult | None]] = {
    Behaviour.KEYS: (Disposition.ANSWERED, CallResult.COMPLETED),
    Behaviour.VOICE: (Disposition.ANSWERED, CallResult.COMPLETED),
    Behaviour.BUSY: (Disposition.BUSY, None),
    Behaviour.AWAY: (Disposition.NO_ANSWER, None),
    Behaviour.GONE: (Disposition.INVALID_NUMBER, None),
    Behaviour.MAILBOX: (Disposition.VOICEMAIL, None),
    Behaviour.HANGS_UP: (Disposition.ANSWERED, CallResult.HUNG_UP),
    Behaviour.OPTS_OUT: (Disposition.ANSWERED, CallResult.REFUSED),
}
"""How an attempt ends, and its conversation (``None``: whatever the records say)."""

_TOLERANCE_S = 0.1
"""Between the clocks of two processes of one machine, and a log that writes milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TownAttempt:
    """An attempt as the records hold it; moments are seconds since the epoch."""

    number: str
    """As it was dialled."""
    began_at: float
    ended_at: float | None
    disposition: Disposition | None
    result: CallResult | None
    """Of its conversation, if there was one that ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The engine, or its Asterisk, was away; seconds since the epoch."""

    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a campaign."""

    wrong: tuple[str, ...]
    """One sentence for each thing that must not be."""
    misjudged: tuple[str, ...]
    """Attempts that no outage touched, but that ended otherwise than the behaviour demands."""
    ends: Mapping[tuple[Behaviour, str], int]
    """Attempts by behaviour and disposition."""
    touched: int
    """Attempts during which the engine was away for a while."""
    rings: int
    attempts: int


def judge(
    *,
    people: Mapping[str, Behaviour],
    attempts: Sequence[TownAttempt],
    rings: Sequence[Ring],
    outages: Sequence[Outage],
    opted_out: Collection[str],
    tries: Mapping[Behaviour, int],
) -> Verdict:
    """Compare.

    Args:
        people: Number → behaviour, of everybody in the campaign.
        attempts: All of the campaign.
        rings: All that the town's telephones saw.
        outages: When the engine or its Asterisk was away.
        opted_out: Numbers that the records keep from being called.
        tries: How often a behaviour is tried by the campaign's retries; once, where nothing is said.
    """
    by_person: dict[str, list[TownAttempt]] = defaultdict(list)
    rung: dict[str, list[Ring]] = defaultdict(list)
    for attempt in sorted(attempts, key=lambda attempt: attempt.began_at):
        by_person[attempt.number].append(attempt)
    for ring in rings:
        rung[ring.number].append(ring)
    wrong = [f"{number} rang, and is nobody of the campaign" for number in rung if number not in people]
    misjudged: list[str] = []
    for number, behaviour in people.items():
        own, heard = by_person[number], rung[number]
        wrong += _pairs(number, own, heard)
        untouched = [attempt for attempt in own if not _touched(attempt, outages)]
        misjudged += [
            f"{number} {behaviour.name}: ended as {_end(attempt)}, "
            f"not as {EXPECTED[behaviour][0]} {EXPECTED[behaviour][1] or ''}".rstrip()
            for attempt in untouched
            if not _as_expected(attempt, behaviour)
        ]
        as_expected = all(_as_expected(attempt, behaviour) for attempt in own)
        if len(untouched) == len(own) and as_expected and len(own) != tries.get(behaviour, 1):
            wrong.append(f"{number} {behaviour.name}: tried {len(own)} times, not {tries.get(behaviour, 1)}")
        wrong += _opt_out(number, own, number in opted_out)
    return Verdict(
        wrong=tuple(wrong),
        misjudged=tuple(misjudged),
        ends=Counter(
            (people[attempt.number], attempt.disposition.value if attempt.disposition else "open")
            for attempt in attempts
        ),
        touched=sum(_touched(attempt, outages) for attempt in attempts),
        rings=len(rings),
        attempts=len(attempts),
    )


def _pairs(number: str, attempts: Sequence[TownAttempt], rings: Sequence[Ring]) -> Iterator[str]:
    """What is wrong between a person's attempts and rings."""
    if not attempts:
        yield f"{number} was lost: there is no attempt"
    left = list(rings)
    for attempt in attempts:
        if attempt.disposition is None or attempt.ended_at is None:
            yield f"{number}: an attempt has no end"
            continue
        mine = [ring for ring in left if _within(ring, attempt)]
        left = [ring for ring in left if ring not in mine]
        if len(mine) > 1:
            yield f"{number} was called {len(mine)} times in one attempt"
        may_not_ring = attempt.disposition in NOT_RUNG or attempt.disposition is Disposition.UNKNOWN
        if not mine and not may_not_ring:
            yield f"{number}: an attempt ended as {attempt.disposition}, but the telephone did not ring"
    if left:
        yield f"{number} rang {len(left)} times outside of every attempt"


def _within(ring: Ring, attempt: TownAttempt) -> bool:
    assert attempt.ended_at is not None  # looked at before
    return attempt.began_at - _TOLERANCE_S <= ring.began_at <= attempt.ended_at + _TOLERANCE_S


def _touched(attempt: TownAttempt, outages: Sequence[Outage]) -> bool:
    ended_at = float("inf") if attempt.ended_at is None else attempt.ended_at
    return any(attempt.began_at <= outage.until and ended_at >= outage.since for outage in outages)


def _as_expected(attempt: TownAttempt, behaviour: Behaviour) -> bool:
    disposition, result = EXPECTED[behaviour]
    return attempt.disposition is disposition and (result is None or attempt.result is result)


def _end(attempt: TownAttempt) -> str:
    return f"{attempt.disposition or 'open'} {attempt.result or ''}".rstrip()


def _opt_out(number: str, attempts: Sequence[TownAttempt], kept: bool) -> Iterator[str]:
    refused = [index for index, attempt in enumerate(attempts) if attempt.result is CallResult.REFUSED]
    if refused and not kept:
        yield f"{number} opted out, and nobody has kept it"
    if refused and refused[0] + 1 < len(attempts):
        yield f"{number} opted out, and was called again"
