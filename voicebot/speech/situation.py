"""Everything turn taking knows about one call: the state that its parts read and move."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from voicebot.speech.decoding import DecodeDesk
from voicebot.speech.detector import VoiceDetector
from voicebot.speech.events import FloorGiven, FrameHeard
from voicebot.speech.floor import Floor
from voicebot.speech.pauses import PauseLearner
from voicebot.speech.settings import TurnSettings
from voicebot.speech.silence import SilenceWatch
from voicebot.speech.states import TurnState
from voicebot.speech.utterance import Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A turn that may still be taken back."""

    turn_id: int
    utterance: Utterance
    floor: FloorGiven | None
    """What had been asked: asked again if the turn is taken back."""
    confirm_at: float


class Situation:
    """The state of one call.

    Args:
        settings: The numbers that turn taking is tuned by.
        sample_rate_hz: Of positions in the audio.
    """

    __slots__ = (
        "committed",
        "deaf_until",
        "desk",
        "detector",
        "due",
        "end_sample",
        "first_sample",
        "floor",
        "heard_at",
        "not_before",
        "pauses",
        "samples_per_ms",
        "settings",
        "silence",
        "state",
        "turns",
        "utterance",
    )

    def __init__(self, settings: TurnSettings, sample_rate_hz: int) -> None:
        self.settings = settings
        self.samples_per_ms = sample_rate_hz / 1000
        self.detector = VoiceDetector(settings)
        self.desk = DecodeDesk(settings)
        self.pauses = PauseLearner(settings)
        self.silence = SilenceWatch()
        self.floor = Floor()
        self.state = TurnState.IDLE
        self.utterance: Utterance | None = None
        """Being spoken; in ``GRACE`` and ``RESUMING`` what came after the commit; else remembered."""
        self.committed: Committed | None = None
        """Set in ``GRACE`` and ``RESUMING`` only."""
        self.end_sample = 0
        """Position just after the newest frame."""
        self.heard_at = -inf
        """When that was (monotonic seconds)."""
        self.first_sample = 0
        """Audio before this belongs to earlier turns."""
        self.due = inf
        """When the state wants to be looked at next (monotonic seconds)."""
        self.not_before = -inf
        """No commit earlier than this."""
        self.deaf_until = -inf
        """No voice before this: a key is being pressed."""
        self.turns = 0
        """Turns committed so far: the newest turn's id."""

    def enter(self, state: TurnState) -> None:
        """Move to a state; what was due in the one before is void."""
        self.state = state
        self.due = inf

    def rest(self) -> None:
        """Nothing is being said: wait for it if the dialogue listens."""
        self.enter(TurnState.IDLE if self.floor.given is None else TurnState.AWAITING)

    def speak(self) -> None:
        """The utterance is a turn under way: voiced by its last frame or not."""
        assert self.utterance is not None
        voiced = self.utterance.last_voiced_sample >= self.end_sample
        self.enter(TurnState.SPEAKING if voiced else TurnState.PAUSING)

    def silence_ms(self, utterance: Utterance) -> float:
        """Silence heard since the utterance's last voiced frame."""
        return (self.end_sample - utterance.last_voiced_sample) / self.samples_per_ms

    def with_pre_roll(self, onset_sample: int) -> int:
        """Where to begin recognising voice that begins there."""
        return max(onset_sample - int(self.settings.pre_roll_ms * self.samples_per_ms), 0)

    def begin_utterance(self, frame: FrameHeard, now: float) -> Utterance:
        """Begin an utterance with its first voiced frame, dated back to where its level rose."""
        voiced_ms = frame.duration_ms + self.detector.onset_back_ms
        onset_sample = frame.end_sample - int(voiced_ms * self.samples_per_ms)
        start_sample = max(self.with_pre_roll(onset_sample), self.first_sample)
        self.utterance = Utterance(
            start_sample=start_sample,
            stretch_sample=start_sample,
            onset_sample=onset_sample,
            last_voiced_sample=frame.end_sample,
            last_voiced_at=now,
            voiced_ms=voiced_ms,
            over_prompt=self.floor.audible,
        )
        return self.utterance
