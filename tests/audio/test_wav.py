"""WAV files, good and bad."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.audio.g711 import encode_alaw
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.errors import ProtocolError

AUDIO = (np.arange(800) * 37 % 20_000 - 10_000).astype(np.int16)


def wav(
    *, encoding: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, body: bytes = b""
) -> bytes:
    form = struct.pack("<HHIIHH", encoding, channels, rate, rate * 2, 2, bits)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


@given(st.integers(1, 500), st.sampled_from([8000, 16000, 22050, 44100, 48000]))
def test_what_is_written_is_read_back(length: int, rate: int) -> None:
    audio = AUDIO[:length]
    read = parse_wav(serialise_wav(audio, rate), "x.wav")
    assert np.array_equal(read.samples, audio)
    assert read.sample_rate_hz == rate


def test_other_chunks_are_passed_over() -> None:
    data = serialise_wav(AUDIO, 8000)
    with_list = data[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + data[36:]
    assert np.array_equal(parse_wav(with_list, "x.wav").samples, AUDIO)


def test_the_length_of_a_stream_is_that_of_the_file() -> None:
    """espeak-ng writes to a pipe and cannot come back to fill the lengths in."""
    data = bytearray(serialise_wav(AUDIO, 8000))
    data[40:44] = b"\xff\xff\xff\x7f"
    assert np.array_equal(parse_wav(bytes(data), "x.wav").samples, AUDIO)


def test_alaw_is_decoded() -> None:
    codes = encode_alaw(AUDIO)
    read = parse_wav(wav(encoding=6, bits=8, body=codes.tobytes()), "x.wav")
    assert np.abs(read.samples.astype(int) - AUDIO).max() <= 512


def test_the_extensible_format_names_the_real_one() -> None:
    form = (
        struct.pack("<HHIIHH", 0xFFFE, 1, 16000, 32000, 2, 16)
        + struct.pack("<HHIH", 22, 16, 4, 1)
        + bytes(14)
    )
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", 4) + b"\1\0\2\0"
    read = parse_wav(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks, "x.wav")
    assert read.samples.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "a.wav: no WAV file (0 bytes); give a RIFF WAVE file"),
        (b"ID3" + bytes(100), "a.wav: no WAV file; convert it: sox INPUT -r 16000 -c 1 -b 16 OUTPUT.wav"),
        (
            wav(channels=2, body=bytes(8)),
            "a.wav: 2 channels, one is needed; mix it down: sox INPUT -c 1 OUTPUT",
        ),
        (
            wav(bits=24, body=bytes(9)),
            "a.wav: WAV encoding 1 with 24 bits; 16-bit PCM, A-law or µ-law is needed: "
            "sox INPUT -b 16 -e signed OUTPUT",
        ),
        (
            wav(rate=4000, body=bytes(8)),
            "a.wav: sampling rate 4000 Hz, 8000 to 48000 are usable; convert it: sox INPUT -r 16000 OUTPUT",
        ),
        (wav(), "a.wav: WAV file with 0 samples; record it again"),
        (wav()[:36], "a.wav: WAV file without its 'data' chunk; it is cut off or broken"),
        (b"RIFF\0\0\0\0WAVEdata\0\0\0\0", "a.wav: WAV file without its 'fmt' chunk; it is cut off or broken"),
        (
            b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0data\0\0\0\0",
            "a.wav: WAV format chunk of 2 bytes; it is cut off or broken",
        ),
    ],
)
def test_unusable_files_say_what_to_do(data: bytes, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_wav(data, "a.wav")
    assert str(caught.value) == sentence


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    data = bytearray(serialise_wav(AUDIO[:20], 8000))
    data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@given(st.binary(max_size=80) | damaged_files())
def test_any_bytes_are_audio_or_a_protocol_error(data: bytes) -> None:
    try:
        assert len(parse_wav(data, "x.wav").samples) > 0
    except ProtocolError as error:
        assert str(error).startswith("x.wav: ")
