"""The stage that makes the clips."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.recognition.sets import evaluation_keys
from models.train import recording
from models.train.errors import TrainingError
from models.train.shards import open_shards, write_shard
from models.train.text import key
from tests.train.network.clips import clip


def _record(folder: Path, seed: int = 1) -> tuple[list[tuple[int, int]], int]:
    told: list[tuple[int, int]] = []
    shards = recording.record(
        folder, seed=seed, clips=900, processes=1, done=lambda made, count: told.append((made, count))
    )
    return told, len(shards.texts)


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, [clip(number) for number in range(5)])
    assert _record(tmp_path) == ([(1, 1)], 5)
    assert _record(tmp_path) == ([(1, 1)], 5)


def test_missing_clips_are_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "CLIPS_A_SHARD", 20)
    recording._record_shard(tmp_path, 0, 1)
    recording._record_shard(tmp_path, 1, 1)
    shards = open_shards(tmp_path, 2)
    assert len(shards.texts) == 40
    assert shards.texts[:20] != shards.texts[20:]
    assert shards.lengths.min() > 400
    again = tmp_path / "again"
    again.mkdir()
    recording._record_shard(again, 0, 1)
    assert open_shards(again, 1).texts == shards.texts[:20]


def test_clips_of_another_seed_are_refused(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, [clip(0)])
    _record(tmp_path)
    with pytest.raises(TrainingError, match=r"holds clips of another seed, .* remove the folder"):
        _record(tmp_path, seed=2)


def test_clips_of_other_texts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shard(tmp_path, 0, [clip(0)])
    _record(tmp_path)
    monkeypatch.setattr(recording, "evaluation_keys", lambda: frozenset({"새문장"}))
    with pytest.raises(TrainingError, match="of other texts or voices"):
        _record(tmp_path)


class _Killed:
    """A pool whose process dies at once, as it does where eSpeak NG breaks."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> _Killed:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, _: object) -> Future[None]:
        work: Future[None] = Future()
        work.set_exception(BrokenProcessPool("terminated abruptly"))
        return work


def test_a_killed_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ProcessPoolExecutor", _Killed)
    with pytest.raises(TrainingError, match=r"was killed .* start again"):
        _record(tmp_path)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match=r"file: cannot be written .* give another --folder"):
        _record(tmp_path / "file")


def test_no_text_of_the_evaluation_is_trained_on() -> None:
    evaluated = evaluation_keys()
    assert not evaluated & {key(text) for text in islice(recording.training_texts("test"), 500)}


def test_no_part_of_a_text_is_one_of_the_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "CLIPS_A_SHARD", 30)
    made = {key(clip.text) for clip in recording._clips("1")}
    whole = {key(text) for text in islice(recording.training_texts("1"), 40)}
    dropped = min(made - whole)  # a clip that was broken off
    monkeypatch.setattr(recording, "evaluation_keys", lambda: frozenset({dropped}))
    texts = [key(clip.text) for clip in recording._clips("1")]
    assert len(texts) == 30
    assert dropped not in texts
