"""The near side of the media benchmarks: a process with nothing but the media loop and voice activity.

Reads orders from standard input, one JSON object a line, and answers in the same way: ``attach`` takes calls
in, ``measure`` runs for some seconds and reports what they cost.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.host import HostWatch
from benchmarks.media_callers import FORMATS, say, speech
from voicebot.adapters.voice_activity import TwoStageVoiceActivity
from voicebot.engine.media.lateness import LatenessHistogram
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.prompt import GrowingPrompt
from voicebot.ports import Samples

PROMPT_EVERY_FRAMES = 400
"""A call is spoken to every 8 seconds: with prompts of about 3 s, 40 % of the time."""


class Listener:
    """The least that a call does with its frames: count them, and answer from time to time."""

    def __init__(self, prompt: list[bytes], number: int) -> None:
        self.leg: MediaLeg | None = None
        self.frames = 0
        self.voiced = 0
        self._prompt = prompt
        self._offset = number * 37

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        """Count the frame."""
        self.frames += 1
        self.voiced += probability > 0.5
        if (self.frames + self._offset) % PROMPT_EVERY_FRAMES == 0 and self.leg is not None:
            source = GrowingPrompt()
            source.append(self._prompt)
            source.complete()
            self.leg.play(source)


def resident_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def waited_s() -> float:
    """How long this process has been ready to run while others had its core (proc(5), schedstat)."""
    return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9


class Engine:
    """The media loop and its calls."""

    def __init__(self, format_name: str) -> None:
        wire_format = FORMATS[format_name]
        self._activity = TwoStageVoiceActivity(wire_format.sample_rate_hz)
        self._loop = MediaLoop("127.0.0.1", 0, wire_format, self._activity)
        self._loop.start()
        prompt = max(speech("ko", wire_format.sample_rate_hz), key=len)[: 3 * wire_format.sample_rate_hz]
        self._prompt = wire_format.encode_frames(prompt)
        self._listeners: list[Listener] = []
        self.port = self._loop.address[1]

    def attach(self, ports: list[int]) -> dict[str, Any]:
        """Take calls in."""
        for port in ports:
            number = len(self._listeners)
            listener = Listener(self._prompt, number)
            listener.leg = self._loop.attach(f"call-{number}", ("127.0.0.1", port), listener)
            self._listeners.append(listener)
        return {"calls": len(self._listeners)}

    async def measure(self, seconds: float) -> dict[str, Any]:
        """Let the calls go on, and say what they cost."""
        self._loop.lateness = LatenessHistogram()
        skipped = self._loop.statistics.ticks_skipped
        rows, frames, voiced = self._activity.model_rows, self._frames, self._voiced
        cpu, began, waited = time.process_time(), time.monotonic(), waited_s()
        host = HostWatch()
        await asyncio.sleep(seconds)
        cpu, wall = time.process_time() - cpu, time.monotonic() - began
        report = self._loop.statistics
        receptions = [leg.statistics.reception for leg in self._legs]
        heard = max(self._frames - frames, 1)
        return {
            "calls": len(self._listeners),
            "core_percent": 100 * cpu / wall,
            "core_percent_per_call": 100 * cpu / wall / len(self._listeners),
            "waited_for_core_percent": 100 * (waited_s() - waited) / wall,
            "stolen_by_host_percent": host.stolen_percent(),
            "tick_lateness_p50_ms": report.lateness_p50_ms,
            "tick_lateness_p99_ms": report.lateness_p99_ms,
            "tick_lateness_max_ms": report.lateness_worst_ms,
            "ticks": report.ticks,
            "ticks_skipped": report.ticks_skipped - skipped,
            "packets_lost": sum(each.packets_lost + each.packets_late for each in receptions),
            "frames_skipped": sum(leg.statistics.frames_skipped for leg in self._legs),
            "unsent": report.unsent_datagrams,
            "voiced_share": (self._voiced - voiced) / heard,
            "silero_share": (self._activity.model_rows - rows) / heard,
            "resident_mib": resident_bytes() / 2**20,
        }

    @property
    def _legs(self) -> list[MediaLeg]:
        return [listener.leg for listener in self._listeners if listener.leg is not None]

    @property
    def _frames(self) -> int:
        return sum(listener.frames for listener in self._listeners)

    @property
    def _voiced(self) -> int:
        return sum(listener.voiced for listener in self._listeners)


async def serve(format_name: str) -> None:
    """Answer orders until the input ends."""
    engine = Engine(format_name)
    gc.collect()
    gc.freeze()
    say({"port": engine.port})
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        if "attach" in order:
            say(engine.attach(order["attach"]))
        else:
            say(await engine.measure(order["measure"]))
    say({"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
