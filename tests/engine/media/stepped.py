"""An event loop whose clock runs only while nobody is busy: seconds of media pass in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.wire_format import ALAW, FRAME_S, WireFormat
from voicebot.ports import Samples, VoiceStream
from voicebot.rtp.packet import RtpPacket, parse_packet, serialise_packet

T = TypeVar("T")


class _SteppingSelector(selectors.DefaultSelector):
    """Instead of waiting it moves the clock on."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is not None and timeout > 0:
            self.now += timeout
        return ready


class SteppedLoop(asyncio.SelectorEventLoop):
    """Real sockets, imagined time."""

    def __init__(self) -> None:
        self._stepping = _SteppingSelector()
        super().__init__(self._stepping)

    def time(self) -> float:
        return self._stepping.now

    def stall(self, seconds: float) -> None:
        """Let time pass as if something had held the process up."""
        self._stepping.now += seconds


def run(scene: Callable[[SteppedLoop], Coroutine[Any, Any, T]]) -> T:
    """Play a scene to its end in imagined time."""
    loop = SteppedLoop()
    try:
        return loop.run_until_complete(scene(loop))
    finally:
        loop.close()


class LoudIsVoice:
    """Voice activity for tests: whatever is loud is voice."""

    def open(self) -> VoiceStream:
        return object()

    def judge(self, streams: Sequence[VoiceStream], frames: Sequence[Samples]) -> list[float]:
        assert len(set(map(id, streams))) == len(frames)
        return [1.0 if np.abs(frame.astype(np.int64)).max() > 1000 else 0.0 for frame in frames]


class Asterisk:
    """The far end of one leg: a socket that sends RTP and keeps what comes."""

    def __init__(self, media: MediaLoop, wire_format: WireFormat = ALAW, ssrc: int = 77) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self._media = media
        self._format = wire_format
        self.ssrc = ssrc
        self.number = 65_530
        self.timestamp = 2**32 - 320

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.socket.getsockname()
        return host, port

    def send_raw(self, data: bytes) -> None:
        self.socket.sendto(data, self._media.address)

    def send(self, payload: bytes | None = None, payload_type: int | None = None) -> None:
        """Send the next packet; silence if nothing is given."""
        packet = RtpPacket(
            self._format.payload_type if payload_type is None else payload_type,
            False,
            self.number & 0xFFFF,
            self.timestamp & 0xFFFF_FFFF,
            self.ssrc,
            self._format.silence if payload is None else payload,
        )
        self.number += 1
        self.timestamp += self._format.frame_samples
        self.send_raw(serialise_packet(packet))

    def received(self) -> list[RtpPacket]:
        """What has come since the last call."""
        packets = []
        try:
            while True:
                packets.append(parse_packet(self.socket.recv(2048)))
        except BlockingIOError:
            return packets

    async def talk(self, frames: int, payload: bytes | None = None) -> None:
        """Send for some frames, one each 20 ms."""
        for _ in range(frames):
            self.send(payload)
            await asyncio.sleep(FRAME_S)

    def close(self) -> None:
        self.socket.close()


class Listener:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Samples, float, float, float]] = []
        self.then: Mapping[int, Callable[[], object]] = {}
        """What to do at the given number of frames."""

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        self.heard.append((end_sample, samples.copy(), probability, level_dbfs, now))
        if len(self.heard) in self.then:
            self.then[len(self.heard)]()
