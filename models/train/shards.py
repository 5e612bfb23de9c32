"""Clean clips on disk: A-law samples in memory-mapped files, their texts beside them.

A shard is two files: ``0000.alaw`` holds the samples of its clips one after another, ``0000.json`` their
lengths and texts. The second is written last and by renaming, so that a shard is there as a whole or not at
all. A-law halves the disk space; its noise, 38 dB below the speech, is that of every telephone line.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.train.errors import TrainingError
from models.train.material import Clip
from voicebot.audio.g711 import decode_alaw, encode_alaw


def write_shard(folder: Path, number: int, clips: Iterable[Clip]) -> None:
    """Write one shard.

    Raises:
        TrainingError: The disk is full or the folder cannot be written.
    """
    listed = []
    samples_path, index_path = _paths(folder, number)
    try:
        with samples_path.open("wb") as file:
            for clip in clips:
                file.write(encode_alaw(clip.samples).tobytes())
                listed.append([len(clip.samples), int(clip.broken_off), clip.text])
        write_atomically(index_path, (json.dumps(listed, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise unwritable(folder, error) from error


def has_shard(folder: Path, number: int) -> bool:
    """Whether a shard is there as a whole."""
    return _paths(folder, number)[1].is_file()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, even after a loss of power."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def unwritable(folder: Path, error: OSError) -> TrainingError:
    """The error for a file that could not be written, with the remedy."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TrainingError(
            f"{folder}: the disk is full; make room, or give --folder on another disk or fewer --sentences, "
            "and start again: training goes on where it was"
        )
    return TrainingError(f"{folder}: cannot be written ({error.strerror}); give another --folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """All clips, read as they are needed."""

    maps: Sequence[npt.NDArray[np.uint8]]
    shards: npt.NDArray[np.int32]
    """Of each clip, shape ``[clips]``."""
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int32]
    """Samples at 8 kHz."""
    broken_off: npt.NDArray[np.bool_]
    texts: Sequence[str]

    def clip(self, number: int) -> Clip:
        """One clip, decoded."""
        start, length = int(self.starts[number]), int(self.lengths[number])
        codes = self.maps[self.shards[number]][start : start + length]
        return Clip(
            text=self.texts[number],
            samples=decode_alaw(codes),
            broken_off=bool(self.broken_off[number]),
        )


def open_shards(folder: Path, count: int) -> Shards:
    """Open the first ``count`` shards of a folder.

    Raises:
        TrainingError: One is missing or damaged.
    """
    maps: list[npt.NDArray[np.uint8]] = []
    listed: list[tuple[int, int, int, bool, str]] = []
    for number in range(count):
        samples_path, index_path = _paths(folder, number)
        try:
            clips = json.loads(index_path.read_text(encoding="utf-8"))
            maps.append(np.memmap(samples_path, dtype=np.uint8, mode="r"))
        except (OSError, ValueError) as error:
            raise TrainingError(f"{index_path}: not readable ({error}); remove it and start again") from error
        start = 0
        for length, broken_off, text in clips:
            listed.append((number, start, length, bool(broken_off), text))
            start += length
        if start != maps[-1].shape[0]:
            raise TrainingError(f"{samples_path}: is cut short; remove {index_path} and start again")
    shards, starts, lengths, broken_off, texts = zip(*listed, strict=True)
    return Shards(
        maps=maps,
        shards=np.array(shards, dtype=np.int32),
        starts=np.array(starts, dtype=np.int64),
        lengths=np.array(lengths, dtype=np.int32),
        broken_off=np.array(broken_off, dtype=np.bool_),
        texts=texts,
    )


def _paths(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / f"{number:04d}.alaw", folder / f"{number:04d}.json"
