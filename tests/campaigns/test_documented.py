"""The files in ``docs/CAMPAIGNS.md`` are good, and its table tells of every disposition and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.campaigns.plan import CampaignPlan, Retry, parse_plan
from voicebot.records.campaigns import Disposition

TEXT = (Path(__file__).resolve().parents[2] / "docs/CAMPAIGNS.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("file", FILES)
def test_the_example_is_good(file: str) -> None:
    assert parse_plan("CAMPAIGNS.md", file).name in ("welfare-winter", "care-isolated")


def test_everything_is_told() -> None:
    told = set(re.findall(r"`([a-z_]+)`", TEXT)) | set(re.findall(r"^  ?([a-z_]+):", TEXT, re.MULTILINE))
    told |= {field for field in re.findall(r"`([a-z_]+)` [0-9]", TEXT)}
    wanted = {disposition.value for disposition in Disposition}
    wanted |= {field.alias or name for name, field in CampaignPlan.model_fields.items()}
    wanted |= set(Retry.model_fields)
    assert wanted <= told, sorted(wanted - told)
