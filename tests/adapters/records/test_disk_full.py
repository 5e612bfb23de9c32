"""No file can grow any more, neither the database's nor the journal's: what was promised is kept, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.records.kept import kept
from tests.databases import KEYS, NOON
from voicebot.adapters.records.records import open_records

ROOT = Path(__file__).resolve().parents[3]
SEEDS = range(1, 1 + int(os.environ.get("VOICEBOT_FAULT_SEEDS", "2")))
COUNT = 60


def _told(url: str, folder: Path, seed: int, end: str) -> dict[str, list[int]]:
    """What the process promised, and what it did not."""
    most_bytes = random.Random(seed).randrange(80_000, 250_000)
    arguments = (url, str(folder), str(most_bytes), str(COUNT), end)
    command = [sys.executable, "-m", "tests.adapters.records.fills_the_disk", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == (-signal.SIGKILL if end == "die" else 0), done.stderr
    told: dict[str, list[int]] = {"promised": [], "not promised": []}
    for line in done.stdout.splitlines():
        word, _, number = line.rpartition(" ")
        told[word].append(int(number))
    print(f"seed {seed}: at {most_bytes} bytes {len(told['promised'])} of {COUNT} were promised")
    return told


@pytest.mark.parametrize("end", ["recover", "die"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_was_promised_on_a_full_disk(sqlite_url: str, tmp_path: Path, seed: int, end: str) -> None:
    told = _told(sqlite_url, tmp_path, seed, end)
    assert told["promised"] and told["not promised"], "both disks were full, but not from the beginning"
    async with open_records(sqlite_url, KEYS, at=NOON, destinations=("mqtt",)) as records:
        async with kept(records, tmp_path) as one:
            assert await one.keeper.drain(60)
        alerts = [int(alert.details["alert"]) for alert in await records.alerts.unseen(limit=1000)]
        messages = await records.outbox.due("mqtt", NOON, limit=1000)
    assert len(alerts) == len(set(alerts))
    assert set(told["promised"]) <= set(alerts)
    assert sorted(int(each.payload["alert"]) for each in messages) == sorted(alerts)
    if end == "recover":  # as long as the engine lives nothing at all is lost
        assert sorted(alerts) == list(range(COUNT))
