"""faster-whisper's own ``transcribe`` on a model for short windows, and what it would cost as shipped.

``transcribe`` pads every utterance to 3000 frames (30 s, hard-coded in ``pad_or_trim``); a model with fewer
encoder positions refuses them. Two ways to compare all the same:

* ``short_windows``: ``pad_or_trim`` is given the model's own length. Nothing else changes, the text is right,
  and stock is cheaper than anyone gets it.
* ``with_thirty_seconds``: a copy of the model whose sinusoidal positions go on to 30 s. Stock runs unchanged
  and costs what it costs as shipped, but the model never saw such windows and its text is wrong.
"""

from __future__ import annotations

import functools
import json
import shutil
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faster_whisper.transcribe as stock_module
import numpy as np
import numpy.typing as npt

STOCK_POSITIONS = 1500
_NAME = b"encoder/position_encodings/encodings\0"


@contextmanager
def short_windows(model: Any) -> Iterator[None]:
    """Let ``transcribe`` pad to the model's own window."""
    pad_or_trim = stock_module.pad_or_trim
    stock_module.pad_or_trim = functools.partial(pad_or_trim, length=model.feature_extractor.nb_max_frames)
    try:
        yield
    finally:
        stock_module.pad_or_trim = pad_or_trim


def transcribe(
    model: Any, recordings: Sequence[npt.NDArray[np.float32]], options: dict[str, Any]
) -> list[str]:
    """Texts of recordings at 16 kHz; the language is given: detecting it would cost a second encode.

    No token is suppressed: stock forbids the first of " -" and of " '", which are signs in Whisper's own
    vocabulary and the space in that of a small model; without it the text is wrong and decoded anew.
    """
    texts = []
    for samples in recordings:
        segments, _ = model.transcribe(samples, language="ko", suppress_tokens=[], **options)
        text = " ".join(segment.text.strip() for segment in segments)
        texts.append(unicodedata.normalize("NFC", text))
    return texts


def with_thirty_seconds(source: Path, target: Path) -> Path:
    """Copy a model and let its positions go on to 30 s (sinusoids, as in every Whisper encoder)."""
    shutil.copytree(source, target)
    content = (source / "model.bin").read_bytes()
    header = content.index(_NAME) + len(
        _NAME
    )  # then: uint8 rank, uint32 dimensions[2], uint8 type, uint32 bytes
    positions, depth = struct.unpack_from("<2I", content, header + 1)
    data = header + 14
    known = np.frombuffer(content, np.float32, positions * depth, data).reshape(positions, depth)
    steps = np.exp(-np.log(10000.0) / (depth // 2 - 1) * np.arange(depth // 2))
    angles = np.arange(STOCK_POSITIONS)[:, None] * steps
    longer = np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype("<f4")
    if not np.allclose(longer[:positions], known, atol=1e-3):
        raise SystemExit(
            f"{source}: the encoder's positions are not sinusoids; only short windows can be compared"
        )
    (target / "model.bin").write_bytes(
        content[: header + 1]
        + struct.pack("<2I", STOCK_POSITIONS, depth)
        + content[header + 9 : header + 10]
        + struct.pack("<I", longer.nbytes)
        + longer.tobytes()
        + content[data + known.nbytes :]
    )
    settings = json.loads((source / "preprocessor_config.json").read_text(encoding="utf-8"))
    settings.update(chunk_length=30, n_samples=480_000, nb_max_frames=2 * STOCK_POSITIONS)
    (target / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return target
