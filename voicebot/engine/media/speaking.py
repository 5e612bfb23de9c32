"""The sending half of a media leg: which payload leaves at which tick. No input or output.

Slots
    Time is counted in ticks of 5 ms; a frame is four of them. Each leg has its home slots, every fourth tick,
    spread over the legs so that not all of them send at once. In silence the leg sends at its home slots.

    A prompt does not wait for the next slot: if silence was sent last, its first frame leaves at once, up to
    20 ms ahead, and the frames of the prompt keep that lead. For the receiver this is a packet that comes up
    to 20 ms early, less than the jitter that every jitter buffer is made for (Asterisk's bridge passes it on
    as it comes); the marker bit lets it take the sound up sooner. The lead cannot add up, since it is counted
    from the home slot, and it is given back with the first silence after the prompt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice

from voicebot.audio.level import SILENCE_DBFS
from voicebot.engine.media.prompt import PayloadSource
from voicebot.engine.media.wire_format import FRAME_MS
from voicebot.rtp.pacing import Pacer

TICKS_PER_FRAME = 4
SENT_LEVELS_KEPT = 40
"""Frames of sent levels that are looked at (0.8 s): 0.4 s of echo delay and 0.4 s to compare."""
_LONGEST_BURST_FRAMES = 50
"""Levels that are remembered beyond, for frames that come late (1 s)."""

_LONGEST_CATCH_UP_FRAMES = (
    3  # 60 ms: what a receiver's jitter buffer bridges; after a longer stall time is skipped
)


class Speaking:
    """Numbers the frames of one call and takes their payloads from the prompt.

    Args:
        pacer: Makes the packets.
        first_slot: Tick of the first frame.
    """

    __slots__ = (
        "_home_slot",
        "_lead",
        "_levels",
        "_on_finished",
        "_pacer",
        "_played_frames",
        "_quiet_frames",
        "_silent",
        "_source",
        "skipped_frames",
        "underruns",
    )

    def __init__(self, pacer: Pacer, first_slot: int) -> None:
        self._pacer = pacer
        self._home_slot = first_slot  # of the next frame
        self._lead = 0  # ticks, 0 to TICKS_PER_FRAME
        self._silent = True
        self._quiet_frames = SENT_LEVELS_KEPT  # since the last frame that was not silence
        self._source: PayloadSource | None = None
        self._on_finished: Callable[[], None] | None = None
        self._played_frames = 0
        self._levels: deque[float] = deque(maxlen=SENT_LEVELS_KEPT + _LONGEST_BURST_FRAMES)
        self.underruns = 0
        """Frames of silence within prompts whose next payload was not ready."""
        self.skipped_frames = 0
        """Frames left out because the clock had stalled."""

    @property
    def playing(self) -> bool:
        """Whether a prompt is being played."""
        return self._source is not None

    @property
    def due_slot(self) -> int:
        """The tick at which the next frame leaves."""
        return self._home_slot - self._lead

    @property
    def frames_sent(self) -> int:
        """All frames so far, silence included."""
        return self._pacer.frames_sent

    @property
    def played_ms(self) -> float:
        """How much of the current or last prompt has been sent."""
        return float(self._played_frames * FRAME_MS)

    def play(self, source: PayloadSource, on_finished: Callable[[], None] | None, tick: int) -> bool:
        """Begin a prompt, in place of one that may be playing; says whether its first frame is due now."""
        self._source = source
        self._on_finished = on_finished
        self._played_frames = 0
        if self._silent:
            self._lead = min(max(self._home_slot - tick, 0), TICKS_PER_FRAME)
        return self.due_slot <= tick

    def stop(self) -> float:
        """Fall silent from the next frame on; returns the milliseconds of the prompt that were sent."""
        if self._source is None:
            return 0.0
        self._source = None
        self._on_finished = None
        return self.played_ms

    def catch_up(self, tick: int) -> None:
        """After a stall, skip the frames that are too old to be sent."""
        missed = (tick - self.due_slot) // TICKS_PER_FRAME
        if missed > _LONGEST_CATCH_UP_FRAMES:
            self._home_slot += missed * TICKS_PER_FRAME
            self._pacer.skip(missed)
            self.skipped_frames += missed

    def next_frame(self) -> tuple[bytes, bytes | None, Callable[[], None] | None]:
        """The next frame: its datagram, its payload unless silence, and what to call if it is the last."""
        payload, finished = None, None
        source = self._source
        if source is not None:
            payload = source.next_payload()
            if payload is not None:
                self._played_frames += 1
            if source.finished:
                finished = self._on_finished
                self._source = self._on_finished = None
            elif payload is None:
                self.underruns += 1
        self._home_slot += TICKS_PER_FRAME
        if payload is None and source is None:
            self._lead = 0
        self._silent = payload is None
        self._quiet_frames = self._quiet_frames + 1 if self._silent else 0
        self._levels.append(SILENCE_DBFS)
        return self._pacer.next_packet(payload), payload, finished

    def note_level(self, level_dbfs: float) -> None:
        """Remember the level of the frame sent last, if it was not silence."""
        self._levels[-1] = level_dbfs

    def sent_levels(self, frames_ago: int = 0) -> list[float]:
        """Levels in dBFS of the last ``SENT_LEVELS_KEPT`` frames sent so many frames ago, the newest last;
        empty while all that is remembered was silence."""
        levels = self._levels
        if self._quiet_frames >= SENT_LEVELS_KEPT + frames_ago:
            return []
        end = max(len(levels) - frames_ago, 0)
        return list(islice(levels, max(end - SENT_LEVELS_KEPT, 0), end))
