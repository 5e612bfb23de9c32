"""Installing with stand-ins for apt-get and apt-cache; a real one is part of every fresh set-up."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.adapters.asterisk.embedded import install as module
from voicebot.adapters.asterisk.embedded.install import install
from voicebot.adapters.asterisk.embedded.root import ROOT_VARIABLE
from voicebot.errors import AsteriskUnavailable


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is all of PATH; an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("VOICEBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.delenv(module.MIRROR_VARIABLE, raising=False)
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_apt(programs: Path) -> None:
    with pytest.raises(
        AsteriskUnavailable, match=r"no apt-get here: install Asterisk 22\.8 or later yourself"
    ):
        install(print)


def test_failing_fetch_tells_apts_own_error_and_leaves_nothing(programs: Path, tmp_path: Path) -> None:
    _program(programs, "apt-get", 'echo "W: noise" >&2; echo "E: no network" >&2; exit 100')
    with pytest.raises(AsteriskUnavailable, match=r"^apt-get failed: E: no network$"):
        install(print)
    assert list((tmp_path / "cache").iterdir()) == []


def test_old_offer_names_the_mirror_variable(programs: Path) -> None:
    _program(programs, "apt-get", "exit 0")
    _program(programs, "apt-cache", 'echo "  Candidate: 1:20.6.0~dfsg-1"')
    with pytest.raises(AsteriskUnavailable, match=rf"offered: 20\.6\.0.*set {module.MIRROR_VARIABLE}"):
        install(print)


def test_chosen_root_must_hold_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(AsteriskUnavailable, match=f"{ROOT_VARIABLE}={tmp_path} holds no Asterisk"):
        install(print)


def test_unwritable_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VOICEBOT_CACHE", str(tmp_path / "file"))
    with pytest.raises(AsteriskUnavailable, match="set VOICEBOT_CACHE to a folder of yours"):
        install(print)


def test_given_mirror_comes_before_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.MIRROR_VARIABLE, "http://given.example/debian")
    (line,) = module._source_lines()
    assert line.endswith("http://given.example/debian forky main")
