"""Whom something befalls: the thing or animal that is the subject of that very verb, or a person.

"나무가 쓰러졌어요" is a tree; "나무에 깔렸어요", "나무가 쓰러져서 깔렸어요" and "강아지 산책하다가
쓰러졌어요" are people. From the verb the words are walked back to the beginning of its clause: places and
adverbs are passed over, and only a subject, an object or a bare noun directly before the verb says that it is
nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from voicebot.dialogue.understanding import befalling_words as words

LONGEST_CLAUSE = 12
"""Words that are walked back: no clause that is spoken is longer."""
LONGEST_PREFIX = 30
"""Syllables before a verb within one word: a recogniser that writes no spaces is still understood."""
MOST_VERBS = 60
"""Verbs whose clauses are read: three times those of ten minutes of talk; later ones count as a person's, so
that the time for talk that repeats itself stays bounded."""


class Befallen(Enum):
    """Who or what a verb is said of."""

    THING = auto()
    """A thing or an animal, without doubt."""
    PERHAPS_NOBODY = auto()
    """An animal without a particle, a car that may be empty, or a noun after the verb that may be a thing."""
    PERSON = auto()
    UNKNOWN = auto()
    """A noun that is neither known as a person nor as a thing."""
    UNSAID = auto()
    """The clause has no subject: in Korean that is the speaker, or whom the talk is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of an utterance, with whom it is said of."""

    start: int
    end: int
    """Its place in the utterance without spaces."""
    of: Befallen


def verbs_of(spoken: Sequence[str], compact: str, pattern: re.Pattern[str]) -> Iterator[Verb]:
    """The verbs that a pattern finds, with whom they befall.

    Args:
        spoken: The words of the utterance.
        compact: They together.
        pattern: What is looked for in ``compact``; its group, where it has one, is the verb.
    """
    starts = [0]
    for word in spoken:
        starts.append(starts[-1] + len(word))
    for number, found in enumerate(pattern.finditer(compact)):
        start, end = found.span(found.lastindex or 0)
        if number >= MOST_VERBS:
            yield Verb(start=start, end=end, of=Befallen.UNSAID)
            continue
        at = bisect_right(starts, start) - 1
        last = bisect_left(starts, end) - 1
        nearest = spoken[max(0, at - LONGEST_CLAUSE) : at]
        before = [word for word in (*nearest, compact[starts[at] : start][-LONGEST_PREFIX:]) if word]
        ending = compact[end - 1 : starts[last + 1]]
        of = _befallen(before, ending, spoken[last + 1 :], compact[start:end])
        yield Verb(start=start, end=end, of=of)


def _befallen(before: list[str], ending: str, after: Sequence[str], verb: str) -> Befallen:
    if words.MODIFYING.search(ending) and after and not words.BOUND_NOUN.match(after[0]):
        return _named(after[0])
    if len(after) > 1 and words.JOINING.search(ending) and words.MODIFIER.search(after[0]):
        if words.NOT_PEOPLE_NOUN.match(after[1]):
            return Befallen.THING  # "차에 치여 죽은 고라니"
    found = _walked_back(before, verb)
    if found is Befallen.UNSAID and words.SENTENCE_END.search(ending):
        later = [word for word in after if not words.AUXILIARY.match(word)]
        if len(later) == 1 and words.NOT_PEOPLE_SUBJECT.match(later[0]):
            return Befallen.THING  # "쓰러져 있어요 나무가": the subject comes after
    return found


def _named(noun: str) -> Befallen:
    """What a noun after a modifying verb is: "쓰러진 나무를", "다친 사람이"."""
    if words.PEOPLE.search(noun):
        return Befallen.PERSON
    return Befallen.THING if words.NOT_PEOPLE_NOUN.match(noun) else Befallen.PERHAPS_NOBODY


def _walked_back(before: Sequence[str], verb: str) -> Befallen:
    adjacent = True
    animal = False
    for place in range(len(before) - 1, -1, -1):
        word = before[place]
        following = before[place + 1] if place + 1 < len(before) else ""
        if words.NOT_PEOPLE_SUBJECT.match(word):
            return Befallen.THING
        if adjacent and words.NOT_PEOPLE_BARE.match(word):
            return Befallen.THING
        if words.BODY.match(word):
            continue  # whose it is comes before it, directly
        adjacent = adjacent and words.ADVERB.match(word) is not None
        if words.PEOPLE.search(word):
            return Befallen.PERSON
        if words.VEHICLE.match(word) and words.VEHICLE_ALONE.search(verb):
            wet = words.WATER.search("".join(before)) is not None
            return Befallen.UNKNOWN if wet else Befallen.PERHAPS_NOBODY
        if words.ends_clause(word, before[place - 1] if place else ""):
            return _carried(before[:place], word, verb)
        if words.PLACE.search(word):
            continue
        if words.ANIMAL_BARE.match(word):
            animal = animal or not words.OF_CAUSE.match(following)
        elif words.OTHER_SUBJECT.search(word):
            return Befallen.UNKNOWN
        elif words.OBJECT.search(word) and words.TAKES_OBJECT.search(verb):
            return Befallen.UNKNOWN
    return Befallen.PERHAPS_NOBODY if animal else Befallen.UNSAID


def _carried(before: Sequence[str], clause_end: str, verb: str) -> Befallen:
    """The subject of the clause before goes on after 다가 and 더니, and after what befell it.

    "고라니가 차에 치여서 쓰러졌어요" is the deer; "개가 물어서 쓰러졌어요" is a person.
    """
    same = words.SAME_SUBJECT.search(clause_end) is not None
    suffered = words.SUFFERED.search("".join([*before[-1:], clause_end])) is not None
    if not same and not suffered:
        return Befallen.UNSAID
    for word in reversed(before):
        if words.ANIMAL_SUBJECT.match(word):
            return Befallen.THING
        if words.NOT_PEOPLE_SUBJECT_ONLY.match(word):
            moves = words.MOVES.search(verb) or (same and not words.STRUCK.search(verb))
            return Befallen.THING if moves else Befallen.UNSAID
        if words.PLACE.search(word) or words.BODY.match(word):
            continue
        if words.ends_clause(word) or words.PEOPLE.search(word) or words.OTHER_SUBJECT.search(word):
            break
    return Befallen.UNSAID
