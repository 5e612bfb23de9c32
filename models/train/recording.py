"""The stage that makes the clips: texts drawn from a seed, spoken by drawn voices, written shard by shard.

Each shard has its own seed and each is made by one process, so shards are made in any order and by any
number of processes, and those that are there are not made again.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random

from benchmarks.recognition.sets import evaluation_keys
from models.train.errors import TrainingError
from models.train.material import Clip, make_clip
from models.train.shards import Shards, has_shard, open_shards, unwritable, write_atomically, write_shard
from models.train.sound.clips import speak
from models.train.sound.voices import training_voice
from models.train.text import key, sentences
from models.train.text.told import told_sentences

CLIPS_A_SHARD = 1000
"""About ten seconds of work and 20 MB."""
_CODE = ("material.py", "text", "sound/signals.py", "sound/synthesis.py", "sound/voices.py")
"""What clips follow from; noise, rooms and lines come over them later, with every batch anew."""
_SUFFIXES = (".py", ".txt", ".yaml")
_DESCRIPTION = "clips.json"


def training_texts(seed: str) -> Iterator[str]:
    """Endless texts to train on; none of the evaluation's."""
    return sentences(Random(f"texts {seed}"), evaluation_keys())


def record(
    folder: Path, *, seed: int, clips: int, processes: int, done: Callable[[int, int], None]
) -> Shards:
    """Make what is missing of so many clips, and open them all.

    Args:
        folder: Where the shards lie; made when it is not there.
        clips: Rounded up to whole shards.
        processes: How many speak at the same time.
        done: Told the shards made so far and their whole number.

    Raises:
        TrainingError: The folder holds clips of another seed or of other texts and voices, or cannot be
            written; or a process that speaks was killed.
        ConfigurationError: eSpeak NG is missing.
    """
    count = -(-clips // CLIPS_A_SHARD)
    _describe(folder, seed)
    missing = [number for number in range(count) if not has_shard(folder, number)]
    done(count - len(missing), count)
    if missing:
        with ProcessPoolExecutor(
            processes,
            mp_context=get_context("spawn"),
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),  # Ctrl-C is for the process that waits here
        ) as pool:
            work = [pool.submit(partial(_record_shard, folder, number, seed)) for number in missing]
            try:
                for made, result in enumerate(as_completed(work), start=1):
                    result.result()
                    done(count - len(missing) + made, count)
            except BrokenProcessPool as error:
                raise TrainingError(
                    f"{folder}: a process that spoke clips was killed (out of memory, or eSpeak NG broke); "
                    "start again, and if it stops at the same place, with another --seed and --folder"
                ) from error
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return open_shards(folder, count)


def _record_shard(folder: Path, number: int, seed: int) -> None:
    write_shard(folder, number, _clips(f"{seed} {number}"))


def _clips(seed: str) -> Iterator[Clip]:
    random = Random(f"clips {seed}")
    excluded = evaluation_keys()
    texts = training_texts(seed)
    spoken = (make_clip(text, training_voice(random), random, speak) for text in texts)
    # Less than the whole text may be said, and that may be a text of the evaluation.
    return islice((clip for clip in spoken if key(clip.text) not in excluded), CLIPS_A_SHARD)


def _describe(folder: Path, seed: int) -> None:
    """Write down what the clips are made of, or check that they are made of the same."""
    description = {"seed": seed, "made_by": _fingerprint()}
    path = folder / _DESCRIPTION
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_atomically(path, (json.dumps(description) + "\n").encode())
            return
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unwritable(folder, error) from error
    except ValueError as error:
        raise TrainingError(f"{path}: damaged ({error}); remove {folder} and start again") from error
    if found != description:
        raise TrainingError(
            f"{folder}: holds clips of another seed, or of other texts or voices than models/train has now; "
            "remove the folder, or give another --folder"
        )


def _fingerprint() -> str:
    """Of everything that the clips follow from, the evaluation's texts included."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for name in _CODE:
        files = [here / name] if name.endswith(".py") else sorted((here / name).rglob("*"))
        for file in files:
            if file.suffix in _SUFFIXES:
                digest.update(file.relative_to(here).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update("\n".join([*told_sentences(), *sorted(evaluation_keys())]).encode())
    return digest.hexdigest()
