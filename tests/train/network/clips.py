"""Clips made of tones, and tokens, so that nothing is spoken in these tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.train.material import Clip
from models.train.network.tokens import Tokens, build_tokens
from models.train.shards import Shards, open_shards, write_shard

TEXTS = ("네", "아니요", "밥 먹었어요", "문이 안 열려요", "비가 와요")
RATE_HZ = 8000


def tone(hz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A tone with its first overtone."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = np.sin(2 * np.pi * hz * time) + 0.5 * np.sin(4 * np.pi * hz * time)
    return np.asarray(wave * 4000, dtype=np.int16)


def clip(number: int) -> Clip:
    """One of a few sounds with its own text."""
    kind = number % len(TEXTS)
    return Clip(
        text=TEXTS[kind],
        samples=tone(300.0 + 300.0 * kind, 0.5 + 0.2 * kind),
        broken_off=number % 7 == 0,
    )


def shards(folder: Path, clips: int = 40) -> Shards:
    """Two shards of clips in a folder."""
    for number in range(2):
        write_shard(folder, number, (clip(one) for one in range(number, clips, 2)))
    return open_shards(folder, 2)


def tokens() -> Tokens:
    """Tokens for windows of 2 s."""
    return build_tokens(["먹", "었", "안", "열"], 2.0)
