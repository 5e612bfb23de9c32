"""``voicebot timeline`` draws, lists, and names what is wrong with a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from voicebot.cli.timeline import timeline
from voicebot.errors import TimelineError

GOLDEN = Path(__file__).parent.parent / "timeline" / "golden" / "duty.jsonl"

app = typer.Typer()
app.command()(timeline)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(GOLDEN, tmp_path / "call.jsonl"))


def test_it_draws_beside_the_file_and_lists_turns_and_gaps(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 0
    assert file.with_suffix(".svg").read_text(encoding="utf-8").startswith("<?xml")
    lines = result.output.splitlines()
    assert any("네 맞아요" in line and "151 ms" in line and "연락받으실" in line for line in lines)
    assert any("taken back" in line for line in lines)
    assert any("어떤 일로 전화하셨어요?" in line for line in lines)


def test_the_drawing_goes_where_it_is_asked_to(file: Path, tmp_path: Path) -> None:
    drawing = tmp_path / "picture.svg"
    result = CliRunner().invoke(app, [str(file), "--svg", str(drawing), "--json"])
    assert result.exit_code == 0
    summary = json.loads(result.output)
    assert summary["svg"] == str(drawing) and drawing.exists()
    assert summary["gap_ms"] == {"p50": 231, "max": 742}
    assert [turn["gap_ms"] for turn in summary["turns"]] == [404, None, 231, 151, 742]


def test_a_file_that_is_not_there_is_bad_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, [str(tmp_path / "none.jsonl")]).exit_code == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"t": 0, "track": "bot", "event": "x"}\n{"t": 1}\n', ":2: 'track' must be"),
        (b"hello\n", ":1: not JSON"),
        (b"\n", ":1: not a timeline: the file has no entries"),
        (b"\xff\xfe\x00", ":1: not a timeline: the file is not UTF-8"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "call.jsonl"
    file.write_bytes(content)
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert isinstance(result.exception, TimelineError)
    assert f"{file}{message}" in str(result.exception)
    assert not file.with_suffix(".svg").exists()


def test_a_drawing_that_cannot_be_written_is_an_error(file: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(file), "--svg", str(tmp_path / "none" / "x.svg")])
    assert isinstance(result.exception, TimelineError)
    assert "cannot be written" in str(result.exception)
