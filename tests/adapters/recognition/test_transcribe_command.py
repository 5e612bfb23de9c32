from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from tests.adapters.recognition.speech import say
from voicebot.cli.transcribe import transcribe
from voicebot.errors import ModelError
from voicebot.ports import Samples

app = typer.Typer()
app.command()(transcribe)


def wav(path: Path, samples: Samples, rate_hz: int, channels: int = 1) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return str(path)


def test_one_file_prints_its_text_alone(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [wav(tmp_path / "a.wav", say("아니요"), 8000)])
    assert result.exit_code == 0
    assert result.stdout == "아니요\n"


def test_any_rate_and_stereo_as_json(tmp_path: Path) -> None:
    files = [
        wav(tmp_path / "narrow.wav", say("아니요"), 8000),
        wav(tmp_path / "wide.wav", say("아니요", 44100), 44100, channels=2),
    ]
    result = CliRunner().invoke(app, ["--json", *files])
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["text"] for line in lines] == ["아니요", "아니요"]
    assert [line["channels"] for line in lines] == [1, 2]
    assert lines[0]["file"] == files[0]
    assert lines[0]["duration_s"] == pytest.approx(len(say("아니요")) / 8000, abs=0.01)


def test_silence_and_an_empty_file_have_no_text(tmp_path: Path) -> None:
    files = [
        wav(tmp_path / "empty.wav", np.zeros(0, np.int16), 8000),
        wav(tmp_path / "silent.wav", np.zeros(16000, np.int16), 8000),
    ]
    result = CliRunner().invoke(app, ["--json", *files])
    assert result.exit_code == 0
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["", ""]


def test_ten_minutes_are_cut_at_pauses(tmp_path: Path) -> None:
    spoken = np.concatenate([say("가로등이 꺼졌어요"), np.zeros(16000, np.int16)])
    minutes = np.tile(spoken, 600 * 8000 // spoken.shape[0])
    minutes[30 * 8000 : -30 * 8000] = 0  # speech at both ends: the whole is walked, little is decoded
    result = CliRunner().invoke(app, [wav(tmp_path / "long.wav", minutes, 8000)])
    assert result.exit_code == 0
    assert result.stdout.count("가로등이 꺼졌어요") >= 10


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF....WAVE")
    result = CliRunner().invoke(app, ["--json", str(broken), wav(tmp_path / "a.wav", say("네"), 8000)])
    assert result.exit_code == 1
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert "cannot be read as audio" in first["error"]
    assert second["text"] == "네"
    assert "broken.wav: cannot be read as audio" in result.stderr


def test_a_missing_file_is_bad_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, [str(tmp_path / "none.wav")]).exit_code == 2


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    file = wav(tmp_path / "a.wav", say("네"), 8000)
    result = CliRunner().invoke(app, ["--model", str(tmp_path / "none"), file])
    assert isinstance(result.exception, ModelError)
