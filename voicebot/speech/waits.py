"""How long silence must last before a turn is over: one row for each thing asked and each thing heard.

The rows are the whole policy; ``endpointing`` only looks them up and stretches them. They were tuned with
``python -m benchmarks.turn_taking``; its curve is in ``docs/TURN_TAKING.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from voicebot.speech.events import AnswerShape, Completeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One row: the silence that ends a turn.

    The values are multiples of 20 ms, the frame of telephone audio, since nothing is learned in between.
    """

    silence_ms: float
    """For a speaker of average pauses."""
    longest_ms: float
    """Bound for the most patient case: a slow speaker, an uncertain recognition."""
    learned: bool
    """Whether the speaker's own pauses stretch or shorten it."""
    reason: str
    """Why, in the words of the timeline."""


WAITS: Mapping[tuple[AnswerShape, Completeness], Wait] = MappingProxyType(
    {
        # Closed: the words alone tell that the answer is whole. 80 ms is longer than most closures of a
        # Korean stop inside a word (50–100 ms), and what it gets wrong is taken back before it is heard.
        (AnswerShape.CLOSED, Completeness.COMPLETE): Wait(
            silence_ms=100, longest_ms=300, learned=False, reason="complete closed answer"
        ),
        (AnswerShape.CLOSED, Completeness.BACK_CHANNEL): Wait(
            silence_ms=120, longest_ms=300, learned=False, reason="bare yes to a closed question"
        ),
        (AnswerShape.CLOSED, Completeness.POSSIBLE): Wait(
            silence_ms=540, longest_ms=900, learned=True, reason="possible closed answer"
        ),
        (AnswerShape.CLOSED, Completeness.UNFINISHED): Wait(
            silence_ms=900, longest_ms=1600, learned=True, reason="unfinished closed answer"
        ),
        (AnswerShape.CLOSED, Completeness.EMPTY): Wait(
            silence_ms=400, longest_ms=400, learned=False, reason="voice without words"
        ),
        # Numbers are spoken in groups with a breath between them; the right count of digits ends them.
        (AnswerShape.NUMBER, Completeness.COMPLETE): Wait(
            silence_ms=300, longest_ms=500, learned=False, reason="complete number"
        ),
        (AnswerShape.NUMBER, Completeness.POSSIBLE): Wait(
            silence_ms=700, longest_ms=1200, learned=True, reason="possible number"
        ),
        (AnswerShape.NUMBER, Completeness.UNFINISHED): Wait(
            silence_ms=1600, longest_ms=2400, learned=True, reason="unfinished number"
        ),
        (AnswerShape.NUMBER, Completeness.BACK_CHANNEL): Wait(
            silence_ms=900, longest_ms=1500, learned=True, reason="a yes before the number"
        ),
        (AnswerShape.NUMBER, Completeness.EMPTY): Wait(
            silence_ms=600, longest_ms=600, learned=False, reason="voice without words"
        ),
        # A phrase: said in one breath; what is whole is over, and what is not is being looked for.
        (AnswerShape.PHRASE, Completeness.COMPLETE): Wait(
            silence_ms=360, longest_ms=700, learned=True, reason="complete phrase"
        ),
        (AnswerShape.PHRASE, Completeness.POSSIBLE): Wait(
            silence_ms=720, longest_ms=720, learned=True, reason="possible end of a phrase"
        ),
        (AnswerShape.PHRASE, Completeness.UNFINISHED): Wait(
            silence_ms=1600, longest_ms=2400, learned=True, reason="unfinished phrase"
        ),
        (AnswerShape.PHRASE, Completeness.BACK_CHANNEL): Wait(
            silence_ms=900, longest_ms=1500, learned=True, reason="a yes before the phrase"
        ),
        (AnswerShape.PHRASE, Completeness.EMPTY): Wait(
            silence_ms=600, longest_ms=600, learned=False, reason="voice without words"
        ),
        # Open: most inner pauses last 200–1000 ms (Campione and Véronis 2002); grammar tells most of the
        # rest.
        (AnswerShape.OPEN, Completeness.COMPLETE): Wait(
            silence_ms=360, longest_ms=700, learned=True, reason="complete sentence"
        ),
        (AnswerShape.OPEN, Completeness.POSSIBLE): Wait(
            silence_ms=720, longest_ms=720, learned=True, reason="possible end of a story"
        ),
        (AnswerShape.OPEN, Completeness.UNFINISHED): Wait(
            silence_ms=1600, longest_ms=2400, learned=True, reason="unfinished sentence"
        ),
        (AnswerShape.OPEN, Completeness.BACK_CHANNEL): Wait(
            silence_ms=900, longest_ms=1500, learned=True, reason="a yes before the story"
        ),
        (AnswerShape.OPEN, Completeness.EMPTY): Wait(
            silence_ms=600, longest_ms=600, learned=False, reason="voice without words"
        ),
    }
)
