"""The stretches of a citizen's voice, for the timeline."""

from __future__ import annotations

from voicebot.ports import TimelineSink

_GAP_S = 0.2
"""Voice apart by less is one stretch: syllables, not pauses."""


class VoiceMarks:
    """Writes ``voice_started`` and ``voice_ended`` with the moments they happened at."""

    __slots__ = ("_last_voiced_at", "_started_at", "_timeline")

    def __init__(self, timeline: TimelineSink) -> None:
        self._timeline = timeline
        self._started_at: float | None = None
        self._last_voiced_at = 0.0

    def push(self, voiced: bool, now: float) -> None:
        """Take the judgement of one frame, heard at ``now``."""
        if voiced:
            if self._started_at is None:
                self._started_at = now
                self._timeline.record("citizen", "voice_started", now)
            self._last_voiced_at = now
        elif self._started_at is not None and now - self._last_voiced_at > _GAP_S:
            self.end()

    def end(self) -> None:
        """End the stretch under way, if there is one."""
        if self._started_at is not None:
            self._started_at = None
            self._timeline.record("citizen", "voice_ended", self._last_voiced_at)
