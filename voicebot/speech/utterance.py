"""What the citizen is saying: where it is in the audio, how much of it is voice, and the words so far.

An utterance grows in stretches: after a pause whose words are known, only what follows is recognised. So a
long story costs no more a second than a short one, outgrows no recogniser's window, and loses no words behind
a pause."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.speech.events import Completeness, DecodeKind, FrameHeard


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What has been heard of an utterance, from its beginning to ``end_sample``."""

    decode_id: int
    kind: DecodeKind
    end_sample: int
    """The audio that was decoded ends here."""
    voiced_ms: float
    """Voice from the beginning of the utterance to there."""
    text: str
    completeness: Completeness
    confidence: float
    """Of the least certain stretch."""

    @property
    def syllables(self) -> int:
        """Length of the text."""
        return sum(character.isalnum() for character in self.text)


@dataclass(slots=True)
class Utterance:
    """Voice that belongs together, from its onset on."""

    start_sample: int
    """First sample, pre-roll included."""
    onset_sample: int
    """Where the first voiced frame begins."""
    last_voiced_sample: int
    """Position just after the last voiced frame."""
    last_voiced_at: float
    """When that frame was heard (monotonic seconds)."""
    voiced_ms: float
    over_prompt: bool
    """Began while the bot was audible: a bare yes in it may be a nod."""
    stretch_sample: int
    """First sample of the stretch to recognise next, pre-roll included."""
    earlier: Words | None = None
    """What was heard before that stretch."""
    words: Words | None = None
    """All that was heard, from the latest decode that came back; ``None`` when none did in this stretch."""
    asked_voiced_ms: float = 0.0
    """Voice up to the end of the latest decode asked for."""
    least_wait_ms: float = 0.0
    """Raised after the turn was taken back once."""
    more_than_nod: int = 0
    """Over a prompt: how many decodes in a row heard a second syllable that no nod goes on with."""
    judged: bool = False
    """Found to be a nod: remembered only in case the prompt ends right after it."""

    def add(self, frame: FrameHeard, now: float) -> None:
        """Add a voiced frame."""
        self.last_voiced_sample = frame.end_sample
        self.last_voiced_at = now
        self.voiced_ms += frame.duration_ms

    @property
    def stretch_voiced_ms(self) -> float:
        """Voice in the stretch to recognise next."""
        return self.voiced_ms - (self.earlier.voiced_ms if self.earlier is not None else 0.0)

    @property
    def settled_words(self) -> Words | None:
        """Words that hold everything that was voiced, from a decode made in silence.

        A partial never ends a turn: it is decoded without the silence behind the last word and without the
        scores of a closed answer, and it ends exactly with the voice only once in fifteen times.
        """
        words = self.words
        if words is None or words.kind is DecodeKind.PARTIAL or words.end_sample < self.last_voiced_sample:
            return None
        return words

    def begin_stretch(self, first_sample: int, least_confidence: float) -> bool:
        """After a pause: keep the words so far, if they are known well, and recognise only what follows.

        Args:
            first_sample: Of the new stretch, pre-roll included.
            least_confidence: Words less certain are decoded again, together with what follows.
        """
        words = self.settled_words
        if words is None or words.confidence < least_confidence or words.completeness is Completeness.EMPTY:
            return False
        self.earlier = words
        self.stretch_sample = max(first_sample, self.last_voiced_sample)
        self.words = None
        return True

    def continue_with(self, more: Utterance) -> None:
        """Go on with voice that was first taken for something new."""
        self.last_voiced_sample = more.last_voiced_sample
        self.last_voiced_at = more.last_voiced_at
        self.voiced_ms += more.voiced_ms
