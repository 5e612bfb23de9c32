"""A rule file with a mistake is refused with file, line and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.errors import FlowError
from voicebot.services.welfare.reading import RULES_FILE, load_rules, read_rules

TODAY = date(2026, 11, 22)
GOOD = RULES_FILE.read_text(encoding="utf-8")


def _refused(old: str, new: str, today: date | None = TODAY) -> tuple[str, int]:
    """The message for the file with one place changed, and the line of that place."""
    assert old in GOOD
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    with pytest.raises(FlowError) as refused:
        read_rules("rules.yaml", GOOD.replace(old, new, 1), today)
    return str(refused.value), line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("valid_from: 2026-10-01", "valid_from: 2026-10-03", "a gap: nothing is valid from 2026-10-01 to"),
        ("valid_from: 2026-10-01", "valid_from: 2026-09-30", "an overlap: the period before ends on"),
        ("months: {6-8: 20000, 9-5: 16000}", "months: {6-8: 20000, 9-4: 16000}", "a gap: no sum for month 5"),
        ("months: {6-8: 20000, 9-5: 16000}", "months: {6-9: 20000, 9-5: 16000}", "an overlap: month 9 is in"),
        ("months: {6-8: 20000, 9-5: 16000}", "months: {6-13: 20000}", "'6-13' is no span of months; write"),
        (
            "household: {1: 295000, 2: 407000,",
            "household: {1: 295000,",
            "'3' is a gap or an overlap; here comes 2",
        ),
        ("household: {1: 295000, 2: 407000, 3: 532000, 4+:", "household: {1: 1, 2:", "here comes 2+"),
        ("household: {1: 295000,", "household: {one: 295000,", "'one' is no size; here comes 1"),
        (
            "tiers: [{up_to: 26000, percent: 100}",
            "tiers: [{up_to: 46000, percent: 100}",
            "an overlap: up_to must",
        ),
        (
            "tiers: [{up_to: 26000, percent: 100}",
            "tiers: [{percent: 100}",
            "only the last tier may have no up_to",
        ),
        ("who: {basic_pension: true}", "who: {basic_pensoin: true}", "did you mean 'basic_pension'?"),
        ("who: {basic_pension: true}", "who: {wealth: true}", "unknown key 'wealth'; use basic_livelihood"),
        ("who: {basic_pension: true}", "who: {basic_pension: [true, false]}", "always holds: basic_pension"),
        ("who: {basic_pension: true}", "who: {basic_pension: often}", "give true or false"),
        ("who: {basic_pension: true}", "who: {basic_livelihood: 노령}", "cannot be '노령'; give 생계, 의료"),
        (
            "who: {basic_pension: true}",
            "who: {age: {at_least: 70, at_most: 60}}",
            "can never hold: age has no",
        ),
        (
            "who: {basic_pension: true}",
            "who: {all: [{age: 70}, {age: 71}]}",
            "can never hold: two tests of age",
        ),
        ("who: {basic_pension: true}", "who: {age: {over: 60}}", "over: 60 is no limit; give a whole number"),
        ("who: {basic_pension: true}", "who: {any: true}", "any needs a list of conditions"),
        ("who: {basic_pension: true}", "who: {not: old}", "a condition must be KEY: VALUE"),
        ("who: {basic_pension: true}", "who: {}", "who is empty; name the keys of a profile"),
        ("  tv_licence:", "  tv_license:", "unknown benefit 'tv_license'; use mobile"),
        ("valid_to: 2026-06-08", "valid_to: 2025-06-08", "valid_to lies before valid_from; exchange"),
        ("valid_to: 2026-06-08", "valid_to: 8 June", "valid_to: input should be a valid date"),
    ],
)
def test_refused_with_the_line(old: str, new: str, message: str) -> None:
    refused, line = _refused(old, new)
    assert message in refused
    assert any(each.startswith(f"rules.yaml:{line}: ") for each in refused.splitlines())


def test_an_expired_file() -> None:
    last = "        valid_to: 2027-05-31"
    with pytest.raises(
        FlowError, match="expired: not valid on 2027-06-01; check the figures anew"
    ) as refused:
        read_rules("rules.yaml", GOOD, date(2027, 6, 1))
    line = GOOD[: GOOD.index(last)].count("\n") + 1
    assert str(refused.value).startswith(f"rules.yaml:{line}: ")
    read_rules("rules.yaml", GOOD)  # whoever gives no day does not ask


def test_a_file_of_the_future() -> None:
    with pytest.raises(FlowError, match="nothing is valid yet on 2025-12-31; add the period before"):
        read_rules("rules.yaml", GOOD, date(2025, 12, 31))


def test_two_sums_or_none() -> None:
    refused, _ = _refused(
        "            amount: 2500", "            amount: 2500\n            months: {1-12: 3}"
    )
    assert "a rate needs one sum, this has 2; give one of amount, months" in refused
    refused, _ = _refused("            amount: 2500\n", "            verified: true\n")
    assert "a rate needs one sum, this has 0" in refused


def test_a_benefit_that_is_left_out() -> None:
    begin, end = GOOD.index("  heat:"), GOOD.index("  tv_licence:")
    with pytest.raises(FlowError, match="no rules for heat; add them, with rates: \\[\\] for nobody"):
        read_rules("rules.yaml", GOOD[:begin] + GOOD[end:], TODAY)


def test_an_unknown_field() -> None:
    refused, line = _refused("source: 방송법", "sources: 방송법")
    assert f"rules.yaml:{line}: sources: extra inputs are not permitted; see docs/ELIGIBILITY.md" in refused


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"cannot be read .*; give an existing rule file"):
        load_rules(tmp_path / "none.yaml")
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FlowError, match="not UTF-8 text"):
        load_rules(path)
    path.write_text("benefits: [", encoding="utf-8")
    with pytest.raises(FlowError, match="not valid YAML"):
        load_rules(path)
