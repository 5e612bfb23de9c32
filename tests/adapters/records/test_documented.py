"""``docs/RECORDS.md`` tells of the records as they are."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict
from pathlib import Path

from tests.adapters.records.conftest import KEYS
from voicebot.adapters.records.database import Database
from voicebot.adapters.records.records import Records
from voicebot.config import Settings
from voicebot.records.retention import RetentionPeriods
from voicebot.records.status import NAMES_KO, TRANSITIONS, CaseStatus

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "RECORDS.md"


def _page() -> str:
    return _PAGE.read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    _, _, rest = _page().partition(heading)
    lines = rest.lstrip("\n").split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_settings_and_defaults() -> None:
    found = re.search(r"```toml\n(.*?)```", _page(), re.DOTALL)
    assert found is not None
    told = tomllib.loads(found.group(1))["records"]
    assert told["url"] == Settings().records.url
    assert told["retention"] == asdict(RetentionPeriods())


def test_every_method_of_every_repository() -> None:
    records = Records(Database("sqlite:///unused.db", KEYS))
    told = {
        name.strip("`"): set(re.findall(r"`(\w+)`", methods))
        for name, methods in _rows("now=wall_clock)\n```")
    }
    assert told == {
        name: {method for method in dir(repository) if not method.startswith("_")}
        for name, repository in vars(records).items()
        if name != "database"
    }


def test_the_way_of_a_case() -> None:
    told = {}
    for before, after in _rows("## The way of a case"):
        status = CaseStatus(re.findall(r"`(\w+)`", before)[0])
        assert NAMES_KO[status] in before
        told[status] = frozenset(
            one for one, name in NAMES_KO.items() if name in re.sub(r"\([^)]*\)", "", after)
        )
    assert told == TRANSITIONS
