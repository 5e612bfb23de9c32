"""Who is entitled to what, by what is known: Kleene's logic first, and where that leaves it open, by cases.

Kleene's logic alone says "not decided" of "A or not A". So an open condition is split by the values of one
of its keys, as coarsely as the rules tell them apart, until each case is decided; cases that agree decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from voicebot.services.welfare.amounts import Table, amount_tests
from voicebot.services.welfare.conditions import Condition, Test, open_keys, tests
from voicebot.services.welfare.profile import DOMAINS, Knowledge
from voicebot.services.welfare.rules import Benefit, Period, Rate, Rules


class Standing(StrEnum):
    """How a person stands to a benefit."""

    ENTITLED = "entitled"
    NOT_ENTITLED = "not_entitled"
    WITHHELD = "withheld"
    """Only a rate that is switched off would apply, so that nothing is said."""
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One benefit on one day."""

    requires: Condition
    period: Period
    tests: Mapping[str, tuple[Test, ...]]
    """Key → every test of it, in conditions and sums."""

    def cases(self, knowledge: Knowledge, key: str) -> Iterator[Knowledge]:
        """What may be known once the key is: one case for each set of values that no test tells apart."""
        possible = knowledge.bits(key)
        cells: dict[tuple[bool, ...], int] = {}
        for position in range(len(DOMAINS[key])):
            bit = 1 << position
            if possible & bit:
                signature = tuple(bool(test.accepted & bit) for test in self.tests.get(key, ()))
                cells[signature] = cells.get(signature, 0) | bit
        for bits in cells.values():
            yield knowledge.narrowed(key, bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one person's claim to one benefit."""

    eligible: bool | None
    least_krw: int
    most_krw: int
    """Between these the sum lies; both 0 unless ``eligible``."""
    missing: tuple[str, ...]
    """The keys that would decide, first the one after which the fewest are left."""

    @property
    def amount_krw(self) -> int | None:
        """The sum, where it is known; 0 for who is not entitled."""
        return self.least_krw if self.eligible is not None and self.least_krw == self.most_krw else None


def offer_of(benefit: Benefit, today: date) -> Offer | None:
    """A benefit's rules of one day; ``None`` where no period holds it."""
    period = benefit.period(today)
    if period is None:
        return None
    found: dict[str, dict[Test, None]] = {}
    rates = (*period.rates, *period.withheld)
    written = [*tests(benefit.requires)]
    for rate in rates:
        written += [*tests(rate.who), *amount_tests(rate.amount)]
    for test in written:
        found.setdefault(test.key, {})[test] = None
    by_key = {key: tuple(each) for key, each in found.items()}
    return Offer(requires=benefit.requires, period=period, tests=by_key)


def offers_of(rules: Rules, today: date) -> dict[str, Offer]:
    """Every benefit's rules of one day, without those that have none."""
    offers = {key: offer_of(benefit, today) for key, benefit in rules.benefits.items()}
    return {key: offer for key, offer in offers.items() if offer is not None}


def evaluate(offer: Offer, knowledge: Knowledge) -> Verdict:
    """The verdict on one person's claim to one benefit."""
    standings = _standings(offer, knowledge)
    least_krw = most_krw = 0
    eligible: bool | None = None
    missing: tuple[str, ...] = ()
    if standings == {Standing.ENTITLED}:
        eligible = True
        least_krw, most_krw = _between_krw(offer, knowledge)
    elif standings == {Standing.NOT_ENTITLED}:
        eligible = False
    elif standings != {Standing.WITHHELD}:
        missing = _missing(offer, knowledge)
    return Verdict(eligible=eligible, least_krw=least_krw, most_krw=most_krw, missing=missing)


def standing(offer: Offer, knowledge: Knowledge) -> Standing:
    """How a person stands, by Kleene's logic alone."""
    required = offer.requires.holds(knowledge)
    if required is False:
        return Standing.NOT_ENTITLED
    for rates, verdict in (
        (offer.period.rates, Standing.ENTITLED),
        (offer.period.withheld, Standing.WITHHELD),
    ):
        held = {rate.who.holds(knowledge) for rate in rates}
        if True in held:
            return verdict if required else Standing.OPEN
        if None in held:
            return Standing.OPEN
    return Standing.NOT_ENTITLED


def undecided_keys(offer: Offer, knowledge: Knowledge) -> list[str]:
    """The keys that may still decide whether somebody is entitled; a few of them may prove not to."""
    if standing(offer, knowledge) is not Standing.OPEN:
        return []
    keys = dict.fromkeys(open_keys(offer.requires, knowledge))
    rates = (*offer.period.rates, *offer.period.withheld)
    if not any(rate.who.holds(knowledge) is True for rate in offer.period.rates):
        for rate in rates:
            keys.update(dict.fromkeys(open_keys(rate.who, knowledge)))
    return list(keys)


def is_decided(offer: Offer, knowledge: Knowledge) -> bool:
    """Whether nothing that is still unknown could change the standing."""
    return len(_standings(offer, knowledge)) == 1


def sure_most_krw(offer: Offer, knowledge: Knowledge) -> int:
    """The most that the rates which surely hold may give; 0 if none does."""
    sure = [rate for rate in offer.period.rates if rate.who.holds(knowledge)]
    return max((rate.amount.between_krw(knowledge)[1] for rate in sure), default=0)


def _standings(offer: Offer, knowledge: Knowledge) -> set[Standing]:
    """The standings that are possible; at most two are looked for, since two are already undecided."""
    now = standing(offer, knowledge)
    if now is not Standing.OPEN:
        return {now}
    found: set[Standing] = set()
    for case in offer.cases(knowledge, undecided_keys(offer, knowledge)[0]):
        found |= _standings(offer, case)
        if len(found) > 1:
            break
    return found


def _between_krw(offer: Offer, knowledge: Knowledge) -> tuple[int, int]:
    """The least and the most that an entitled person may receive: the best of the rates that hold."""
    least_krw, most_krw = 0, 0
    possible: list[tuple[Rate, int]] = []
    sure = False
    for rate in offer.period.rates:
        held = rate.who.holds(knowledge)
        if held is False:
            continue
        low, high = rate.amount.between_krw(knowledge)
        most_krw = max(most_krw, high)
        if held:
            sure, least_krw = True, max(least_krw, low)
        possible.append((rate, high))
    if sure and least_krw == most_krw:
        return least_krw, most_krw
    key = _deciding_key([rate for rate, high in possible if not sure or high > least_krw], knowledge)
    if key is None:
        return least_krw, most_krw
    spans = [_between_krw(offer, case) for case in offer.cases(knowledge, key)]
    return min(low for low, _ in spans), max(high for _, high in spans)


def _deciding_key(rates: list[Rate], knowledge: Knowledge) -> str | None:
    """A key that chooses among rates or within one; ``None`` when only a bill is unknown."""
    for rate in rates:
        for key in open_keys(rate.who, knowledge):
            return key
        if isinstance(rate.amount, Table):
            for test, _ in rate.amount.rows:
                if test is not None and test.holds(knowledge) is None:
                    return test.key
    return None


def _missing(offer: Offer, knowledge: Knowledge) -> tuple[str, ...]:
    """The keys that decide in at least one case, first the one that leaves the fewest open on average."""
    deciding = [key for key in undecided_keys(offer, knowledge) if _depends(offer, knowledge, key)]

    def left_open(key: str) -> tuple[float, int]:
        cases = [len(undecided_keys(offer, case)) for case in offer.cases(knowledge, key)]
        return sum(cases) / len(cases), list(DOMAINS).index(key)

    return tuple(sorted(deciding, key=left_open))


def _depends(offer: Offer, knowledge: Knowledge, key: str) -> bool:
    """Whether there are two persons who differ in this key alone and in their standing."""
    others = [other for other in undecided_keys(offer, knowledge) if other != key]
    if standing(offer, knowledge) is not Standing.OPEN:
        return False
    cases = [standing(offer, case) for case in offer.cases(knowledge, key)]
    if Standing.OPEN not in cases:
        return len(set(cases)) > 1
    return any(_depends(offer, case, key) for case in offer.cases(knowledge, others[0]))
