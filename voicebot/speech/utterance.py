"""What the citizen is saying: where it is in the audio, how much of it is voice, and the words so far."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.speech.events import Completeness, DecodeKind, FrameHeard


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a decode heard in an utterance."""

    decode_id: int
    kind: DecodeKind
    end_sample: int
    """The audio that was decoded ends here."""
    voiced_ms: float
    """Voice in that audio."""
    text: str
    completeness: Completeness
    confidence: float


@dataclass(slots=True)
class Utterance:
    """Voice that belongs together, from its onset on."""

    start_sample: int
    """First sample to recognise, pre-roll included."""
    onset_sample: int
    """Where the first voiced frame begins."""
    last_voiced_sample: int
    """Position just after the last voiced frame."""
    last_voiced_at: float
    """When that frame was heard (monotonic seconds)."""
    voiced_ms: float
    over_prompt: bool
    """Began while the bot was audible: a bare yes in it may be a nod."""
    least_wait_ms: float = 0.0
    """Raised after the turn was taken back once."""
    words: Words | None = None
    """From the latest decode that came back."""
    asked_voiced_ms: float = 0.0
    """Voice in the audio of the latest decode asked for."""
    judged: bool = False
    """Found to be a nod: remembered only in case the prompt ends right after it."""

    def add(self, frame: FrameHeard, now: float) -> None:
        """Add a voiced frame."""
        self.last_voiced_sample = frame.end_sample
        self.last_voiced_at = now
        self.voiced_ms += frame.duration_ms

    @property
    def settled_words(self) -> Words | None:
        """Words that hold everything that was voiced, from a decode of the whole utterance.

        A partial never ends a turn: it is decoded without the silence behind the last word and without the
        scores of a closed answer, and it ends exactly with the voice only once in fifteen times.
        """
        words = self.words
        if words is None or words.kind is DecodeKind.PARTIAL or words.end_sample < self.last_voiced_sample:
            return None
        return words

    def follow(self, earlier: Utterance) -> None:
        """Become the continuation of an earlier utterance: one turn from its first sample on."""
        self.start_sample = earlier.start_sample
        self.voiced_ms += earlier.voiced_ms
        self.asked_voiced_ms += earlier.voiced_ms
        self.over_prompt = earlier.over_prompt
        self.words = None
