from __future__ import annotations

import asyncio
import json
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from tests.adapters.recognition.speech import say, utterance
from voicebot.adapters.recognition.model import check_folder, find_folder
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.transcribe import transcribe
from voicebot.config import RecogniserSettings
from voicebot.errors import ModelError, RecognitionError
from voicebot.ports import Samples

app = typer.Typer()
app.command()(transcribe)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the embedded model, to be damaged."""
    return Path(shutil.copytree(find_folder("embedded"), tmp_path / "model"))


@pytest.fixture(scope="module")
def recogniser() -> Iterator[WhisperRecogniser]:
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    yield recogniser
    asyncio.run(recogniser.close())


# --- the model folder ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["suppress_ids", "suppress_ids_begin", "lang_ids"])
@pytest.mark.parametrize("tokens", [[99999], [-5], [10**12], ["네"], "x", 7, [1.5]])
def test_a_token_that_is_not_there_is_refused(folder: Path, key: str, tokens: object) -> None:
    # Not checked, such a number ended the whole process with a segmentation fault.
    path = folder / "config.json"
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | {key: tokens}), encoding="utf-8"
    )
    with pytest.raises(
        ModelError, match=rf"config\.json: {key} must list tokens from 0 to \d+; copy the whole"
    ):
        check_folder(folder)


def test_random_bytes_among_the_weights_are_damage_and_not_printed(folder: Path) -> None:
    path = folder / "model.bin"
    damaged = bytearray(path.read_bytes())
    damaged[1_000_000:1_400_000] = np.random.default_rng(1).bytes(400_000)
    path.write_bytes(damaged)
    with pytest.raises(ModelError, match=r"model\.bin: .*damaged; copy or convert the model again") as caught:
        check_folder(folder)
    assert len(str(caught.value)) < 500


def test_dimensions_that_disagree_with_the_bytes_are_damage(folder: Path) -> None:
    # CTranslate2 would read the bytes into too little memory.
    path = folder / "model.bin"
    content = path.read_bytes()
    name = b"decoder/embeddings/weight\0"
    place = content.index(name) + len(name) + 1  # behind the rank
    rows = struct.unpack_from("<I", content, place)[0]
    path.write_bytes(content[:place] + struct.pack("<I", rows - 1) + content[place + 4 :])
    with pytest.raises(ModelError, match=r"variable 'decoder/embeddings/weight' .* bytes: damaged; copy"):
        check_folder(folder)


# --- clips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.int16),
        np.zeros(1, np.int16),
        np.zeros(641, np.int16),
        np.zeros(60 * 8000, np.int16),
        np.full(16000, 20000, np.int16),
        np.full(16000, -32768, np.int16),
        np.where(np.arange(16000) % 80 < 40, 32767, -32768).astype(np.int16),
        np.eye(1, 16000, 8000, dtype=np.int16)[0] * np.int16(32767),
    ],
    ids=["nothing", "one", "81 ms", "a minute", "direct current", "lowest", "full square", "impulse"],
)
@pytest.mark.parametrize("rate_hz", [8000, 16000])
async def test_what_is_no_speech_has_no_text(
    recogniser: WhisperRecogniser, samples: Samples, rate_hz: int
) -> None:
    recognition = await recogniser.recognise(utterance(samples, rate_hz=rate_hz))
    assert recognition is not None
    assert recognition.text == ""
    assert recognition.rejected


@pytest.mark.parametrize(
    ("samples", "named"),
    [
        (np.zeros((8000, 2), np.int16), r"shape \(8000, 2\) and type int16"),
        (np.zeros((1, 8000), np.int16), r"shape \(1, 8000\) and type int16"),
        (np.zeros(8000, np.float32), r"shape \(8000,\) and type float32"),
    ],
)
async def test_other_than_one_channel_of_integers_is_refused(
    recogniser: WhisperRecogniser, samples: Samples, named: str
) -> None:
    with pytest.raises(RecognitionError, match=rf"audio of {named} .*; give one channel of 16-bit integers"):
        await recogniser.recognise(utterance(samples))


@pytest.mark.parametrize("rate_hz", [0, -8000, 11025, 44100, 48000])
async def test_other_rates_are_refused(recogniser: WhisperRecogniser, rate_hz: int) -> None:
    with pytest.raises(RecognitionError, match=f"audio at {rate_hz} Hz cannot be recognised; give 8000 or"):
        await recogniser.recognise(utterance(np.zeros(16000, np.int16), rate_hz=rate_hz))


async def test_speech_stays_right_after_all_of_this(recogniser: WhisperRecogniser) -> None:
    recognition = await recogniser.recognise(utterance(say("아니요")))
    assert recognition is not None and recognition.text == "아니요"


async def test_ten_minutes_of_speech_are_recognised_whole(recogniser: WhisperRecogniser) -> None:
    pause = np.zeros(24000, np.int16)  # 3 s
    phrases = ["아니요", "가로등이 꺼졌어요", "물이 안 나와요"]
    spoken = np.concatenate([part for phrase in phrases for part in (say(phrase), pause)])
    times = 600 * 8000 // len(spoken)
    recognition = await recogniser.recognise(utterance(np.tile(spoken, times)))
    assert recognition is not None
    assert recognition.text == " ".join(phrases * times)


# --- files --------------------------------------------------------------------------------------------------


def riff(form: int, channels: int, rate_hz: int, bits: int, data: bytes, claimed: int | None = None) -> bytes:
    """A WAV file; ``claimed`` is the length that its header gives."""
    block = channels * bits // 8
    described = struct.pack("<HHIIHH", form, channels, rate_hz, rate_hz * block, block, bits)
    size = len(data) if claimed is None else claimed
    body = b"WAVEfmt " + struct.pack("<I", len(described)) + described + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", len(body) + size) + body + data


def read(path: Path, content: bytes) -> tuple[int, str]:
    path.write_bytes(content)
    result = CliRunner().invoke(app, [str(path)])
    return result.exit_code, result.stdout.strip()


def test_every_kind_of_wav_file_is_read(tmp_path: Path) -> None:
    narrow, wide = say("아니요"), say("아니요", 48000)
    eight_bit = ((narrow.astype(np.int32) >> 8) + 128).astype(np.uint8).tobytes()
    floats = (wide / 32768).astype(np.float32).tobytes()
    one_side = np.stack([wide, np.zeros_like(wide)], axis=1).tobytes()
    assert read(tmp_path / "float.wav", riff(3, 1, 48000, 32, floats)) == (0, "아니요")
    assert read(tmp_path / "side.wav", riff(1, 2, 48000, 16, one_side)) == (0, "아니요")
    assert read(tmp_path / "long.wav", riff(1, 1, 8000, 16, narrow.tobytes(), 10**9)) == (0, "아니요")
    code, _ = read(tmp_path / "eight.wav", riff(1, 1, 8000, 8, eight_bit))  # 40 dB of noise: any text
    assert code == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"\x00" * 1000, riff(1, 1, 0, 16, b"\x00" * 320), riff(1, 0, 8000, 16, b"\x00" * 320)],
    ids=["empty", "head", "zeros", "no rate", "no channel"],
)
def test_what_is_no_wav_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    result = CliRunner().invoke(app, [str(path)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "broken.wav: " in result.stderr and "give a WAV file" in result.stderr
