"""Only what we made is ever emptied."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.cli.folders import empty_folder
from voicebot.errors import ConfigurationError


def test_a_folder_of_ours_is_emptied_again_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "demo"
    for _ in range(3):
        empty_folder(folder)
        assert [path.name for path in folder.iterdir()] == [".voicebot-run"]
        (folder / "timelines").mkdir()
        (folder / "timelines" / "call.jsonl").write_text("{}")


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    assert (tmp_path / ".voicebot-run").exists()


def test_somebody_elses_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "voicebot.toml").write_text("")
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="no earlier run has written; choose an empty or a new"):
        empty_folder(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(ConfigurationError, match=r"demo: .*; choose another folder"):
        empty_folder(tmp_path / "demo")
