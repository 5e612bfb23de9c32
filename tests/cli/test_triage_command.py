"""``voicebot triage``: lines in, JSON lines out, bad lines named."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from voicebot.cli.main import app


def test_plain_and_json_lines() -> None:
    lines = '가로등이 꺼졌어요\n\n{"said": "우리 집에 불이 났어요"}\n'
    result = CliRunner().invoke(app, ["triage"], input=lines)
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["type"] for one in found] == ["street_light", "fire"]
    assert {"type", "level", "route", "department", "confidence", "alternatives", "slots"} <= found[0].keys()
    assert found[1]["route"] == "119"


def test_bad_lines_are_named_and_stop_nothing() -> None:
    result = CliRunner().invoke(app, ["triage"], input='{"said": 3}\n{bad\n{"said": ""}\n가로등이 꺼졌어요\n')
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 1", "line 2", "line 3"]
    assert len(result.stdout.splitlines()) == 1


def test_a_missing_file_is_bad_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["triage", str(tmp_path / "none.txt")])
    assert result.exit_code != 0
