from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.adapters.asterisk.embedded.root import (
    ROOT_VARIABLE,
    AsteriskRoot,
    find_root,
    new_enough,
    unpacked_root,
)
from voicebot.errors import AsteriskUnavailable


@pytest.mark.parametrize(
    ("printed", "enough"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", True),
        ("Asterisk 22.8.0", True),
        ("Asterisk 22.7.9", False),
        ("Asterisk 20.18.2", True),
        ("Asterisk 20.6.0~dfsg", False),
        ("Asterisk 21.12.0", False),
        ("Asterisk 23.0.1", True),
        ("Asterisk certified/20.7-cert3", False),
        ("Asterisk GIT-master-1234", False),
        ("", False),
    ],
)
def test_new_enough(printed: str, enough: bool) -> None:
    assert new_enough(printed) is enough


def _fake_root(folder: Path) -> Path:
    libraries = folder / "usr/lib/aarch64-linux-gnu"
    (libraries / "asterisk/modules").mkdir(parents=True)
    (libraries / "ld-linux-aarch64.so.1").touch()
    (folder / "usr/sbin").mkdir()
    (folder / "usr/sbin/asterisk").touch()
    return folder


def test_unpacked_root_runs_through_its_own_loader(tmp_path: Path) -> None:
    assert unpacked_root(tmp_path) is None
    root = unpacked_root(_fake_root(tmp_path))
    assert root is not None
    libraries = tmp_path / "usr/lib/aarch64-linux-gnu"
    assert root.command == (
        str(libraries / "ld-linux-aarch64.so.1"),
        "--library-path",
        str(libraries),
        str(tmp_path / "usr/sbin/asterisk"),
    )


def test_chosen_root_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(_fake_root(tmp_path)))
    assert find_root().data_dir == tmp_path / "usr/share/asterisk"


def test_nothing_there_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.setenv("VOICEBOT_CACHE", str(tmp_path))
    monkeypatch.setattr("voicebot.adapters.asterisk.embedded.root.system_root", lambda: None)
    with pytest.raises(AsteriskUnavailable, match=r"no Asterisk in .*asterisk: run `make setup` once"):
        find_root()
    with pytest.raises(AsteriskUnavailable, match=r"no system Asterisk of version 20\.18, 22\.8 or later"):
        find_root(system=True)


def test_program_that_does_not_run_is_named(tmp_path: Path) -> None:
    root = AsteriskRoot(command=(str(tmp_path / "none"),), modules_dir=tmp_path, data_dir=tmp_path)
    with pytest.raises(AsteriskUnavailable, match="does not run here"):
        root.version()
