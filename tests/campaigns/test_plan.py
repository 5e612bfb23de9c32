"""A campaign's file: what is right is kept, what is wrong is told with its line and remedy."""

from __future__ import annotations

import json

import pytest

from tests.campaigns.plans import once, twice_a_day
from voicebot.campaigns.plan import CampaignPlan, as_settings, from_settings, parse_plan
from voicebot.errors import ConfigurationError

GOOD = """\
name: welfare-winter
service: welfare
caller_id: "031-123-4000"
from: 2026-12-01
until: 2026-12-18
calling_hours:
  - days: [mon, wed]
    hours: ["10:00-12:00", "13:30-17:30"]
pace: {at_once: 20, per_second: 2}
"""


def test_a_good_file_is_read() -> None:
    plan = parse_plan("w.yaml", GOOD)
    assert (plan.name, plan.caller_id, plan.pace.at_once) == ("welfare-winter", "0311234000", 20)
    assert not plan.repeats


@pytest.mark.parametrize("plan", [once(), twice_a_day(), once(closed_on=["2026-12-24"], until=None)])
def test_a_plan_survives_the_records(plan: CampaignPlan) -> None:
    assert from_settings(json.loads(json.dumps(as_settings(plan)))) == plan


@pytest.mark.parametrize(
    ("wrong", "right", "line", "problem"),
    [
        ("until: 2026-12-18", "until: 2026-11-18", 1, "turn them round"),
        ("10:00-12:00", "1000-1200", 8, 'write it as "10:00-12:00"'),
        ("10:00-12:00", "12:00-10:00", 8, "does not end after it starts"),
        ("10:00-12:00", "06:00-12:00", 8, "stay between 08:00 and 21:00"),
        ("13:30-17:30", "13:30-21:30", 8, "stay between 08:00 and 21:00"),
        ("[mon, wed]", "[monday]", 7, "mon"),
        ('"031-123-4000"', "0311234000", 3, "quote the number"),
        ('"031-123-4000"', '"119"', 3, "numbering plan"),
        ('"031-123-4000"', '"+12025550143"', 3, "own number"),
        ("at_once: 20", "at_once: 0", 9, "greater than or equal to 1"),
        ("at_once: 20", "at_onc: 20", 9, "Extra inputs"),
        ("welfare-winter", "Welfare 2026", 1, "pattern"),
        ("calling_hours:", "calling_hour:", 6, "Extra inputs"),
        ("2026-12-01", "2026-13-41", 1, "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(wrong: str, right: str, line: int, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"w\.yaml:{line}: .*{problem}"):
        parse_plan("w.yaml", GOOD.replace(wrong, right))


def test_hours_are_needed() -> None:
    without = "".join(GOOD.splitlines(keepends=True)[:5])
    with pytest.raises(ConfigurationError, match=r"give calling_hours .* or slots"):
        parse_plan("w.yaml", without)


def test_a_slot_has_one_span() -> None:
    text = GOOD + 'slots:\n  day: {hours: ["09:00-10:00", "11:00-12:00"]}\n'
    with pytest.raises(ConfigurationError, match="make two slots of it"):
        parse_plan("w.yaml", text)
