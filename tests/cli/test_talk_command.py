"""``voicebot talk``: what is refused before anything is loaded, and a conversation over files."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from tests.adapters.sound_card.fake_pyaudio import FakePyAudio
from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.adapters.records.records import open_records
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.cli.live import PrintedTimeline
from voicebot.cli.talk import talk
from voicebot.config import RECORDS_URL_VARIABLE
from voicebot.errors import ConfigurationError, FlowError
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.calls import CallRecord
from voicebot.testing.fakes import MemoryTimeline

app = typer.Typer()
app.command()(talk)

GOODBYE = """
flow: goodbye
start: goodbye
variables: {caller_id: "", today: ""}
everywhere:
  human: goodbye
  silent: goodbye
  who: goodbye
  later: goodbye
  stop: goodbye
  emergency: goodbye
  police: goodbye
  suicide: goodbye
states:
  goodbye:
    end: completed
    reason: nothing to do
    say: 네.
"""


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "said.wav"
    path.write_bytes(serialise_wav(np.zeros(8000, np.int16), 8000))
    return path


def test_without_pyaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    result = CliRunner().invoke(app, ["duty"])
    assert isinstance(result.exception, ConfigurationError)
    assert "-m pip install pyaudio" in str(result.exception)


def test_files_come_in_pairs(wav: Path) -> None:
    result = CliRunner().invoke(app, ["duty", "--input", str(wav)])
    assert result.exit_code == 2
    assert "go together" in result.output


def test_an_unknown_service_is_named(wav: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["opera", "--input", str(wav), "--output", str(tmp_path / "out.wav")])
    assert isinstance(result.exception, FlowError)
    assert "no service 'opera'" in str(result.exception)


def test_devices_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakePyAudio([("USB Headset", 1, 2), ("HDMI", 0, 8)])
    monkeypatch.setitem(sys.modules, "pyaudio", SimpleNamespace(PyAudio=lambda: fake))
    result = CliRunner().invoke(app, ["--devices"])
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "microphone    0  USB Headset",
        "loudspeaker   0  USB Headset",
        "loudspeaker   1  HDMI",
    ]


@pytest.mark.parametrize("key", ["", new_key()], ids=["no key", "a key"])
def test_a_conversation_over_files(
    key: str, wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything real but the sound card: model, voice, media, files; about two seconds of speech."""
    monkeypatch.setenv(VARIABLE, key)
    monkeypatch.delenv(RECORDS_URL_VARIABLE, raising=False)
    flow, settings, target = tmp_path / "goodbye.yaml", tmp_path / "voicebot.toml", tmp_path / "heard.wav"
    flow.write_text(GOODBYE, encoding="utf-8")
    settings.write_text(
        f'[tts]\ncache_dir = "{tmp_path / "prompts"}"\n'
        f'[timeline]\nfolder = "{tmp_path / "timelines"}"\n'
        f'[records]\nurl = "sqlite:///{tmp_path / "records.db"}"\njournal = "{tmp_path / "journal"}"\n',
        encoding="utf-8",
    )
    arguments = [str(flow), "--config", str(settings), "--input", str(wav), "--output", str(target)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "네." in result.output
    assert result.output.splitlines()[-1] == "completed: nothing to do"
    played = parse_wav(target.read_bytes(), "heard.wav")
    assert int(np.abs(played.samples.astype(np.int32)).max()) > 3000
    (timeline,) = (tmp_path / "timelines").iterdir()
    assert '"result": "completed"' in timeline.read_text(encoding="utf-8")
    assert ("is forgotten at the end" in result.output) == (not key)
    assert (tmp_path / "records.db").exists() == bool(key)
    if key:
        call = asyncio.run(_kept_call(f"sqlite:///{tmp_path / 'records.db'}", timeline.stem))
        assert call.outcome == CallOutcome(result=CallResult.COMPLETED, reason="nothing to do")
        assert (call.service, call.turns[0].prompt) == ("goodbye", "네.")


async def _kept_call(url: str, timeline: str) -> CallRecord:
    async with open_records(url, Keyring.from_environment(os.environ), at=datetime.now(UTC)) as records:
        call = await records.calls.get(re.findall(r"talk-\w+", timeline)[0])
    assert call is not None
    return call


def test_both_sides_are_printed_and_passed_on() -> None:
    screen, sink = io.StringIO(), MemoryTimeline()
    timeline = PrintedTimeline(Console(file=screen, width=200, highlight=False), sink, started_at=100.0)
    timeline.record("bot", "prompt", 100.5, id=1, text="무슨 일로 [전화]하셨나요?")
    timeline.record("citizen", "voice_started", 101.0)
    timeline.record("citizen", "turn", 102.25, text="가로등이 꺼졌어요")
    timeline.record("citizen", "key", 103.0, key="1")
    timeline.close()
    lines = [line.split() for line in screen.getvalue().splitlines()]
    assert lines == [
        ["0.50", "bot", "무슨", "일로", "[전화]하셨나요?"],
        ["2.25", "citizen", "가로등이", "꺼졌어요"],
        ["3.00", "citizen", "key", "1"],
    ]
    assert [entry.event for entry in sink.entries] == ["prompt", "voice_started", "turn", "key"]
    assert sink.closed
