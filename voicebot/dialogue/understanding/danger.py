"""Words of danger: fire, injury, gas, electricity, being trapped, violence, missing people, self-harm.

Runs before everything else on every turn. Missing a danger is worse than asking about one, but figures of
speech ("배고파 죽겠다"), animals, lamps and trees are told apart; what stays ambiguous is marked so, and
the flow brings it to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from voicebot.dialogue.understanding import danger_hints as hints
from voicebot.dialogue.understanding import danger_words as words
from voicebot.dialogue.understanding.danger_contexts import (
    befalls_somebody,
    befalls_things_only,
    mark,
    without_contexts,
    without_things,
)
from voicebot.dialogue.understanding.words import words_of


class DangerKind(StrEnum):
    """Who is needed; the names are those under ``everywhere`` in a flow."""

    EMERGENCY = "emergency"
    """119: fire, rescue, injury, gas, electricity."""
    POLICE = "police"
    """112: violence, intrusion, missing people, abuse."""
    SUICIDE = "suicide"
    """109: the citizen's own life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A danger that was heard."""

    kind: DangerKind
    certain: bool = True
    """False: it may be a figure of speech, so a person should listen."""


def _said(pattern: re.Pattern[str], compact: str) -> bool:
    return any(not words.DENIED.match(compact[found.end() :]) for found in pattern.finditer(compact))


def detect_danger(text: str) -> Danger | None:
    """The danger that an utterance tells of, or ``None``.

    Args:
        text: What was recognised.
    """
    spoken = words_of(text)
    compact = "".join(spoken)
    told = without_things(spoken, compact, words.HARMLESS.sub(mark, compact))
    danger = _told(spoken, compact, told)
    if danger is None:
        past = words.TOLD_OF.search(compact) is not None and words.PRESENT.search(compact) is None
        return None if past else _hinted(spoken, compact, told)
    if danger.certain and _doubtful(spoken, compact, told):
        return replace(danger, certain=False)
    return danger


def _hinted(spoken: list[str], compact: str, told: str) -> Danger | None:
    """A danger that is told by no word of its own, and is therefore only asked about."""
    left = without_contexts(spoken, compact, told)
    if _said(hints.SUICIDE_HINTS, left):
        return Danger(kind=DangerKind.SUICIDE, certain=False)
    if befalls_somebody(spoken, compact, told) or _said(hints.RESCUE_HINTS, left):
        return Danger(kind=DangerKind.EMERGENCY, certain=False)
    return Danger(kind=DangerKind.POLICE, certain=False) if _said(hints.POLICE_HINTS, left) else None


def _doubtful(spoken: list[str], compact: str, told: str) -> bool:
    """Whether what the talk is about makes a danger that was told worth a question, and no less."""
    wish = _said(words.SUICIDE, compact) or _said(
        words.MORE_SUICIDE, told
    )  # of money and papers it is told, too
    if not wish and words.DOUBTFUL.search(compact) and words.URGENT.search(compact) is None:
        return True
    return _told(spoken, compact, without_contexts(spoken, compact, told)) is None


def _told(spoken: list[str], compact: str, told: str) -> Danger | None:
    """The danger in what is left of an utterance once harmless words have been marked in it."""
    if _said(words.SUICIDE, compact) or _said(words.MORE_SUICIDE, told):
        if words.HARMLESS.search(compact) and words.SUICIDE.search(told) is None and not _plain(told):
            return _perhaps(compact)
        if words.OTHERS_LIFE.search(compact) and words.OWN_LIFE.search(compact) is None:
            return Danger(kind=DangerKind.EMERGENCY)  # somebody else is to be saved: that is a rescue
        return Danger(kind=DangerKind.SUICIDE, certain=not words.FIGURE.search(compact))
    certain = words.TOLD_OF.search(compact) is None
    if not certain and words.PRESENT.search(compact) is None:
        return None
    if _police(spoken, told):
        return Danger(kind=DangerKind.POLICE, certain=certain)
    return Danger(kind=DangerKind.EMERGENCY, certain=certain) if _rescue(told) else None


def _plain(told: str) -> bool:
    return words.MORE_SUICIDE.search(told) is not None


def _perhaps(compact: str) -> Danger | None:
    """A wish for death within a figure of speech: a person listens; the name of a course is nothing."""
    if words.FIGURE.search(compact) is None or words.COURSE.search(compact):
        return None
    return Danger(kind=DangerKind.SUICIDE, certain=False)


def _police(spoken: list[str], told: str) -> bool:
    if _said(words.POLICE, told) or _said(words.MORE_POLICE, told):
        return True
    starts: set[int] = set()
    place = 0
    for word in spoken:
        starts.add(place)
        place += len(word)
    return any(
        not words.WITHIN_WORDS.match(told, found.start())
        or found.start() in starts
        or told[found.start() - 1] in words.BEFORE_CHILD
        for found in words.PERSON_LED.finditer(told)
        if not words.DENIED.match(told[found.end() :])
    )


def _rescue(told: str) -> bool:
    return any(_said(pattern, told) for pattern in words.RESCUE)


def without_harmless(text: str) -> str:
    """The words of an utterance without figures of speech, names of things and what is over.

    Args:
        text: What was recognised.
    """
    spoken = words_of(text)
    told = words.HARMLESS.sub(mark, "".join(spoken))
    left: list[str] = []
    place = 0
    for word in spoken:
        left.append(told[place : place + len(word)].replace("·", ""))
        place += len(word)
    return " ".join(filter(None, left))


def denies_danger(text: str) -> bool:
    """Whether danger words are taken back, belong to another time, or befall things alone.

    Args:
        text: What was recognised.
    """
    spoken = words_of(text)
    compact = "".join(spoken)
    if words.TOLD_OF.search(compact) or befalls_things_only(spoken, compact):
        return True
    dangers = (words.HAZARD, words.MORE_HAZARD, words.INJURY, words.POLICE, words.MORE_POLICE, words.FALLEN)
    return any(
        words.DENIED.match(compact[found.end() :])
        for pattern in dangers
        for found in pattern.finditer(compact)
    )
