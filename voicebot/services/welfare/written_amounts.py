"""Sums as they are written in a rule file.

::

    amount: 2500                                    always the same
    months: {6-8: 20000, 9-5: 16000}                by month; every month once, also over the end of the year
    household: {1: 295000, 2: 407000, 3+: 532000}   by the size of the household; the last one is open
    tiers: [{up_to: 26000, percent: 100}, {up_to: 41000, percent: 50}]   shares of the mobile bill before VAT
    bill_share: {percent: 30, at_most: 16000}       a share of a bill that a profile does not hold
"""

from __future__ import annotations

import re

from voicebot.dialogue.flow.source import Path, Source
from voicebot.services.welfare.amounts import Amount, Table, Tier, Tiers, UpTo
from voicebot.services.welfare.conditions import Test
from voicebot.services.welfare.profile import DOMAINS, mask
from voicebot.services.welfare.schema import RateSpec, TierSpec

_WAYS = ("amount", "months", "household", "tiers", "bill_share")
_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_SIZE = re.compile(r"(\d{1,2})(\+?)")
_NOTHING = Table(rows=((None, 0),))
"""Stands in for a sum that was refused; the file is not used."""


def read_amount(source: Source, place: Path, written: RateSpec) -> Amount:
    """The typed sum of a rate; mistakes are noted in the source."""
    given = [way for way in _WAYS if getattr(written, way) is not None]
    if len(given) != 1:
        source.problem(place, f"a rate needs one sum, this has {len(given)}; give one of {', '.join(_WAYS)}")
        return _NOTHING
    here = (*place, given[0])
    if written.amount is not None:
        return Table(rows=((None, written.amount),))
    if written.months is not None:
        return _months(source, here, written.months)
    if written.household is not None:
        return _household(source, here, written.household)
    if written.tiers is not None:
        return _tiers(source, here, written.tiers)
    assert written.bill_share is not None  # one of the five is given
    return UpTo(limit_krw=written.bill_share.at_most)


def _months(source: Source, place: Path, written: dict[str, int]) -> Amount:
    """Spans of months, of which each month is in exactly one."""
    first_span: dict[int, str] = {}
    rows: list[tuple[Test | None, int]] = []
    for span, krw in written.items():
        match = _SPAN.fullmatch(span)
        begin, end = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not (1 <= begin <= 12 and 1 <= end <= 12):
            source.problem((*place, span), f"{span!r} is no span of months; write 6 or 6-8")
            return _NOTHING
        months = [(begin - 1 + step) % 12 + 1 for step in range((end - begin) % 12 + 1)]
        for month in months:
            if month in first_span:
                message = f"an overlap: month {month} is in {first_span[month]} and in {span}; keep one"
                source.problem((*place, span), message)
            first_span[month] = span
        rows.append((Test(key="month", accepted=mask("month", months)), krw))
    gap = [str(month) for month in range(1, 13) if month not in first_span]
    if gap:
        source.problem(place, f"a gap: no sum for month {', '.join(gap)}; add it")
        return _NOTHING
    return Table(rows=tuple(rows))


def _household(source: Source, place: Path, written: dict[str, int]) -> Amount:
    """Sizes 1, 2, … of which the last is open (``4+``)."""
    rows: list[tuple[Test | None, int]] = []
    sizes = DOMAINS["household_size"]
    for due, (size, krw) in enumerate(written.items(), start=1):
        match = _SIZE.fullmatch(size)
        last = due == len(written)
        if match is None or int(match[1]) != due or bool(match[2]) != last:
            wanted = f"{due}+" if last else str(due)
            kind = "a gap or an overlap" if match else "no size"
            source.problem((*place, size), f"{size!r} is {kind}; here comes {wanted} (the last one is open)")
            return _NOTHING
        meant = [each for each in sizes if isinstance(each, int) and (each >= due if last else each == due)]
        rows.append((Test(key="household_size", accepted=mask("household_size", meant)), krw))
    if not rows:
        source.problem(place, "no sizes; write {1: SUM, 2: SUM, 3+: SUM}")
        return _NOTHING
    return Table(rows=tuple(rows))


def _tiers(source: Source, place: Path, written: list[TierSpec]) -> Amount:
    """Tiers whose limits rise; only the last may have none."""
    below_krw = 0
    for number, tier in enumerate(written):
        if tier.up_to is None:
            if number + 1 < len(written):
                source.problem((*place, number), "only the last tier may have no up_to; add the limit")
        elif tier.up_to <= below_krw:
            message = f"an overlap: up_to must be above {below_krw}; put the tiers in rising order"
            source.problem((*place, number), message)
        below_krw = tier.up_to or below_krw
    return Tiers(tiers=tuple(Tier(up_to_krw=tier.up_to, percent=tier.percent) for tier in written))
