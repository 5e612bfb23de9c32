"""``voicebot campaign``: from the file to the table of what came of it."""

from __future__ import annotations

import base64
import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from voicebot.adapters.records.encryption import VARIABLE
from voicebot.cli import campaign, events, records
from voicebot.errors import ConfigurationError, VoicebotError

KEY = base64.b64encode(b"1" * 32).decode()
PLAN = """\
name: welfare-2099
service: welfare
caller_id: "031-123-4000"
from: 2099-12-01
calling_hours: [{hours: "10:00-12:00"}]
"""
PEOPLE = (
    "전화번호,이름,관리번호\n010-2222-0001,=김영희,K-1\n01022220001,,\n010-22,,\n031-222-0002,박정수,+82\n"
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.delenv("VOICEBOT_RECORDS_URL", raising=False)
    path = tmp_path / "voicebot.toml"
    path.write_text(
        f'dialling.services = ["welfare"]\nrecords.url = "sqlite:///{tmp_path}/run/records.db"\n',
        encoding="utf-8",
    )
    CliRunner().invoke(records.app, ["upgrade", "--config", str(path)])
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "people.csv").write_bytes(PEOPLE.encode("cp949"))
    return path


def _run(config: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(campaign.app, [*map(str, words), "--config", str(config)])


def _told(config: Path, *words: str | Path) -> object:
    result = _run(config, *words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def test_a_campaign_from_its_file_to_its_table(config: Path, tmp_path: Path) -> None:
    assert _told(config, "create", tmp_path / "plan.yaml") == {
        "id": 1,
        "name": "welfare-2099",
        "service": "welfare",
        "state": "draft",
    }
    imports = ("import", "welfare-2099", tmp_path / "people.csv")
    dry = _told(config, *imports, "--dry-run")
    assert isinstance(dry, dict)
    done = _told(config, *imports, "--errors", tmp_path / "left-out.csv")
    assert done == dry | {"dry_run": False}
    assert (dry["rows"], dry["added"], dry["problems"]) == (4, 2, {"number": 1, "twice": 1})
    assert [example["line"] for example in dry["examples"]] == [3, 4]
    with (tmp_path / "left-out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[:2] for row in csv.reader(file)] == [["line", "problem"], ["3", "twice"], ["4", "number"]]
    assert _told(config, "start", "welfare-2099") == {"state": "running", "campaigns": ["welfare-2099"]}
    status = _told(config, "status", "welfare-2099")
    assert isinstance(status, dict)
    assert status["targets"] == {"waiting": 2, "dialling": 0, "done": 0, "excluded": 0}
    assert status["next_due"] == "2099-12-01 10:00" and not status["may_dial_now"]
    assert "welfare-2099" in _run(config, "status").stdout
    assert _told(config, "pause", "--all") == {"state": "paused", "campaigns": ["welfare-2099"]}
    assert _told(config, "resume", "welfare-2099")
    assert _told(config, "stop", "--all") == {"state": "stopped", "campaigns": ["welfare-2099"]}
    assert _told(config, "stop", "--all") == {"state": "stopped", "campaigns": []}


def _messages(config: Path) -> int:
    outcome = CliRunner().invoke(events.app, ["status", "--json", "--config", str(config)])
    (messages,) = json.loads(outcome.stdout)
    return int(messages["waiting"])


def test_people_are_told_once_of_a_day(config: Path, tmp_path: Path) -> None:
    config.write_text(
        config.read_text(encoding="utf-8") + 'messages.number = "031-123-4000"\n', encoding="utf-8"
    )
    _run(config, "create", tmp_path / "plan.yaml")
    _run(config, "import", "welfare-2099", tmp_path / "people.csv")
    told = {"campaign": "welfare-2099", "day": "2099-12-01", "people": 2}
    for _ in range(2):
        assert _told(config, "announce", "welfare-2099", "--day", "2099-12-01") == told
        assert _messages(config) == 2


def test_a_day_without_calls_is_not_announced(config: Path, tmp_path: Path) -> None:
    _run(config, "create", tmp_path / "plan.yaml")
    announced = ("announce", "welfare-2099", "--day", "2099-11-30")
    assert "set number of [messages]" in str(_run(config, *announced).exception)
    config.write_text(
        config.read_text(encoding="utf-8") + 'messages.number = "031-123-4000"\n', encoding="utf-8"
    )
    assert "the next is 2099-12-01" in str(_run(config, *announced).exception)


def test_tables_hold_no_formula_and_no_number(config: Path, tmp_path: Path) -> None:
    _run(config, "create", tmp_path / "plan.yaml")
    _run(config, "import", "welfare-2099", tmp_path / "people.csv")
    for name in ("table.csv", "table.xlsx"):
        assert _told(config, "export", "welfare-2099", tmp_path / name) == {
            "people": 2,
            "file": str(tmp_path / name),
        }
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        _, first, second = csv.reader(file)
    assert first[:5] == ["'=김영희", "010-****-0001", "K-1", "waiting", "0"]
    assert second[:3] == ["박정수", "031-***-0002", "'+82"]
    sheet = load_workbook(tmp_path / "table.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == first[:3]
    _run(config, "export", "welfare-2099", tmp_path / "table.csv", "--numbers")
    assert "010-2222-0001" in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")


def test_a_list_is_not_overwritten_by_its_own_problems(config: Path, tmp_path: Path) -> None:
    _run(config, "create", tmp_path / "plan.yaml")
    people = tmp_path / "people.csv"
    before = people.read_bytes()
    result = _run(config, "import", "welfare-2099", people, "--errors", tmp_path / "." / "people.csv")
    assert isinstance(result.exception, ConfigurationError) and "the list itself" in str(result.exception)
    assert people.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["start", "other"], "there is no campaign 'other'; there are: welfare-2099"),
        (["pause"], "name one campaign, or give --all"),
        (["stop", "welfare-2099", "--all"], "name one campaign, or give --all"),
        (["start", "welfare-2099"], "has nobody to call: import a list first"),
        (["resume", "welfare-2099"], "use voicebot campaign start"),
        (["pause", "welfare-2099"], "cannot become paused"),
        (["export", "welfare-2099", "table.pdf"], r"ends in \.csv or \.xlsx"),
        (["create", "none.yaml"], "cannot be read"),
        (["import", "welfare-2099", "none.csv"], "cannot be read"),
        (["import", "other", "none.csv"], "voicebot campaign create FILE"),
    ],
)
def test_bad_use_is_told_with_its_remedy(
    config: Path, tmp_path: Path, words: list[str], problem: str
) -> None:
    _run(config, "create", tmp_path / "plan.yaml")
    result = _run(config, *words)
    assert isinstance(result.exception, VoicebotError)
    with pytest.raises(VoicebotError, match=problem):
        raise result.exception


def test_a_file_for_a_service_that_is_not_there(config: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.replace("service: welfare", "service: pizza"), encoding="utf-8")
    result = _run(config, "create", tmp_path / "plan.yaml")
    assert isinstance(result.exception, ConfigurationError) and "duty" in str(result.exception)


def test_a_campaign_whose_calls_nobody_holds_does_not_begin(config: Path, tmp_path: Path) -> None:
    _run(config, "create", tmp_path / "plan.yaml")
    config.write_text(config.read_text(encoding="utf-8").replace("welfare", "care"), encoding="utf-8")
    result = _run(config, "start", "welfare-2099")
    assert isinstance(result.exception, ConfigurationError) and "[dialling]" in str(result.exception)
