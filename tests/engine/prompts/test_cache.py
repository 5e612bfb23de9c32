"""The cache gives back what was put in, or nothing; never something broken."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.engine.prompts.cache import Clip, ClipFolder, ClipMemory, clip_key

FRAME_BYTES = 4


def clip(*payloads: bytes) -> Clip:
    return payloads


@pytest.fixture
def folder(tmp_path: Path) -> ClipFolder:
    return ClipFolder(tmp_path / "prompts", FRAME_BYTES)


def test_a_clip_comes_back_as_it_was(folder: ClipFolder, tmp_path: Path) -> None:
    folder.save("a", clip(b"1234", b"5678"))
    assert folder.load("a") == (b"1234", b"5678")
    assert folder.load("b") is None
    (path,) = (tmp_path / "prompts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_broken_file_is_as_good_as_none(
    folder: ClipFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.save("a", clip(b"1234", b"5678"))
    (path,) = (tmp_path / "prompts").iterdir()
    whole = path.read_bytes()
    broken = [whole[:-1], whole[:-4], whole[:5], b"", whole[:-1] + b"x", b"x" + whole[1:], whole + b"1234"]
    for data in broken:
        path.write_bytes(data)
        assert folder.load("a") is None
    assert {record.message for record in caplog.records} == {"cached prompt is broken; it is spoken anew"}
    folder.save("a", clip(b"1234"))
    assert folder.load("a") == (b"1234",)


def test_a_clip_of_another_format_is_not_taken(folder: ClipFolder, tmp_path: Path) -> None:
    ClipFolder(tmp_path / "prompts", 3).save("a", clip(b"123"))
    assert folder.load("a") is None


def test_a_full_disk_is_logged_once_and_leaves_nothing(
    folder: ClipFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(os, "replace", full)
        folder.save("a", clip(b"1234"))
        folder.save("b", clip(b"1234"))
    assert [record.message for record in caplog.records] == [
        "prompt cannot be cached; it will be spoken anew each time"
    ]
    assert list((tmp_path / "prompts").iterdir()) == []
    folder.save("a", clip(b"1234"))
    assert folder.load("a") == (b"1234",)


def test_a_folder_that_cannot_be_made_is_survived(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("a file where the folder should be")
    folder = ClipFolder(tmp_path / "prompts", FRAME_BYTES)
    folder.save("a", clip(b"1234"))
    assert folder.load("a") is None


def test_memory_forgets_what_was_used_longest_ago() -> None:
    memory = ClipMemory(limit_bytes=12)
    for key in "abc":
        memory.put(key, clip(b"1234"))
    assert memory.get("a") is not None
    memory.put("d", clip(b"1234"))
    assert [key for key in "abcd" if memory.get(key)] == ["a", "c", "d"]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), max_size=40))
def test_memory_stays_within_its_bounds(puts: list[tuple[str, int]]) -> None:
    memory = ClipMemory(limit_bytes=30)
    for key, frames in puts:
        memory.put(key, clip(*[b"1234"] * frames))
        assert memory.size_bytes <= 30
        assert memory.size_bytes == sum(4 * len(memory.get(name) or ()) for name in "abcdef")


def test_everything_that_changes_the_sound_changes_the_key() -> None:
    base = {"text": "네.", "rate": 1.0, "identity": "espeak", "encoding": "alaw", "version": 1}
    changes: list[dict[str, object]] = [
        {"text": "네"},
        {"rate": 0.8},
        {"identity": "edge"},
        {"encoding": "slin16"},
        {"version": 2},
    ]
    keys = {clip_key(**(base | change)) for change in [{}, *changes]}  # type: ignore[arg-type]
    assert len(keys) == 6
    assert clip_key(**base) in keys  # type: ignore[arg-type]
