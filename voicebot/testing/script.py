"""Which answer a scripted citizen gives, as pure state.

Theory of operation
    The citizen shares nothing with the engine but the wire, so what the bot asks is known by two things only:
    that it spoke again (order) and what could be recognised of it (words).

    1. Words: the answer whose ``when`` is found in the recognised turn, by jamo similarity. Of several found
       well, the one found last, since a question stands at the end of what is said; of several at the same
       place, the one whose ``turn`` is this turn, then the one next in order, then the first.
    2. Order, when no words were recognised or none fits: the answer whose ``turn`` is this turn, else
       ``default``, else the next answer in the file that is not ``only_if_asked``. Without recognition an
       answer's ``when`` is no obstacle.

    Words survive what order does not: a question that is asked again, a confirmation that is skipped. Order
    costs nothing and serves load tests, where the flow is known. What happens *during* the bot's turn
    (barge-in, back-channel, hang-up) is taken from the answer that order expects, because the question is
    not known before it has been asked.
"""

from __future__ import annotations

from voicebot.testing.persona import Answer, Persona
from voicebot.testing.similarity import find

LEAST_MATCH = 0.7
"""Least jamo similarity of a keyword. Measured on the 13 prompts of the duty flow in three voices of
espeak-ng, recognised by the embedded model over A-law: the right answer's keyword scored 0.70 to 1.00
(median 1.00), the best wrong one at most 0.75, and the answer chosen was the right one in 39 of 39.
Keywords of three syllables and more tell questions apart; 번호 alone is in half of them.
"""
_TIE = 0.15
"""Scores closer than this count as equal: one wrong sound in a keyword of three syllables."""


class Script:
    """The answers of one call: what was used, and what comes next."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._used = [0] * len(persona.answers)
        self._next = 0
        self._before = ([0] * len(persona.answers), 0)

    def expected(self, turn: int) -> Answer | None:
        """The answer that order expects in this turn of the bot (from 1), without using it."""
        index = self._by_order(turn)
        if index is not None:
            return self._persona.answers[index]
        return self._persona.default

    def choose(self, turn: int, heard: str | None) -> Answer | None:
        """Take the answer to this turn of the bot.

        Args:
            turn: The bot's turn, from 1.
            heard: The bot's words as recognised; ``None`` without recognition, empty when nothing was
            understood.

        Returns:
            The answer, or ``None``: nothing left to say.
        """
        self._before = (list(self._used), self._next)
        index = self._by_words(turn, heard) if heard else None
        if index is None:
            index = self._by_order(turn, words_failed=bool(heard))
        if index is None:
            return self._persona.default
        return self._take(index)

    def take_expected(self, turn: int) -> None:
        """Take the answer that order expects: it was given without waiting for the end of the question."""
        index = self._by_order(turn)
        if index is not None:
            self._take(index)

    def take_back(self) -> None:
        """Undo the last ``choose``: the bot went on before the answer began."""
        self._used, self._next = list(self._before[0]), self._before[1]

    def _take(self, index: int) -> Answer:
        self._used[index] += 1
        self._next = index + 1
        return self._persona.answers[index]

    def _left(self, index: int) -> bool:
        times = self._persona.answers[index].times
        return times is None or self._used[index] < times

    def _by_words(self, turn: int, heard: str) -> int | None:
        found: list[tuple[float, int, int]] = []
        for index, answer in enumerate(self._persona.answers):
            if answer.when and self._left(index):
                places = (find(keyword, heard) for keyword in answer.when)
                score, left = max(places, key=lambda place: place[0])
                found.append((score, left, index))
        best = max((score for score, _, _ in found), default=0.0)
        if best < LEAST_MATCH:
            return None
        equal = [(left, index) for score, left, index in found if score >= max(best - _TIE, LEAST_MATCH)]
        last = min(left for left, _ in equal)
        return min(
            (index for left, index in equal if left == last),
            key=lambda index: (self._persona.answers[index].turn != turn, index != self._next, index),
        )

    def _by_order(self, turn: int, *, words_failed: bool = False) -> int | None:
        answers = self._persona.answers
        for index, answer in enumerate(answers):
            if answer.turn == turn and self._left(index):
                return index
        if words_failed and self._persona.default is not None:
            return None
        for index in range(self._next, len(answers)):
            answer = answers[index]
            if answer.turn is None and not answer.only_if_asked and self._left(index):
                return index
        return None
