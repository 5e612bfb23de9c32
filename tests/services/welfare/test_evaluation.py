"""Exact sums, and what three-valued logic promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.services.welfare.amounts import Table
from voicebot.services.welfare.conditions import Condition, Every, Not, Some, Test
from voicebot.services.welfare.evaluation import Verdict, evaluate, offer_of, offers_of
from voicebot.services.welfare.profile import BILL, DOMAINS, Knowledge, mask, read_profile
from voicebot.services.welfare.reading import load_rules
from voicebot.services.welfare.rules import Benefit, Period, Rate

TODAY = date(2026, 11, 22)
RULES = load_rules(today=TODAY)
OFFERS = offers_of(RULES, TODAY)
TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "profiles.yaml").read_text(encoding="utf-8"))
BASE: dict[str, Any] = TABLE.pop("base")
ROWS = [(benefit, changes, expected) for benefit, rows in TABLE.items() for changes, expected in rows]


def _knowledge(profile: Mapping[str, Any]) -> Knowledge:
    knowledge, problems = read_profile(profile)
    assert not problems
    return knowledge


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize(("benefit", "changes", "expected"), ROWS)
def test_by_hand(benefit: str, changes: dict[str, Any], expected: int | str | list[str]) -> None:
    profile = {key: value for key, value in {**BASE, **changes}.items() if value is not None}
    verdict = evaluate(OFFERS[benefit], _knowledge(profile))
    found = (verdict.eligible, verdict.amount_krw, list(verdict.missing))
    match expected:
        case "no":
            assert found == (False, 0, [])
        case "yes":
            assert found == (True, None, [])
        case int():
            assert found == (True, expected, [])
        case _:
            assert found == (None, None, expected)


_VALUES = {
    key: st.sampled_from([sorted(value) if isinstance(value, frozenset) else value for value in values])
    for key, values in DOMAINS.items()
}
_PROFILES = st.fixed_dictionaries({**_VALUES, BILL: st.integers(0, 120_000)})


@settings(max_examples=10, deadline=None)
@given(profile=_PROFILES, order=st.permutations([*DOMAINS, BILL]))
def test_more_knowledge_never_changes_a_decision(profile: dict[str, Any], order: list[str]) -> None:
    known: dict[str, Any] = {}
    before: dict[str, Verdict] = {}
    for key in [None, *order]:
        if key is not None:
            known[key] = profile[key]
        for benefit, offer in OFFERS.items():
            after = evaluate(offer, _knowledge(known))
            assert (after.missing == ()) == (after.eligible is not None)
            assert not set(after.missing) & set(known)
            assert after.least_krw <= after.most_krw
            if benefit in before and before[benefit].eligible is not None:
                assert after.eligible is before[benefit].eligible
                if before[benefit].amount_krw is not None:
                    assert after.amount_krw == before[benefit].amount_krw
            before[benefit] = after
    assert all(verdict.eligible is not None for verdict in before.values())


_SMALL = ("near_poor", "pregnant", "disability", "fuel")
_TESTS = st.sampled_from(_SMALL).flatmap(
    lambda key: st.integers(1, (1 << len(DOMAINS[key])) - 2).map(lambda bits: Test(key=key, accepted=bits))
)


def _joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda each: Every(parts=each)),
        several.map(lambda each: Some(parts=each)),
        parts.map(lambda each: Not(part=each)),
    )


_CONDITIONS: st.SearchStrategy[Condition] = st.recursive(_TESTS, _joined, max_leaves=6)
_RATES = st.builds(
    lambda who, krw: Rate(who=who, amount=Table(rows=((None, krw),)), verified=True),
    _CONDITIONS,
    st.integers(1, 4),
)


@settings(max_examples=100, deadline=None)
@given(
    requires=_CONDITIONS,
    rates=st.lists(_RATES, max_size=3),
    known=st.fixed_dictionaries({}, optional={key: st.sampled_from(DOMAINS[key]) for key in _SMALL}),
)
def test_equals_trying_every_completion(
    requires: Condition, rates: list[Rate], known: dict[str, Any]
) -> None:
    period = Period(valid_from=TODAY, valid_to=TODAY, source="", rates=tuple(rates))
    benefit = Benefit(key="mobile", name="", apply="", requires=requires, periods=(period,))
    offer = offer_of(benefit, TODAY)
    assert offer is not None
    sums: dict[tuple[object, ...], int | None] = {}
    for values in product(*([known[key]] if key in known else DOMAINS[key] for key in _SMALL)):
        complete = Knowledge(
            possible={key: mask(key, [value]) for key, value in zip(_SMALL, values, strict=True)}
        )
        held = [
            rate.amount.between_krw(complete)[0]
            for rate in rates
            if requires.holds(complete) and rate.who.holds(complete)
        ]
        sums[values] = max(held, default=None)
    verdict = evaluate(offer, Knowledge(possible={key: mask(key, [known[key]]) for key in known}))
    entitled = {krw is not None for krw in sums.values()}
    assert verdict.eligible is (entitled.pop() if len(entitled) == 1 else None)
    if verdict.eligible:
        given_krw = [krw for krw in sums.values() if krw is not None]
        assert (verdict.least_krw, verdict.most_krw) == (min(given_krw), max(given_krw))
    deciding = {
        key
        for place, key in enumerate(_SMALL)
        if any(
            (one is None) != (other is None)
            for left, one in sums.items()
            for right, other in sums.items()
            if left[:place] == right[:place] and left[place + 1 :] == right[place + 1 :]
        )
    }
    assert set(verdict.missing) == deciding


def test_unverified_rates_can_be_switched_off() -> None:
    offers = offers_of(RULES.verified_only(), TODAY)
    disabled = evaluate(offers["mobile"], _knowledge({**BASE, "disability": "mild"}))
    assert (disabled.eligible, disabled.amount_krw, disabled.missing) == (None, None, ())
    poor = evaluate(offers["mobile"], _knowledge({**BASE, "basic_livelihood": ["생계"]}))
    assert poor.amount_krw == 28000
    assert evaluate(offers["mobile"], _knowledge(BASE)).eligible is False
    assert evaluate(offers["electricity"], _knowledge({**BASE, "near_poor": True})).eligible is None


def test_the_voucher_has_its_season() -> None:
    old = _knowledge({**BASE, "basic_livelihood": ["생계"], "age": 80})
    for day, eligible in ((date(2026, 6, 8), False), (date(2026, 6, 9), True), (date(2027, 1, 1), False)):
        assert evaluate(offers_of(RULES, day)["energy_voucher"], old).eligible is eligible
    assert "energy_voucher" not in offers_of(RULES, date(2027, 6, 1))
