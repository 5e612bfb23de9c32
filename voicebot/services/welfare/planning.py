"""Which question to ask next: the one that leaves the least undecided, so that few are asked.

Greedy: every question is tried in thought; what its answers leave open is weighed by how plausible each is.
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.services.welfare.conditions import open_keys
from voicebot.services.welfare.evaluation import Offer, is_decided, undecided_keys
from voicebot.services.welfare.profile import Knowledge
from voicebot.services.welfare.questions import NOT_KNOWN, QUESTIONS, Question, possible, told


def knowledge_of(answers: Mapping[str, str], begin: Knowledge) -> Knowledge:
    """What the answers (question → value) tell, beyond what was known before the call."""
    knowledge = begin
    for name, question in QUESTIONS.items():
        answer = question.answers.get(answers.get(name, ""))
        if answer is not None:
            knowledge = told(answer, knowledge)
    return knowledge


def next_question(offers: Mapping[str, Offer], begin: Knowledge, answers: Mapping[str, str]) -> str | None:
    """The name of the question that decides most; ``None`` when every answer would change nothing.

    Args:
        offers: The benefits of the day.
        begin: What was known before the call.
        answers: Question → answer so far; ``NOT_KNOWN`` where the citizen could not say.
    """
    knowledge = knowledge_of(answers, begin)
    asked = {name for name in QUESTIONS if answers.get(name)}
    closed = {key for name in asked if answers[name] == NOT_KNOWN for key in _keys(QUESTIONS[name])}
    hopeful = [
        offer
        for offer in offers.values()
        if closed.isdisjoint(open_keys(offer.requires, knowledge)) and not is_decided(offer, knowledge)
    ]
    now = _open(hopeful, knowledge)
    best: tuple[float, str] | None = None
    for name, question in QUESTIONS.items():
        if name in asked or not question.fits(knowledge):
            continue
        left = _left_open(question, hopeful, knowledge)
        if left < now and (best is None or left < best[0]):
            best = left, name
    return best[1] if best is not None else None


def _keys(question: Question) -> set[str]:
    """The keys that every answer tells something of."""
    told_by = [set(answer.tells) for answer in question.answers.values()]
    return set.intersection(*told_by)


def _open(offers: list[Offer], knowledge: Knowledge) -> int:
    """How many keys could still decide something, summed over the benefits."""
    return sum(len(undecided_keys(offer, knowledge)) for offer in offers)


def _left_open(question: Question, offers: list[Offer], knowledge: Knowledge) -> float:
    """What the question leaves open on average."""
    given = [answer for answer in question.answers.values() if possible(answer, knowledge)]
    shares = sum(answer.share for answer in given)
    return sum(answer.share * _open(offers, told(answer, knowledge)) for answer in given) / shares
