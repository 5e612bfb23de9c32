"""The header of a CTranslate2 ``model.bin``: what the model is, and whether the file is whole.

CTranslate2 reads this file with few checks of its own, so it is walked here first, sizes only, without
reading the weights. Layout of binary version 6 (CTranslate2, ``src/models/model.cc``), little endian::

    uint32 binary version, string specification, uint32 revision, uint32 number of variables,
    per variable: string name, uint8 rank, uint32 dimensions[rank], uint8 type, uint32 bytes, the bytes,
    uint32 number of aliases, per alias: string alias, string variable
    string = uint16 length with its final NUL, then the characters
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from voicebot.errors import ModelError

_REMEDY = "copy or convert the model again"
_BINARY_VERSION = 6  # written since CTranslate2 2.0 (2021)
_MOST_VARIABLES = 100_000  # large-v3 has about 2,000: a larger count is a broken file, not a larger model
_HIGHEST_RANK = 8
_LONGEST_NAME = 256  # the longest of large-v3 has 60 characters
_ITEM_BYTES = (4, 1, 2, 4, 2, 2)  # float32, int8, int16, int32, float16, bfloat16 (``types.h``, DataType)

_ENCODER_POSITIONS = "encoder/position_encodings/encodings"
_DECODER_POSITIONS = "decoder/position_encodings/encodings"
_FIRST_CONVOLUTION = "encoder/conv1/weight"
_EMBEDDINGS = "decoder/embeddings/weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperShape:
    """The sizes of a Whisper model that recognition depends on."""

    mel_bands: int
    longest_window_frames: int
    """Frames of 10 ms: twice the encoder's positions, whose second convolution has a stride of 2."""
    longest_text_tokens: int
    """Positions of the decoder, prompt included."""
    vocabulary_size: int


def read_whisper_shape(path: Path) -> WhisperShape:
    """Read the sizes of the Whisper model in ``path`` and check that no byte is missing.

    Raises:
        ModelError: The file cannot be read, is cut short, is not a CTranslate2 model, or is not a Whisper
            model.
    """
    try:
        with path.open("rb") as file:
            shapes = _read_shapes(path, file)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
    try:
        mel_bands = shapes[_FIRST_CONVOLUTION][1]
        positions = shapes[_ENCODER_POSITIONS][0]
        text = shapes[_DECODER_POSITIONS][0]
        vocabulary = shapes[_EMBEDDINGS][0]
    except (KeyError, IndexError) as error:
        raise ModelError(f"{path}: has no variable {error} of a Whisper model; {_REMEDY}") from error
    return WhisperShape(
        mel_bands=mel_bands,
        longest_window_frames=2 * positions,
        longest_text_tokens=text,
        vocabulary_size=vocabulary,
    )


def _read_shapes(path: Path, file: BinaryIO) -> Mapping[str, tuple[int, ...]]:
    """Dimensions of every variable, having walked the whole file."""
    reader = _Reader(path, file)
    version = reader.number("I")
    if version != _BINARY_VERSION:
        raise ModelError(
            f"{path}: not a CTranslate2 model of binary version {_BINARY_VERSION} (found {version}); "
            "convert the model with ct2-transformers-converter"
        )
    specification = reader.string()
    if specification != "WhisperSpec":
        raise ModelError(
            f"{path}: holds a {specification!r} model, not a WhisperSpec one; give a Whisper model"
        )
    reader.number("I")  # revision of the specification: CTranslate2 checks it itself
    count = reader.number("I")
    if count > _MOST_VARIABLES:
        raise ModelError(f"{path}: claims {count} variables, so it is damaged; {_REMEDY}")
    shapes: dict[str, tuple[int, ...]] = {}
    for _ in range(count):
        name = reader.string()
        rank = reader.number("B")
        if rank > _HIGHEST_RANK:
            raise ModelError(f"{path}: variable {name!r} has {rank} dimensions: damaged; {_REMEDY}")
        shapes[name] = tuple(reader.number("I") for _ in range(rank))
        item, size = reader.number("B"), reader.number("I")
        # CTranslate2 makes room for the dimensions and then reads the bytes into it.
        if item >= len(_ITEM_BYTES) or size != math.prod(shapes[name]) * _ITEM_BYTES[item]:
            raise ModelError(
                f"{path}: variable {name!r} of {shapes[name]} items has {size} bytes: damaged; {_REMEDY}"
            )
        reader.skip(size)
    for _ in range(reader.number("I")):
        reader.string()
        reader.string()
    reader.expect_end()
    return shapes


class _Reader:
    """Reads fields and complains about the file, not about struct."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size

    def number(self, code: str) -> int:
        """One little-endian integer of a ``struct`` code."""
        value: int = struct.unpack(f"<{code}", self._take(struct.calcsize(code)))[0]
        return value

    def string(self) -> str:
        """One length-prefixed, NUL-ended string."""
        name = self._take(self.number("H")).rstrip(b"\0").decode("ascii", errors="replace")
        if len(name) > _LONGEST_NAME or not name.isprintable() or not name.isascii():
            raise ModelError(
                f"{self._path}: has no name at byte {self._file.tell()} where one belongs: damaged; {_REMEDY}"
            )
        return name

    def skip(self, count: int) -> None:
        """Pass over bytes that must be there."""
        if self._file.tell() + count > self._size:
            self._cut_short()
        self._file.seek(count, 1)

    def expect_end(self) -> None:
        """Nothing may follow."""
        extra = self._size - self._file.tell()
        if extra:
            raise ModelError(f"{self._path}: {extra} bytes too many, so it is damaged; {_REMEDY}")

    def _take(self, count: int) -> bytes:
        taken = self._file.read(count)
        if len(taken) < count:
            self._cut_short()
        return taken

    def _cut_short(self) -> None:
        raise ModelError(f"{self._path}: is cut short at {self._size} bytes; {_REMEDY}")
