"""How sure an answer is: the words' own clearness against the recogniser's confidence and scores."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.understanding import Interpretation, Status
from voicebot.dialogue.understanding.result import AMBIGUOUS, CLEAR, NO_MATCH, filled

CONFIRM_BELOW = 0.55
"""Less sure than this is read back: just below an inference from clear words (0.7 heard at 0.8)."""

MISHEARD_BELOW = 0.35
"""The recogniser's mean token probability below which text is as likely noise as speech."""

_YES_OR_NO = frozenset({"yes", "no"})

_SCORE_DECIDES = 0.6
"""Probability of one closed answer that outweighs all others and the reject class together."""


def weigh(meant: Interpretation, event: CitizenSaid, expectation: Expectation) -> Interpretation:
    """The interpretation with its confidence in the light of how well the words were heard.

    Args:
        meant: What the words mean.
        event: The turn, with the recogniser's confidence and the scores of the closed answers.
        expectation: What was listened for.
    """
    # Only this question's answers count: the scores may be of a decode asked for before it was put.
    known = expectation.choices or _YES_OR_NO
    scores = {value: score for value, score in event.choice_scores.items() if value in known}
    best = max(scores, key=scores.__getitem__, default="")
    score = scores.get(best, 0.0)
    decided = expectation.closed and score >= _SCORE_DECIDES
    if meant.status is Status.NO_MATCH:
        # the words fit nothing, but one answer explains the sound: worth confirming
        return filled(best, min(score, AMBIGUOUS)) if decided else meant
    if meant.status is not Status.FILLED:
        return meant
    if decided and best != meant.value:
        return replace(meant, confidence=min(meant.confidence, AMBIGUOUS))
    if decided and meant.confidence >= CLEAR:
        return replace(meant, confidence=max(event.confidence, score) * meant.confidence)
    if expectation.closed and event.confidence < MISHEARD_BELOW:
        return NO_MATCH
    return replace(meant, confidence=min(meant.confidence, event.confidence))
