"""What one call hears of its citizen: the frames of the media loop, as turn taking wants them."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.engine.recording import CitizenAudio
from voicebot.engine.voice_marks import VoiceMarks
from voicebot.ports import Samples, TimelineSink
from voicebot.speech.echo import EchoJudge
from voicebot.speech.events import FrameHeard

_KEEP_AUDIO_S = 30.0
"""The longest utterance that can still be recognised whole: Whisper's own window."""


class Ear:
    """Keeps the last of the citizen's audio, tells echo from voice, and marks the voice in the timeline.

    Args:
        sample_rate_hz: Of the frames.
        timeline: Of the call.
    """

    __slots__ = ("_echo", "_marks", "_samples_per_ms", "audio")

    def __init__(self, *, sample_rate_hz: int, timeline: TimelineSink) -> None:
        self.audio = CitizenAudio(sample_rate_hz=sample_rate_hz, keep_s=_KEEP_AUDIO_S)
        """What decodes are cut from."""
        self._samples_per_ms = sample_rate_hz / 1000
        self._echo = EchoJudge()
        self._marks = VoiceMarks(timeline)

    def hear(
        self,
        end_sample: int,
        samples: Samples,
        probability: float,
        level_dbfs: float,
        sent_levels: Sequence[float],
        on_time: bool,
    ) -> FrameHeard:
        """Take one frame.

        Args:
            end_sample, samples, probability, level_dbfs: As ``FrameListener`` is told.
            sent_levels: Of what had been sent when the frame was due.
            on_time: Whether it came when it was due, and not in a burst.
        """
        self.audio.append(end_sample, samples)
        return FrameHeard(
            end_sample=end_sample,
            duration_ms=len(samples) / self._samples_per_ms,
            probability=probability,
            level_dbfs=level_dbfs,
            echo=self._echo.judge(sent_levels, level_dbfs, probability, on_time=on_time),
        )

    def mark(self, voiced: bool, now: float) -> None:
        """Note turn taking's judgement of the frame heard at ``now``."""
        self._marks.push(voiced, now)

    def close(self) -> None:
        """The call is over: a stretch of voice under way ends."""
        self._marks.end()
