"""What a benefit is worth: a small set of formulas, each an interval while something is not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.services.welfare.conditions import Test
from voicebot.services.welfare.profile import Knowledge

_Range = tuple[int, int]
"""The least and the most that it may be, in won."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A fixed sum, or one for each value of ``month`` or ``household_size``."""

    rows: tuple[tuple[Test | None, int], ...]
    """Which values, and their sum in won; ``None``: always."""

    def between_krw(self, knowledge: Knowledge) -> _Range:
        """The least and the most, by the rows that are still possible."""
        sums = [krw for test, krw in self.rows if test is None or test.holds(knowledge) is not False]
        return min(sums), max(sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A share of the part of the bill that lies below a limit (and above the tier before)."""

    up_to_krw: int | None
    """``None``: the rest of the bill."""
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """Shares of the mobile bill before VAT, such as 100 % of the first 26,000 and 50 % of the next 15,000."""

    tiers: tuple[Tier, ...]

    def reduction_krw(self, bill_krw: int) -> int:
        """The sum for one bill; parts of a won are dropped."""
        percent_krw, begin_krw = 0, 0
        for tier in self.tiers:
            end_krw = bill_krw if tier.up_to_krw is None else min(bill_krw, tier.up_to_krw)
            percent_krw += tier.percent * max(end_krw - begin_krw, 0)
            begin_krw = tier.up_to_krw or 0
        return percent_krw // 100

    @property
    def limit_krw(self) -> int | None:
        """The most that it can be; ``None`` without a limit."""
        last = self.tiers[-1].up_to_krw
        return None if last is None else self.reduction_krw(last)

    def between_krw(self, knowledge: Knowledge) -> _Range:
        """The sum of a known bill; else anything up to the limit."""
        if knowledge.bill_krw is not None:
            krw = self.reduction_krw(knowledge.bill_krw)
            return krw, krw
        limit = self.limit_krw
        return 0, UNLIMITED if limit is None else limit


@dataclass(frozen=True, slots=True, kw_only=True)
class UpTo:
    """A share of a bill that is no part of a profile: only its limit is known."""

    limit_krw: int

    def between_krw(self, knowledge: Knowledge) -> _Range:
        """Nothing up to the limit."""
        return 0, self.limit_krw


Amount = Table | Tiers | UpTo

UNLIMITED = 10**9
"""Stands for "no limit" in won; above every sum."""


def amount_tests(amount: Amount) -> Iterator[Test]:
    """The tests that choose the sum."""
    if isinstance(amount, Table):
        yield from (test for test, _ in amount.rows if test is not None)
