"""The far side of the media benchmarks: a process that plays many telephones over loopback RTP.

Each caller speaks Korean for about 40 % of the time and sends line noise in between, one packet each 20 ms,
spread over the 20 ms as real telephones are. What comes back is counted.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from random import Random
from typing import Any

import numpy as np

from voicebot.audio.level import level_dbfs
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.engine.media.wire_format import ALAW, FRAME_S, SLIN16, WireFormat
from voicebot.ports import Samples
from voicebot.rtp.pacing import Pacer
from voicebot.rtp.packet import parse_packet
from voicebot.rtp.sequence import sequence_difference

FORMATS = {"alaw": ALAW, "slin16": SLIN16}

SENTENCES = (
    "안녕하세요. 집 앞 가로등이 어제부터 꺼져 있어서 전화드렸습니다.",
    "네, 맞아요. 중앙시장 건너편이에요.",
    "아니요, 다친 사람은 없습니다.",
    "골목에 쓰레기가 며칠째 쌓여 있는데 언제 치워 가시나요?",
    "수도관이 터진 것 같아요. 물이 계속 나와요.",
    "공일공에 일이삼사에 오육칠팔입니다.",
)
VOICES = ("ko", "ko+m3", "ko+f2", "ko+f4", "ko+m7", "ko+f1")
TALKING_SHARE = 0.4
LOOP_S = 60.0
SPEECH_DBFS, NOISE_DBFS = -26.0, -65.0
_STALL_S = 0.1
_PHASES = 20  # callers send at one of twenty moments, 1 ms apart


def speech(voice: str, rate_hz: int) -> list[Samples]:
    """The sentences in one voice, at the nominal level."""
    spoken = []
    for sentence in SENTENCES:
        command = ["espeak-ng", "-v", voice, "-s", "150", "--stdout", sentence]
        audio = parse_wav(subprocess.run(command, capture_output=True, check=True).stdout, "espeak-ng")
        samples = resample(audio.samples, audio.sample_rate_hz, rate_hz)
        gain = 10 ** ((SPEECH_DBFS - level_dbfs(samples)) / 20)
        spoken.append(np.clip(samples * gain, -32768, 32767).astype(np.int16))
    return spoken


def caller_audio(voice: str, rate_hz: int, random: Random) -> Samples:
    """A minute of one caller: sentences, pauses between them, line noise under both."""
    sentences = speech(voice, rate_hz)
    total = int(LOOP_S * rate_hz)
    noise = np.random.default_rng(random.getrandbits(32)).normal(size=total) * 32768 * 10 ** (NOISE_DBFS / 20)
    place = int(random.uniform(0, 3) * rate_hz)
    while True:
        sentence = random.choice(sentences)
        if place + len(sentence) > total:
            return np.clip(np.rint(noise), -32768, 32767).astype(np.int16)
        noise[place : place + len(sentence)] += sentence
        mean_pause_s = len(sentence) / rate_hz * (1 / TALKING_SHARE - 1)
        place += len(sentence) + int(random.uniform(0.5, 1.5) * mean_pause_s * rate_hz)


class Caller:
    """One telephone."""

    def __init__(self, number: int, wire_format: WireFormat, payloads: list[bytes], random: Random) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self._payloads = payloads
        self._next = random.randrange(len(payloads))
        self._pacer = Pacer(
            payload_type=wire_format.payload_type,
            frame_samples=wire_format.frame_samples,
            silence=wire_format.silence,
            ssrc=number + 1,
            sequence_number=random.getrandbits(16),
            timestamp=random.getrandbits(32),
        )
        self._last_number = -1
        self.received = 0
        self.missing = 0

    def speak(self) -> None:
        """Send the next 20 ms."""
        self.socket.send(self._pacer.next_packet(self._payloads[self._next]))
        self._next = (self._next + 1) % len(self._payloads)

    def listen(self) -> None:
        """Count what has come."""
        try:
            while True:
                packet = parse_packet(self.socket.recv(2048))
                self.received += 1
                if self._last_number >= 0:
                    self.missing += sequence_difference(packet.sequence_number, self._last_number) - 1
                self._last_number = packet.sequence_number
        except BlockingIOError:
            return


def say(message: dict[str, Any]) -> None:
    """Tell the benchmark, one JSON object a line."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Play ``calls`` callers towards the port that is read from standard input, for ``seconds``."""
    calls, format_name = int(sys.argv[1]), sys.argv[2]
    wire_format, random = FORMATS[format_name], Random(7)
    loops = [
        wire_format.encode_frames(caller_audio(voice, wire_format.sample_rate_hz, random)) for voice in VOICES
    ]
    callers = [Caller(n, wire_format, loops[n % len(loops)], random) for n in range(calls)]
    say({"ports": [caller.socket.getsockname()[1] for caller in callers]})
    order = json.loads(sys.stdin.readline())
    for caller in callers:
        caller.socket.connect(("127.0.0.1", order["port"]))
    steps = int(order["seconds"] / FRAME_S) * _PHASES
    began, latest = time.monotonic(), 0.0
    for step in range(steps):
        pause = began + step * FRAME_S / _PHASES - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        latest = max(latest, -pause)
        if -pause > _STALL_S:
            # No telephone sends everything that it missed in one burst.
            began -= pause
        for caller in callers[step % _PHASES :: _PHASES]:
            caller.speak()
            caller.listen()
    sent = steps // _PHASES * calls
    time.sleep(0.3)
    for caller in callers:
        caller.listen()
    say(
        {
            "sent": sent,
            "received": sum(caller.received for caller in callers),
            "missing": sum(caller.missing for caller in callers),
            "latest_send_ms": latest * 1000,
            "cpu_s": time.process_time(),
        }
    )


if __name__ == "__main__":
    main()
