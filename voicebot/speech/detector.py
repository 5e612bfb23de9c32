"""When is there voice? Frames in, voiced or not out.

Two witnesses: Silero's probability knows speech from noise, but it is chunked (32 ms) and fades late; the
level of the 20 ms frame knows the end of a word to the frame, but not what made it. A frame is voiced when
both agree, so the end of voice is known at once and steady noise never holds a turn open. The beginning is
dated back to where the level rose, since Silero needs a chunk or two to be sure.
"""

from __future__ import annotations

from voicebot.speech.events import FrameHeard
from voicebot.speech.settings import TurnSettings

_LOWEST_FLOOR_DBFS = -70.0
"""Digital silence counts as this much noise: comfort noise of a quiet line."""
_FIRST_FLOOR_DBFS = -60.0
"""Until the line has been heard for a while: a good line's noise."""
_BLOCK_FRAMES = 50
"""1 s. Speech dips to the noise floor at least once in two blocks (closures, breaths); steady noise does
not, so the minimum over the blocks is the noise (minimum statistics, Martin 2001)."""
_MINIMUM_BIAS_DB = 1.5
"""The minimum of 100 frames of stationary noise lies this far below its mean."""
_QUIET_PROBABILITY = 0.3
"""Below this a frame is noise and teaches the floor directly."""
_FLOOR_FALL = 0.08
"""Share of the difference by which the floor falls a frame: about 250 ms to follow noise that stopped."""
_NOISE_PROBABILITY = 0.05
"""Below this Silero is sure that a frame is no voice."""
_FLOOR_RISE_DB, _SURE_FLOOR_RISE_DB = 0.2, 1.0
"""Most that the floor rises a frame: little where the frame may be the beginning of a word that Silero has
not seen yet, faster (half a second for a loud line) where it is sure of noise."""
_ATTACK, _RELEASE = 0.3, 0.02
"""Speech level: rises within a syllable (3 frames), falls over a sentence (1 s)."""
_FORGET_DB = 0.1
"""Fall of the speech level for each unvoiced frame (5 dB/s): a quieter person may take the phone."""
_LONGEST_BACK_DATE_MS = 160.0
"""Silero hesitates for up to 140 ms where a word begins with a long vowel; a longer loud stretch before it
was something else."""


class VoiceDetector:
    """Voiced or not, frame by frame, for one call.

    Args:
        settings: Thresholds.
    """

    __slots__ = (
        "_block_frames",
        "_block_minimum",
        "_doubt_ms",
        "_last_minimum",
        "_loud_ms",
        "_settings",
        "_speech_dbfs",
        "_voiced",
        "noise_floor_dbfs",
        "onset_back_ms",
    )

    def __init__(self, settings: TurnSettings) -> None:
        self._settings = settings
        self._voiced = False
        self._loud_ms = 0.0
        self._doubt_ms = 0.0
        self._speech_dbfs = -100.0
        self._block_frames = 0
        self._block_minimum = 0.0
        self._last_minimum = _LOWEST_FLOOR_DBFS
        self.noise_floor_dbfs = _FIRST_FLOOR_DBFS
        self.onset_back_ms = 0.0
        """On the first voiced frame: how much voice there was already before this frame."""

    @property
    def voiced(self) -> bool:
        """The judgement of the last frame."""
        return self._voiced

    @property
    def noisy_line(self) -> bool:
        """Whether the line's noise hides soft sounds of speech."""
        return self._speech_dbfs - self.noise_floor_dbfs < self._settings.noisy_line_db

    @property
    def perhaps_voice(self) -> bool:
        """Whether the newest frames are loud enough for voice, but Silero is not sure yet."""
        return not self._voiced and 0.0 < self._loud_ms <= _LONGEST_BACK_DATE_MS

    def push(self, frame: FrameHeard) -> bool:
        """Judge one frame: whether the citizen's voice is in it."""
        settings = self._settings
        level = frame.level_dbfs
        self._follow_noise(level, frame.probability)  # an echo is voice too: it teaches no noise
        threshold = self.noise_floor_dbfs + settings.margin_db
        if threshold < settings.quietest_dbfs:
            threshold = settings.quietest_dbfs
        if self._voiced and threshold < self._speech_dbfs - settings.dynamic_range_db:
            threshold = self._speech_dbfs - settings.dynamic_range_db
        if level < threshold:
            self._voiced = False
            self._loud_ms = 0.0
            self._speech_dbfs -= _FORGET_DB
            return False
        if frame.echo >= settings.echo_share:  # no held vowel either: it would be one for as long as we speak
            self._voiced = False
            self._loud_ms = 0.0
            return False
        if self._is_voice(level, frame.probability, frame.duration_ms):
            self.onset_back_ms = 0.0 if self._voiced else min(self._loud_ms, _LONGEST_BACK_DATE_MS)
            self._voiced = True
            if self._speech_dbfs < settings.quietest_dbfs:
                self._speech_dbfs = level
            rate = _ATTACK if level > self._speech_dbfs else _RELEASE
            self._speech_dbfs += rate * (level - self._speech_dbfs)
        else:
            self._voiced = False
        self._loud_ms += frame.duration_ms
        return self._voiced

    def _is_voice(self, level: float, probability: float, duration_ms: float) -> bool:
        settings = self._settings
        if not self._voiced:
            self._doubt_ms = 0.0
            return probability >= settings.onset_probability
        if probability >= settings.stay_probability:
            self._doubt_ms = 0.0
            return True
        # Silero loses faith in a vowel that is held ("네—"), while its level hardly falls.
        self._doubt_ms += duration_ms
        held = level >= self._speech_dbfs - settings.held_vowel_db
        return held and self._doubt_ms <= settings.held_vowel_ms

    def _follow_noise(self, level: float, probability: float) -> None:
        if level < _LOWEST_FLOOR_DBFS:
            level = _LOWEST_FLOOR_DBFS
        if level < self._block_minimum:
            self._block_minimum = level
        self._block_frames += 1
        if self._block_frames == _BLOCK_FRAMES:
            steady = min(self._last_minimum, self._block_minimum) + _MINIMUM_BIAS_DB
            if steady > self.noise_floor_dbfs:
                self.noise_floor_dbfs = steady
            self._last_minimum = self._block_minimum
            self._block_minimum = 0.0
            self._block_frames = 0
        above = level - self.noise_floor_dbfs
        if above < 0:
            self.noise_floor_dbfs += _FLOOR_FALL * above
        elif probability < _QUIET_PROBABILITY:
            most = _SURE_FLOOR_RISE_DB if probability < _NOISE_PROBABILITY else _FLOOR_RISE_DB
            self.noise_floor_dbfs += above if above < most else most
