"""Timelines reach the disk whole, private and masked, and never disturb a call."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from voicebot.adapters.timeline_file import TimelineFile, TimelineFolder
from voicebot.ports import TimelineSink
from voicebot.timeline.record import Timeline, parse

SEOUL = timezone(timedelta(hours=9))
WALL_TIME = datetime(2026, 11, 22, 23, 14, 5, tzinfo=SEOUL)


def opened(folder: TimelineFolder, call_id: str = "duty-1") -> TimelineFile:
    return folder.open(call_id=call_id, service="duty", started_at=1000.0, wall_time=WALL_TIME)


def read_back(path: Path) -> Timeline:
    with path.open(encoding="utf-8") as lines:
        return parse(lines, path.name)


def test_a_call_is_written_and_read_back(tmp_path: Path) -> None:
    with TimelineFolder(tmp_path / "timelines") as folder:
        sink: TimelineSink = opened(folder)
        sink.record("citizen", "turn", 1003.5, turn_id=1, text="네 맞아요", asked_at=1003.25)
    (path,) = (tmp_path / "timelines").iterdir()
    assert path.name == "20261122-231405-duty-duty-1.jsonl"
    timeline = read_back(path)
    assert [record.event for record in timeline.records] == ["call_started", "turn"]
    assert timeline.records[0].text("wall_time") == "2026-11-22T23:14:05.000+09:00"
    assert timeline.records[1].at_s == 3.5
    assert timeline.records[1].details == {"turn_id": 1, "text": "네 맞아요", "asked_at": 3.25}


def test_files_are_private(tmp_path: Path) -> None:
    with TimelineFolder(tmp_path / "timelines") as folder:
        path = opened(folder).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_numbers_are_masked_everywhere(tmp_path: Path) -> None:
    with TimelineFolder(tmp_path) as folder:
        timeline = opened(folder, call_id="1763820845.123456")
        timeline.record("citizen", "turn", 1001.0, turn_id=1, text="공일공에 일이삼사에 오육칠팔")
        timeline.record(
            "engine", "note", 1002.0, slots={"phone": ["01012345678"]}, id_number="800101-1234567"
        )
        for position, key in enumerate("01012345"):
            timeline.record("citizen", "key", 1003.0 + position, key=key)
    written = timeline.path.read_text(encoding="utf-8")
    for secret in ("일이삼사", "오육칠팔", "12345678", "800101", "1234567"):
        assert secret not in written
    assert "1763820845.123456" in written
    keys = [record.text("key") for record in read_back(timeline.path).of("key")]
    assert keys == ["0", "1", "•", "•", "•", "•", "•", "•"]


def test_words_stay_out_where_they_are_not_to_be_kept(tmp_path: Path) -> None:
    with TimelineFolder(tmp_path, keep_text=False) as folder:
        timeline = opened(folder)
        timeline.record("citizen", "turn", 1001.0, turn_id=1, text="무릎이 아파요", early=True)
        timeline.record("engine", "transfer", 1002.0, target="duty", slots={"place": "중앙로"})
    written = timeline.path.read_text(encoding="utf-8")
    assert "무릎" not in written and "중앙로" not in written
    assert read_back(timeline.path).of("turn")[0].details == {"turn_id": 1, "early": True}


def test_a_disk_that_cannot_be_written_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "timelines").write_text("a file where the folder should be")
    with caplog.at_level(logging.ERROR), TimelineFolder(tmp_path / "timelines") as folder:
        timeline = opened(folder)
        for _ in range(3):
            timeline.record("engine", "decision", 1001.0, action="x")
            folder.flush()
    assert [record.message for record in caplog.records] == [
        "timeline cannot be written; the call goes on without it"
    ]


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, full = os.write, False

    def write_until_full(descriptor: int, data: bytes) -> int:
        if not full:
            return write(descriptor, data)
        if len(data) > 10:
            return write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write_until_full)
    folder = TimelineFolder(tmp_path)
    timeline = opened(folder)
    folder.flush()
    full = True
    timeline.record("engine", "decision", 1001.0, action="12345678")
    folder.flush()
    full = False
    timeline.record("engine", "decision", 1002.0, action="after")
    timeline.close()
    folder.flush()
    records = read_back(timeline.path)
    assert not records.cut_short
    assert [record.at_s for record in records.records] == [0.0, 2.0]


def test_a_wrong_entry_costs_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), TimelineFolder(tmp_path) as folder:
        timeline = opened(folder)
        timeline.record("nobody", "decision", 1001.0, action="x")
        timeline.record("engine", "decision", 1002.0, action="x", odd=object())
    assert [record.at_s for record in read_back(timeline.path).records] == [0.0, 2.0]
    assert [record.message for record in caplog.records] == ["timeline entry left out"]


def test_recording_never_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, released = threading.Event(), threading.Event()
    write = os.write

    def hanging(descriptor: int, data: bytes) -> int:
        reached.set()
        released.wait(10)
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", hanging)
    with TimelineFolder(tmp_path, flush_s=0.001) as folder:
        timeline = opened(folder)
        assert reached.wait(10)
        for _ in range(30_000):
            timeline.record("engine", "decision", 1001.0, action="x")
        released.set()
    assert 15_000 < len(read_back(timeline.path).records) <= 20_001


def test_closed_files_are_let_go(tmp_path: Path) -> None:
    folder = TimelineFolder(tmp_path)
    open_before = len(os.listdir("/proc/self/fd"))
    for number in range(20):
        timeline = opened(folder, call_id=f"call/{number}")
        folder.flush()
        timeline.close()
    folder.flush()
    assert len(os.listdir("/proc/self/fd")) == open_before
    assert len(list(tmp_path.iterdir())) == 20


_KILLED = """
import os, signal, sys
from datetime import datetime, timezone
from pathlib import Path
from voicebot.adapters.timeline_file import TimelineFolder
with TimelineFolder(Path(sys.argv[1]), flush_s=0.05) as folder:
    timeline = folder.open(call_id="a", service="duty", started_at=0.0, wall_time=datetime.now(timezone.utc))
    timeline.record("engine", "decision", 1.0, action="before")
    while not timeline.path.exists() or b"before" not in timeline.path.read_bytes():
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_engine_leaves_what_was_flushed(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], timeout=30, check=False)
    assert killed.returncode == -9
    (path,) = tmp_path.iterdir()
    assert [record.event for record in read_back(path).records] == ["call_started", "decision"]
