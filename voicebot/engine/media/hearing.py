"""The receiving side of all calls at once: decode, measure and judge in one batch, then tell each call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voicebot.audio.level import SILENCE_DBFS, levels_dbfs
from voicebot.engine.media.leg import MediaLeg
from voicebot.engine.media.wire_format import WireFormat
from voicebot.ports import VoiceActivity


class Hearing:
    """Turns what the playouts hand out into frames that listeners hear.

    Args:
        wire_format: Of all legs.
        voice_activity: Judges all calls at once.
    """

    def __init__(self, wire_format: WireFormat, voice_activity: VoiceActivity) -> None:
        self._wire_format = wire_format
        self._voice_activity = voice_activity
        self._silence = wire_format.silence

    def hear(self, legs: Sequence[MediaLeg], now: float, audio_now: float) -> None:
        """Pull the frames of the given legs and let their listeners hear them, in order.

        Usually each leg has one frame or none. After a gap or a stall it has several: these go in rounds, one
        frame of each leg in a round, since voice activity builds on the frame before.

        Args:
            legs: Those to look at.
            now: Monotonic seconds; what listeners are told.
            audio_now: The same without stalls; what the playouts go by.
        """
        pulled = [(leg, frames) for leg in legs if (frames := leg.playout.pull(audio_now))]
        index = 0
        while pulled:
            self._hear_round(pulled, index, now)
            index += 1
            pulled = [(leg, frames) for leg, frames in pulled if len(frames) > index and leg.attached]

    def _hear_round(self, pulled: list[tuple[MediaLeg, list[bytes | None]]], index: int, now: float) -> None:
        """Let each leg hear its frame number ``index``."""
        silence = self._silence
        payloads = [frames[index] for _, frames in pulled]
        samples = self._wire_format.decode_frames([payload or silence for payload in payloads])
        levels = levels_dbfs(samples)
        if None in payloads:
            # What never came is digital silence, also where the format has no code for zero.
            absent = np.array([payload is None for payload in payloads])
            samples[absent] = 0
            levels[absent] = SILENCE_DBFS
        rows = list(samples)
        probabilities = self._voice_activity.judge([leg.stream for leg, _ in pulled], rows)
        frame_samples = self._wire_format.frame_samples
        for (leg, frames), row, probability, level in zip(
            pulled, rows, probabilities, levels.tolist(), strict=True
        ):
            if leg.attached:  # a listener may end its own call, or another one
                end_sample = leg.playout.position - (len(frames) - 1 - index) * frame_samples
                leg.hear(end_sample, row, probability, level, now)
