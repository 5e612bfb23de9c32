"""Triage of one story: danger first, then the type by the classifier, then what else is in the story."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.dialogue.understanding.danger import (
    DangerKind,
    denies_danger,
    detect_danger,
    without_harmless,
)
from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.dialogue.understanding.words import words_of
from voicebot.services.triage.classifier import Model, probabilities
from voicebot.services.triage.complaint_types import ComplaintType
from voicebot.services.triage.slots import slots_of

LONGEST_STORY = 4_000
"""Characters that are read: ten minutes of talk hold about 3,000 syllables."""
UNSURE_BELOW = 0.1
"""Below this nothing fits, and the story is "other"; chance would be 0.024."""
ALSO_FROM = 0.6
"""A further part of the story counts as an issue of its own from this probability."""
ALTERNATIVES = 3
DANGER_FROM = 0.25
"""The classifier alone raises a P0, which is asked about, from this probability of all P0 types together.
Missing a danger is worse than asking: of the 57 dangers of ``blind.txt`` 0.35 missed three and 0.25 one,
for 3 more questions in 176 other calls; whole ideas held out confirm it (docs/TRIAGE.md)."""
LEFT_DANGER_FROM = 0.8
"""…and from this one by what is left of a story once harmless phrases are taken out."""
CERTAIN_WISH_FROM = 0.8
"""A danger that the classifier alone has raised (no word of danger was heard) is asked about, however likely.
The will to die is not, from this probability on: being asked "is somebody in danger" helps nobody."""
PART_DANGER_FROM = 0.15
"""A part of a short story raises a P0 only if the whole story makes one this likely."""
SHORT_STORY = 120
"""Characters; in a longer one, half a minute of talk, a danger may be one sentence among many others."""
DOUBTED_BELOW = 0.1
"""Words of danger are asked about, not acted on, where the classifier gives all P0 types together less than
this: the talk is surely about something else. On ideas held out (4 folds of 6,433 utterances) that was so for
4 of 668 dangers with such words, a wish to die not counted, which is never doubted, and for 7 of 14 false
alarms."""
NEVER_DOUBTED = 12
"""Syllables: a shout shorter than this ("도둑이야") has too few pieces for the classifier to judge."""
OTHER_ROUTE_FROM = 0.8
"""From this probability the classifier's danger goes before the number that the words name: of the same
dangers held out it mended 5 and spoilt 1."""
CERTAIN_DANGER, POSSIBLE_DANGER = 0.99, 0.6
"""Confidence where the danger detector decides."""

_ROUTE_OF = {DangerKind.EMERGENCY: "119", DangerKind.POLICE: "112", DangerKind.SUICIDE: "109"}
_CLAUSE_END = re.compile(r"[.?!]\s+|(?<=[요다고데구])\s+(?=\S+\s+\S+)")
"""Where one issue of a story may end and the next begin: after a sentence or a joining ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a story is about."""

    type: ComplaintType
    confidence: float
    """0..1, calibrated on held-out utterances."""
    alternatives: tuple[tuple[ComplaintType, float], ...]
    """The next likeliest types with their probabilities."""
    also: tuple[ComplaintType, ...] = ()
    """Further issues of the same story, most urgent first."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """See ``slots_of``."""
    certain: bool = True
    """False: nothing fits well, or a doubtful danger, or one that no word tells: ask, or get a person."""


class Triage:
    """The types and the model, ready to judge."""

    def __init__(self, types: Mapping[str, ComplaintType], model: Model) -> None:
        self.types = types
        self._model = model

    def judge(self, said: str) -> Judgement:
        """The type of a story; an empty one is "other" with confidence 0.

        Args:
            said: What was recognised; a resident number in it is read by nobody.
        """
        story = without_resident_number(said[:LONGEST_STORY])
        if not story.strip():
            return Judgement(type=self.types["other"], confidence=0.0, alternatives=(), certain=False)
        likely = probabilities(self._model, story)
        found = self._of_part(story, likely)
        parts = self._parts(story)
        others = self._further_issues(story, found.type, parts, self._danger_mass(likely))
        ranked = sorted([found.type, *others], key=lambda issue: issue.urgency)
        first = ranked[0]
        if first is not found.type:
            part = next(part for part in parts if part.type is first)
            found = Judgement(
                type=first,
                confidence=part.confidence,
                alternatives=((found.type, found.confidence), *part.alternatives)[:ALTERNATIVES],
                certain=part.certain,
            )
        return Judgement(
            type=found.type,
            confidence=found.confidence,
            alternatives=found.alternatives,
            also=tuple(issue for issue in ranked if issue is not found.type),
            slots=slots_of(story),
            certain=found.certain,
        )

    def _of_part(self, text: str, likely: dict[str, float]) -> Judgement:
        danger = detect_danger(text)
        if danger is not None:
            wish = danger.kind is DangerKind.SUICIDE
            certain = danger.certain and (wish or not self._doubts(text, self._danger_mass(likely)))
            sure = CERTAIN_DANGER if certain else POSSIBLE_DANGER
            return self._judgement(self._code_of(danger.kind, likely), sure, likely, certain)
        mass = self._danger_mass(likely)
        if self._told_by_no_word(text, mass):
            code = next(code for code in likely if self.types[code].level == "P0")
            wish = self.types[code].route == _ROUTE_OF[DangerKind.SUICIDE]
            return self._judgement(code, mass, likely, certain=wish and mass >= CERTAIN_WISH_FROM)
        likely = {
            code: odds / (1.0 - mass) for code, odds in likely.items() if self.types[code].level != "P0"
        }
        best = next(iter(likely))
        sure = likely[best]
        if sure < UNSURE_BELOW:
            return self._judgement("other", sure, likely, certain=False)
        return self._judgement(best, sure, likely, certain=True)

    def doubts_danger(self, said: str) -> bool:
        """Whether words of danger stand in talk that is about none: as a whole, nor in a part of a long one.

        Args:
            said: What was recognised.
        """
        story = said[:LONGEST_STORY]
        return self._doubts(story, self._danger_mass(probabilities(self._model, story)))

    def _doubts(self, story: str, mass: float) -> bool:
        if mass >= DOUBTED_BELOW or len("".join(words_of(story))) < NEVER_DOUBTED:
            return False
        parts = _parts(story) if len(story) > SHORT_STORY else []
        heard = (self._danger_mass(probabilities(self._model, part)) for part in parts)
        return all(part < DOUBTED_BELOW for part in heard)

    def _code_of(self, kind: DangerKind, likely: Mapping[str, float]) -> str:
        """The likeliest type of a danger that was heard; a wish to die is never taken for another one."""
        codes = [code for code in likely if self.types[code].level == "P0"]
        of_kind = next(code for code in codes if self.types[code].route == _ROUTE_OF[kind])
        wish = _ROUTE_OF[DangerKind.SUICIDE] in (self.types[codes[0]].route, _ROUTE_OF[kind])
        return of_kind if wish or likely[codes[0]] < OTHER_ROUTE_FROM else codes[0]

    def _told_by_no_word(self, text: str, mass: float) -> bool:
        """Whether a danger is likely of which no word was heard, by what is left without harmless phrases."""
        if mass < DANGER_FROM or denies_danger(text):
            return False
        left = without_harmless(text)
        if len(left) == len(" ".join(words_of(text))):
            return True
        return self._danger_mass(probabilities(self._model, left)) >= LEFT_DANGER_FROM

    def _denied(self, story: str) -> bool:
        return detect_danger(story) is None and not self._told_by_no_word(story, 1.0)

    def _danger_mass(self, likely: Mapping[str, float]) -> float:
        """Probability of all P0 types together, below 1."""
        return min(sum(odds for code, odds in likely.items() if self.types[code].level == "P0"), 0.999)

    def _judgement(
        self, code: str, confidence: float, likely: Mapping[str, float], certain: bool
    ) -> Judgement:
        others = [(self.types[other], odds) for other, odds in likely.items() if other != code]
        return Judgement(
            type=self.types[code],
            confidence=confidence,
            alternatives=tuple(others[:ALTERNATIVES]),
            certain=certain,
        )

    def _parts(self, story: str) -> list[Judgement]:
        """The parts of a story, judged one by one; none where it has but one."""
        parts = _parts(story)
        if len(parts) == 1:
            return []
        return [self._of_part(part, probabilities(self._model, part)) for part in parts]

    def _further_issues(
        self, story: str, main: ComplaintType, parts: list[Judgement], mass: float
    ) -> list[ComplaintType]:
        issues: dict[str, ComplaintType] = {}
        doubted = (
            bool(parts) and (mass < PART_DANGER_FROM or self._denied(story)) and len(story) <= SHORT_STORY
        )
        for part in parts:
            if doubted and part.type.level == "P0":
                continue  # out of its context: the whole has been heard, and it told of no danger
            if part.confidence >= ALSO_FROM and part.type.code not in ("other", main.code):
                issues[part.type.code] = part.type
        return list(issues.values())


def _parts(story: str) -> list[str]:
    """The parts of a story; those of a word or two belong to the one before."""
    parts: list[str] = []
    for part in _CLAUSE_END.split(story):
        if parts and (len(part) < 8 or len(parts[-1]) < 8):
            parts[-1] += " " + part
        else:
            parts.append(part)
    return parts
