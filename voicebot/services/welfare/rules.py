"""The rules of the benefits, typed; the file they come from is read by ``reading.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from voicebot.services.welfare.amounts import Amount
from voicebot.services.welfare.conditions import Condition

BENEFITS = ("mobile", "electricity", "gas", "heat", "tv_licence", "energy_voucher")
"""The benefits, in the order in which results name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Who receives how much."""

    who: Condition
    amount: Amount
    verified: bool
    """Whether a statute or an official page says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The rates of a time, both days included; without rates nobody can apply in it."""

    valid_from: date
    valid_to: date
    source: str
    rates: tuple[Rate, ...]
    withheld: tuple[Rate, ...] = ()
    """Rates that are switched off: who has only one of these is told neither yes nor no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """One benefit and its periods, which follow each other without a gap."""

    key: str
    name: str
    apply: str
    requires: Condition
    """What must hold for every rate."""
    periods: tuple[Period, ...]

    def period(self, today: date) -> Period | None:
        """The period that a day lies in."""
        return next((each for each in self.periods if each.valid_from <= today <= each.valid_to), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All benefits."""

    benefits: Mapping[str, Benefit]

    def verified_only(self) -> Rules:
        """The same rules with every unverified rate switched off."""
        return Rules(benefits={key: _verified(benefit) for key, benefit in self.benefits.items()})


def _verified(benefit: Benefit) -> Benefit:
    periods = tuple(
        replace(
            period,
            rates=tuple(rate for rate in period.rates if rate.verified),
            withheld=tuple(rate for rate in period.rates if not rate.verified),
        )
        for period in benefit.periods
    )
    return replace(benefit, periods=periods)
