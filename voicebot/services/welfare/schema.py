"""What a rule file may hold, checked by pydantic; what its parts mean together is for ``reading.py``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_Won = Annotated[int, Field(ge=0, le=10_000_000)]
"""No benefit is near ten million won; more is a slip of the keyboard."""

_Words = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TierSpec(_Model):
    """A share of the bill up to a limit, above the limit of the tier before."""

    up_to: _Won | None = None
    percent: Annotated[int, Field(ge=1, le=100)]


class UpToSpec(_Model):
    """A share of a bill that a profile does not hold."""

    percent: Annotated[int, Field(ge=1, le=100)]
    at_most: _Won


class RateSpec(_Model):
    """Who receives how much; exactly one way of saying the sum."""

    who: dict[str, Any]
    amount: _Won | None = None
    months: dict[str, _Won] | None = None
    household: dict[str, _Won] | None = None
    tiers: Annotated[list[TierSpec], Field(min_length=1)] | None = None
    bill_share: UpToSpec | None = None
    verified: bool | None = None


class PeriodSpec(_Model):
    """The rates of a time; an empty list: nobody can apply then."""

    valid_from: date
    valid_to: date
    source: _Words
    verified: bool
    rates: list[RateSpec]


class BenefitSpec(_Model):
    """One benefit."""

    name: _Words
    apply: _Words
    requires: dict[str, Any] = {}
    periods: Annotated[list[PeriodSpec], Field(min_length=1)]


class RulesSpec(_Model):
    """A whole file."""

    benefits: dict[str, BenefitSpec]
