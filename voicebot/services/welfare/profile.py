"""What is known of a person: for each key of a profile the values that are still possible.

A key that nothing is known of may have any value of its domain; a key that is known has one. In between, an
answer such as "I am 65 or older" leaves several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

LIVELIHOOD_KINDS = ("생계", "의료", "주거", "교육")
"""The four allowances of 국민기초생활보장법; a household may receive several."""

_VETERANS = ("none", "상이1-3", "상이4-7", "독립유공자", "독립유공자유족", "5.18부상자", "기타")
_SUBSETS = tuple(frozenset(kinds) for size in range(5) for kinds in combinations(LIVELIHOOD_KINDS, size))

Value = bool | int | str | frozenset[str]
"""One value of a profile key."""

DOMAINS: Mapping[str, tuple[Value, ...]] = {
    "basic_livelihood": _SUBSETS,
    "near_poor": (False, True),
    "disability": ("none", "mild", "severe"),
    "disability_kind": ("시각", "청각", "기타"),
    "veteran": _VETERANS,
    "basic_pension": (False, True),
    "age": tuple(range(121)),  # nobody in Korea has been older than 120
    "household_size": tuple(range(1, 21)),  # above any household on the register
    "children_under_19": tuple(range(20)),
    "infant_under_3": (False, True),
    "pregnant": (False, True),
    "severe_illness": (False, True),
    "single_parent": (False, True),
    "mobile_carrier": ("mno", "mvno"),
    "line_in_own_name": (False, True),
    "month": tuple(range(1, 13)),
    "fuel": ("city_gas", "district_heat", "other"),
}
"""Key → every value that it may have; the bill is not among them, since it is a range of won."""

BILL = "mobile_bill_krw"
_HIGHEST_BILL_KRW = 10_000_000
"""Above any month's mobile bill; a larger number is a slip of the keyboard."""

KEYS = (*DOMAINS, BILL)
"""Every key of a profile, in the order in which results name them."""

_NUMBERS = ("age", "household_size", "children_under_19", "month")
_POSITIONS: Mapping[str, Mapping[Value, int]] = {
    key: {value: position for position, value in enumerate(values)} for key, values in DOMAINS.items()
}


def mask(key: str, values: Iterable[Value]) -> int:
    """A set of values as bits, in the order of the key's domain."""
    positions = _POSITIONS[key]
    bits = 0
    for value in values:
        bits |= 1 << positions[value]
    return bits


EVERYTHING: Mapping[str, int] = {key: (1 << len(values)) - 1 for key, values in DOMAINS.items()}
"""Key → the bits of all its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of one person."""

    possible: Mapping[str, int]
    """Key → bits of the values that are still possible; a key that is absent may have any value."""
    bill_krw: int | None = None
    """The month's mobile bill before VAT."""

    def bits(self, key: str) -> int:
        """The values that a key may have."""
        return self.possible.get(key, EVERYTHING[key])

    def narrowed(self, key: str, bits: int) -> Knowledge:
        """What is known when the key has one of these values as well."""
        return Knowledge(possible={**self.possible, key: self.bits(key) & bits}, bill_krw=self.bill_krw)


def read_profile(profile: Mapping[str, Any]) -> tuple[Knowledge, list[str]]:
    """What a JSON profile tells, and what is wrong with it (each with its remedy).

    ``mobile_bill_krw: null`` is a bill that is not known; no other key may be null.
    """
    possible: dict[str, int] = {}
    bill_krw: int | None = None
    problems: list[str] = []
    for key, value in profile.items():
        if key == BILL:
            if value is None or (type(value) is int and 0 <= value <= _HIGHEST_BILL_KRW):
                bill_krw = value
            else:
                problems.append(
                    f"{BILL} is {value!r}; give won before VAT, 0 to {_HIGHEST_BILL_KRW}, or null"
                )
        elif key not in DOMAINS:
            problems.append(f"unknown key {key!r}; the keys are {', '.join(KEYS)}")
        elif (known := _value(key, value)) is None:
            problems.append(
                f"{key} is {value!r}; give {allowed(key)}, or leave the key out if it is not known"
            )
        else:
            possible[key] = mask(key, [known])
    return Knowledge(possible=possible, bill_krw=bill_krw), problems


def allowed(key: str) -> str:
    """The values of a key in words."""
    if key == "basic_livelihood":
        return f"a list of {', '.join(LIVELIHOOD_KINDS)} (empty: none)"
    values = DOMAINS[key]
    if key in _NUMBERS:
        return f"a whole number from {values[0]} to {values[-1]}"
    if values == (False, True):
        return "true or false"
    return f"one of {', '.join(map(str, values))}"


def _value(key: str, value: Any) -> Value | None:
    """The domain's value for a value of JSON, or ``None`` if there is none."""
    if key == "basic_livelihood":
        named = isinstance(value, list) and all(isinstance(kind, str) for kind in value)
        return frozenset(value) if named and set(value) <= set(LIVELIHOOD_KINDS) else None
    if not isinstance(value, bool | int | str):
        return None
    # 1 == True in Python, so that kinds are compared as well
    found: Value | None = next(
        (one for one in DOMAINS[key] if one == value and type(one) is type(value)), None
    )
    return found
