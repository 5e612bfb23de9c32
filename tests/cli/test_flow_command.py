"""``voicebot flow``."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from voicebot.cli.flow import app

BROKEN = Path(__file__).parents[1] / "dialogue" / "flow" / "broken"


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_a_good_service() -> None:
    code, output = _run("check", "duty")
    assert code == 0
    assert output.startswith("duty: good, ")


def test_a_file_with_a_mistake() -> None:
    code, output = _run("check", str(BROKEN / "unknown_state.yaml"))
    assert code == 1
    assert "unknown_state.yaml:15: unknown state 'byee'; did you mean 'bye'?" in output


def test_warnings_are_shown_and_allowed() -> None:
    code, output = _run("check", str(BROKEN / "warnings.yaml"))
    assert code == 0
    assert "warning: two questions at once" in output


def test_json() -> None:
    code, output = _run("check", str(BROKEN / "unknown_state.yaml"), "--json")
    assert code == 1
    answer = json.loads(output)
    assert answer["ok"] is False
    assert [(problem["line"], problem["severity"]) for problem in answer["problems"]] == [(15, "error")]
    code, output = _run("check", "duty", "--json")
    assert code == 0
    assert json.loads(output)["problems"] == []


def test_neither_service_nor_file() -> None:
    code, output = _run("check", "dutty")
    assert code == 2
    assert "dutty: no such service or file; services are" in output


def test_draw(tmp_path: Path) -> None:
    target = tmp_path / "duty.svg"
    code, output = _run("draw", "duty", "--svg", str(target))
    assert code == 0
    assert output.strip() == str(target)
    assert target.read_text(encoding="utf-8").startswith("<svg ")
    code, output = _run("draw", "duty", "--svg", str(tmp_path / "none" / "duty.svg"))
    assert code == 1
    assert "cannot be written" in output
    code, _ = _run("draw", str(BROKEN / "unknown_state.yaml"))
    assert code == 1
