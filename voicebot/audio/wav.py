"""WAV files as bytes: reading what a telephone system and recorders write, writing plain PCM.

Format: Microsoft/IBM Multimedia Programming Interface 1.0 (1991) and RFC 2361 for the format numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

import numpy as np
import numpy.typing as npt

from voicebot.audio.g711 import decode_alaw, decode_ulaw
from voicebot.errors import ProtocolError

Samples = npt.NDArray[np.int16]

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8000, 48000
"""What recorders write; below 8 kHz speech is not telephone quality."""

_RIFF_HEADER = Struct("<4sI4s")
_CHUNK_HEADER = Struct("<4sI")
_FORMAT = Struct("<HHIIHH")
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_EXTENSIBLE_SUBFORMAT = 24  # offset of the real format number in an extensible format chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class WavAudio:
    """The audio of a WAV file."""

    samples: Samples
    """Mono, shape ``[n]``, n ≥ 1."""
    sample_rate_hz: int


def parse_wav(data: bytes, name: str) -> WavAudio:
    """Read a mono WAV file: 16-bit PCM, A-law or µ-law, 8 to 48 kHz.

    Args:
        data: The whole file.
        name: The file's name, for messages.

    Raises:
        ProtocolError: It is no WAV file, or one that cannot be used; the message says what to do about it.
    """
    if len(data) < _RIFF_HEADER.size:
        raise ProtocolError(f"{name}: no WAV file ({len(data)} bytes); give a RIFF WAVE file")
    riff, _, wave = _RIFF_HEADER.unpack_from(data)
    if riff != b"RIFF" or wave != b"WAVE":
        raise ProtocolError(f"{name}: no WAV file; convert it: sox INPUT -r 16000 -c 1 -b 16 OUTPUT.wav")
    chunks = _chunks(data)
    if b"fmt " not in chunks or b"data" not in chunks:
        missing = "fmt" if b"fmt " not in chunks else "data"
        raise ProtocolError(f"{name}: WAV file without its '{missing}' chunk; it is cut off or broken")
    encoding, rate = _check_format(chunks[b"fmt "], name)
    body = chunks[b"data"]
    if encoding == _PCM:
        samples = np.frombuffer(body[: len(body) // 2 * 2], "<i2").astype(np.int16)
    else:
        codes = np.frombuffer(body, np.uint8)
        samples = decode_alaw(codes) if encoding == _ALAW else decode_ulaw(codes)
    if len(samples) == 0:
        raise ProtocolError(f"{name}: WAV file with 0 samples; record it again")
    return WavAudio(samples=samples, sample_rate_hz=rate)


def serialise_wav(samples: Samples, sample_rate_hz: int) -> bytes:
    """Write mono 16-bit PCM."""
    body = samples.astype("<i2").tobytes()
    form = _FORMAT.pack(_PCM, 1, sample_rate_hz, sample_rate_hz * 2, 2, 16)
    return b"".join(
        [
            _RIFF_HEADER.pack(b"RIFF", 4 + 2 * _CHUNK_HEADER.size + len(form) + len(body), b"WAVE"),
            _CHUNK_HEADER.pack(b"fmt ", len(form)) + form,
            _CHUNK_HEADER.pack(b"data", len(body)) + body,
        ]
    )


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """The first chunk of each kind; one whose length exceeds the file (a stream's) ends with the file."""
    chunks: dict[bytes, bytes] = {}
    place = _RIFF_HEADER.size
    while place + _CHUNK_HEADER.size <= len(data):
        kind, size = _CHUNK_HEADER.unpack_from(data, place)
        place += _CHUNK_HEADER.size
        chunks.setdefault(kind, data[place : place + size])
        place += size + size % 2  # chunks are padded to even lengths
    return chunks


def _check_format(chunk: bytes, name: str) -> tuple[int, int]:
    """Encoding and rate of the ``fmt`` chunk."""
    if len(chunk) < _FORMAT.size:
        raise ProtocolError(f"{name}: WAV format chunk of {len(chunk)} bytes; it is cut off or broken")
    encoding, channels, rate, _, _, bits = _FORMAT.unpack_from(chunk)
    if encoding == _EXTENSIBLE and len(chunk) >= _EXTENSIBLE_SUBFORMAT + 2:
        encoding = int.from_bytes(chunk[_EXTENSIBLE_SUBFORMAT : _EXTENSIBLE_SUBFORMAT + 2], "little")
    if channels != 1:
        raise ProtocolError(f"{name}: {channels} channels, one is needed; mix it down: sox INPUT -c 1 OUTPUT")
    if (encoding, bits) not in ((_PCM, 16), (_ALAW, 8), (_ULAW, 8)):
        raise ProtocolError(
            f"{name}: WAV encoding {encoding} with {bits} bits; 16-bit PCM, A-law or µ-law is needed: "
            "sox INPUT -b 16 -e signed OUTPUT"
        )
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise ProtocolError(
            f"{name}: sampling rate {rate} Hz, {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} are usable; convert it: "
            "sox INPUT -r 16000 OUTPUT"
        )
    return encoding, rate
