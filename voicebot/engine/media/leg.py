"""The media of one call: what Asterisk sends us of the citizen, and what we send back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from voicebot.engine.media.prompt import PayloadSource
from voicebot.engine.media.speaking import Speaking
from voicebot.errors import RtpError
from voicebot.ports import Samples, VoiceStream
from voicebot.rtp.packet import parse_packet
from voicebot.rtp.playout import Playout
from voicebot.rtp.source_lock import Address, SourceLock, SourceVerdict
from voicebot.rtp.statistics import ReceptionReport

logger = logging.getLogger(__name__)


class FrameListener(Protocol):
    """Who hears the citizen of one call."""

    def frame_heard(
        self, end_sample: int, samples: Samples, probability: float, level_dbfs: float, now: float
    ) -> None:
        """Take 20 ms of the citizen's audio, in order and without holes.

        Args:
            end_sample: Position just after the frame, counted from the attachment of the leg.
            samples: int16 ``[160]`` or ``[320]``. **Copy what is kept**: it is a row of an array that holds
                the frames of all calls, and the row would keep the whole array in memory.
            probability: Of voice, 0..1, this frame included.
            level_dbfs: RMS level; −100 for digital silence.
            now: Monotonic seconds.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReport:
    """What the media of one call was like."""

    reception: ReceptionReport
    frames_sent: int
    frames_skipped: int
    """Left out because our clock had stalled."""
    underruns: int
    """Frames of silence within prompts whose next payload was not ready."""
    listener_errors: int


class MediaLeg:
    """One call's way in and out of the media loop, made by ``MediaLoop.attach``.

    Args:
        call_id: For logs.
        lock: On Asterisk's address of this leg.
        playout: Receiving side.
        speaking: Sending side.
        stream: State of voice activity.
        listener: Hears the citizen.
        payload_type: Of the wire format.
        phase: Tick of four at which the leg is looked at even if nothing came.
        begin_now: Asks the loop to send the leg's next frame at once; given the leg.
        current_tick: The loop's tick that has begun last.
        leave: Takes the leg out of the loop.
    """

    __slots__ = (
        "_begin_now",
        "_current_tick",
        "_leave",
        "_lock",
        "_payload_type",
        "attached",
        "call_id",
        "listener",
        "listener_errors",
        "phase",
        "playout",
        "speaking",
        "stream",
    )

    def __init__(
        self,
        *,
        call_id: str,
        lock: SourceLock,
        playout: Playout,
        speaking: Speaking,
        stream: VoiceStream,
        listener: FrameListener,
        payload_type: int,
        phase: int,
        begin_now: Callable[[MediaLeg], None],
        current_tick: Callable[[], int],
        leave: Callable[[MediaLeg], None],
    ) -> None:
        self.call_id = call_id
        self.playout = playout
        self.speaking = speaking
        self.stream = stream
        self.listener = listener
        self.phase = phase
        self.attached = True
        self.listener_errors = 0
        self._lock = lock
        self._payload_type = payload_type
        self._begin_now = begin_now
        self._current_tick = current_tick
        self._leave = leave

    # --- for the call ---------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether a prompt is being played."""
        return self.speaking.playing

    @property
    def media_arrived(self) -> bool:
        """Whether Asterisk has sent at least one packet: the path to us is up."""
        return self.playout.statistics.received > 0

    @property
    def statistics(self) -> LegReport:
        """The figures of this call so far."""
        return LegReport(
            reception=self.playout.report(),
            frames_sent=self.speaking.frames_sent,
            frames_skipped=self.speaking.skipped_frames,
            underruns=self.speaking.underruns,
            listener_errors=self.listener_errors,
        )

    def play(self, source: PayloadSource, on_finished: Callable[[], None] | None = None) -> None:
        """Send the source's payloads, one each 20 ms; call back when the last one has left.

        If nothing is being said the first frame leaves at once (see ``speaking.py``). A prompt that is still
        playing is replaced, and its callback is not called.
        """
        if self.attached and self.speaking.play(source, on_finished, self._current_tick()):
            self._begin_now(self)

    def stop(self) -> float:
        """Fall silent: no further frame of the prompt leaves. Returns the milliseconds that were sent."""
        return self.speaking.stop()

    def frames_behind(self, end_sample: int) -> int:
        """How many frames came together with, and after, the one that ends there: 0 if none was held up."""
        return (self.playout.position - end_sample) // self.playout.frame_samples

    def sent_levels(self, frames_ago: int = 0) -> list[float]:
        """Levels in dBFS of the last frames sent (up to 0.8 s), the newest last; empty after silence."""
        return self.speaking.sent_levels(frames_ago)

    def detach(self) -> None:
        """Leave the media loop; nothing is heard or sent any more. May be called twice."""
        if self.attached:
            self.attached = False
            self.speaking.stop()
            self._leave(self)

    # --- for the loop ---------------------------------------------------------------------------------------

    @property
    def remote(self) -> Address:
        """Asterisk's address of this leg."""
        return self._lock.address

    def receive(self, data: bytes, address: Address, now: float) -> None:
        """Take one datagram; what cannot be used is counted and forgotten."""
        statistics = self.playout.statistics
        try:
            packet = parse_packet(data)
        except RtpError:
            statistics.malformed += 1
            return
        if packet.payload_type != self._payload_type:
            statistics.wrong_payload += 1
            return
        if packet.ssrc != self._lock.ssrc:
            verdict = self._lock.judge(address, packet)
            if verdict is SourceVerdict.UNPROVEN_SSRC or verdict is SourceVerdict.FOREIGN_ADDRESS:
                statistics.wrong_source += 1
                return
            if verdict is SourceVerdict.CHANGED_SSRC:
                self._change_source(now)
        self.playout.push(packet, now)

    def _change_source(self, now: float) -> None:
        for change in self._lock.changes:
            logger.info(
                "the audio of a call changed its source",
                extra={
                    "action": "source_changed",
                    "call_id": self.call_id,
                    "previous_ssrc": change.previous_ssrc,
                    "ssrc": change.ssrc,
                },
            )
        self._lock.changes.clear()
        held = self._lock.take_held()
        if held is not None:
            self.playout.statistics.wrong_source -= 1
            self.playout.push(held, now)

    def hear(self, end_sample: int, samples: Samples, probability: float, level: float, now: float) -> None:
        """Hand one frame to the listener; its mistakes stay within its call."""
        try:
            self.listener.frame_heard(end_sample, samples, probability, level, now)
        except Exception:  # noqa: BLE001 - the edge of a call: the tick goes on for all others
            self._count_error("the listener of a call failed")

    def next_frame(self) -> tuple[bytes, bytes | None, Callable[[], None] | None]:
        """What to send next: see ``Speaking.next_frame``. A prompt that breaks is stopped."""
        try:
            datagram, payload, on_finished = self.speaking.next_frame()
        except Exception:  # noqa: BLE001 - the edge of a call, as above
            self._count_error("the prompt of a call failed")
            self.speaking.stop()
            return self.speaking.next_frame()
        if on_finished is None:
            return datagram, payload, None
        return datagram, payload, lambda: self._finish(on_finished)

    def _finish(self, on_finished: Callable[[], None]) -> None:
        try:
            on_finished()
        except Exception:  # noqa: BLE001 - the edge of a call, as above
            self._count_error("the callback of a finished prompt failed")

    def _count_error(self, text: str) -> None:
        """Count a mistake of the call's own code and log the first one; called from ``except`` clauses."""
        self.listener_errors += 1
        if self.listener_errors == 1:
            logger.exception(text, extra={"action": "media_listener", "call_id": self.call_id})
