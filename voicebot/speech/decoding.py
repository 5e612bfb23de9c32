"""When to have the citizen's words recognised: partial while speaking, speculative in silence, one at a
time."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from voicebot.speech.actions import Action, DiscardDecode, RequestDecode
from voicebot.speech.events import AnswerShape, Completeness, DecodeKind, HypothesisHeard
from voicebot.speech.settings import TurnSettings
from voicebot.speech.utterance import Utterance, Words

_LEARN_RATE = 0.2
"""Share of each decode in the learned decode time: about the last five."""
_LEAST_SPECULATION_MS = 60.0
"""Silence shorter than this is inside a word too often to be worth a decode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """The decode under way."""

    decode_id: int
    kind: DecodeKind
    end_sample: int
    voiced_ms: float
    asked_at: float
    earlier: Words | None
    """What was heard before the audio that is decoded."""

    def heard(self, text: str, completeness: Completeness, confidence: float) -> Words:
        """All that is known with this answer: the words before it and its own."""
        earlier = self.earlier
        if earlier is not None:
            if not text:
                text, completeness, confidence = earlier.text, earlier.completeness, earlier.confidence
            else:
                text, confidence = f"{earlier.text} {text}", min(earlier.confidence, confidence)
        return Words(
            decode_id=self.decode_id,
            kind=self.kind,
            end_sample=self.end_sample,
            voiced_ms=self.voiced_ms,
            text=text,
            completeness=completeness,
            confidence=confidence,
        )


class DecodeDesk:
    """Asks for decodes of one call, never two at once, and knows which answers still count.

    Args:
        settings: Intervals.
    """

    __slots__ = ("_last_id", "_settings", "decode_ms", "flight")

    def __init__(self, settings: TurnSettings) -> None:
        self._settings = settings
        self._last_id = 0
        self.flight: Flight | None = None
        self.decode_ms = 0.0
        """Learned time from asking to answer."""

    def ask(
        self, kind: DecodeKind, utterance: Utterance, end_sample: int, now: float, actions: list[Action]
    ) -> None:
        """Ask for a decode of the utterance's stretch as far as it has been heard; replaces one under way."""
        self.discard(actions)
        self._last_id += 1
        utterance.asked_voiced_ms = utterance.voiced_ms
        self.flight = Flight(
            decode_id=self._last_id,
            kind=kind,
            end_sample=end_sample,
            voiced_ms=utterance.voiced_ms,
            asked_at=now,
            earlier=utterance.earlier,
        )
        actions.append(
            RequestDecode(
                decode_id=self._last_id,
                kind=kind,
                start_sample=utterance.stretch_sample,
                end_sample=end_sample,
                voiced_ms=utterance.stretch_voiced_ms,
                earlier_text="" if utterance.earlier is None else utterance.earlier.text,
            )
        )

    def discard(self, actions: list[Action]) -> None:
        """Give up the decode under way, if there is one."""
        if self.flight is not None:
            actions.append(DiscardDecode(decode_id=self.flight.decode_id))
            self.flight = None

    def answer(self, event: HypothesisHeard, now: float) -> Words | None:
        """Take an answer; ``None`` if nobody waits for it any more."""
        flight = self.flight
        if flight is None or flight.decode_id != event.decode_id:
            return None
        self.flight = None
        took_ms = (now - flight.asked_at) * 1000
        self.decode_ms += _LEARN_RATE * (took_ms - self.decode_ms)
        return flight.heard(event.text, event.completeness, event.confidence)

    def drop(self, decode_id: int) -> Flight | None:
        """Note that a decode will not come back; ``None`` if nobody waits for it any more."""
        flight = self.flight
        if flight is None or flight.decode_id != decode_id:
            return None
        self.flight = None
        return flight

    @property
    def times_out_at(self) -> float:
        """When the decode under way is given up."""
        if self.flight is None:
            return inf
        return self.flight.asked_at + self._settings.decode_timeout_s

    def partial_due(self, utterance: Utterance) -> bool:
        """Whether enough new voice came since the last decode, and the desk is free."""
        settings = self._settings
        new_ms = utterance.voiced_ms - utterance.asked_voiced_ms
        return self.flight is None and new_ms >= max(
            settings.partial_every_ms, settings.partial_growth * utterance.stretch_voiced_ms
        )

    def speculation_ms(self, shape: AnswerShape) -> float:
        """Silence after which the whole utterance is decoded in case it is over.

        Early enough that a slow recogniser has answered when the shortest wait ends, late enough that the
        closures inside words do not each cost a decode.
        """
        settings = self._settings
        if shape is AnswerShape.CLOSED:
            return settings.speculate_closed_ms
        earliest = min(wait.silence_ms for key, wait in settings.waits.items() if key[0] is shape)
        spare = earliest * settings.patience - self.decode_ms - settings.decode_spare_ms
        return min(max(spare, _LEAST_SPECULATION_MS), settings.speculate_other_ms)

    def upgrade_due(self, now: float) -> bool:
        """Whether the speculative decode under way should be asked for as a final, to overtake others."""
        flight = self.flight
        if flight is None or flight.kind is not DecodeKind.SPECULATIVE:
            return False
        waited_ms = (now - flight.asked_at) * 1000
        return waited_ms >= max(self._settings.upgrade_after_ms, 3 * self.decode_ms)
