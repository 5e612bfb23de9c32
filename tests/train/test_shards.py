"""Clips on disk."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.train.errors import TrainingError
from models.train.material import Clip
from models.train.shards import has_shard, open_shards, unwritable, write_shard
from voicebot.audio.g711 import decode_alaw, encode_alaw


def _clips() -> list[Clip]:
    samples = np.arange(-500, 500, dtype=np.int16)
    return [
        Clip(text="비가 와요", samples=samples),
        Clip(text="물이", samples=samples[:10] * 9, broken_off=True),
    ]


def test_clips_come_back_over_a_law(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, _clips())
    write_shard(tmp_path, 1, _clips()[:1])
    shards = open_shards(tmp_path, 2)
    for number, clip in enumerate([*_clips(), _clips()[0]]):
        back = shards.clip(number)
        assert (back.text, back.broken_off) == (clip.text, clip.broken_off)
        assert np.array_equal(back.samples, decode_alaw(encode_alaw(clip.samples)))
    assert shards.lengths.tolist() == [1000, 10, 1000]


def test_a_shard_that_was_interrupted_is_not_there(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Clip]:
        yield _clips()[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shard(tmp_path, 0, interrupted())
    assert not has_shard(tmp_path, 0)
    write_shard(tmp_path, 0, _clips())
    assert has_shard(tmp_path, 0)
    assert len(open_shards(tmp_path, 1).texts) == 2


def test_a_missing_or_shortened_shard_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"0000.json: not readable .* remove it and start again"):
        open_shards(tmp_path, 1)
    write_shard(tmp_path, 0, _clips())
    (tmp_path / "0000.alaw").write_bytes(b"x" * 100)
    with pytest.raises(TrainingError, match=r"0000.alaw: is cut short; remove .*0000.json and start again"):
        open_shards(tmp_path, 1)


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_told_apart(tmp_path: Path) -> None:
    full = unwritable(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    assert "the disk is full; make room" in str(full)
    with pytest.raises(TrainingError, match=r"cannot be written \(Not a directory\); give another --folder"):
        (tmp_path / "file").write_text("")
        write_shard(tmp_path / "file", 0, _clips())
