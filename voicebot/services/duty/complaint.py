"""A citizen's story → what the duty desk knows of it, and what it has to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.dialogue.understanding import Gazetteer
from voicebot.dialogue.understanding.resident import MASK
from voicebot.services.duty.place import place_told
from voicebot.services.duty.questions import Questions
from voicebot.services.duty.report import summary
from voicebot.services.triage import ComplaintType, Judgement

Slots = Mapping[str, str]

DOUBTFUL_BELOW, RIVAL_FROM = 0.6, 0.2
"""A type less likely than the first with a rival likelier than the second is asked about. Of the 123
utterances that nothing was tuned on (tests/services/triage/unseen.txt) these are 2 at most, depending on
what the classifier has learned."""
NOTHING_FITS = 0.3
"""Below this the classifier's first guess is no better than none: the story is taken as it is."""

DONE = "done"
"""The ``ask_next`` when nothing is left to ask."""

_FIELD_LEVELS = ("P1", "P2", "P3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the computations rest on."""

    judge: Callable[[str], Judgement]
    types: Mapping[str, ComplaintType]
    questions: Mapping[str, Questions]
    """By code of type."""
    gazetteer: Gazetteer | None = None

    # --- the story ------------------------------------------------------------------------------------------

    def triage(self, slots: Slots) -> dict[str, str]:
        """What ``what`` is about; see the flow for the slots."""
        story = slots.get("what", "")
        found = self.judge(story)
        told = dict(found.slots)
        guess, rival, doubt = self._weighed(found)
        if slots.get("danger_denied") and guess.level == "P0" and not found.certain:
            guess, doubt = self._calm(found), ""  # asked already, before the story was judged
        return {
            **self._settled(guess, story),
            "doubt": doubt,
            "rival": rival.code,
            "also": ", ".join(self._called(issue) for issue in found.also),
            **place_told(told.get("place", ""), self.gazetteer, badly=slots.get("what_heard", "") == "badly"),
            "since": told.get("since", ""),
            "hurt": "no" if told.get("danger") == "no" else "",
            "danger_told": "yes" if told.get("danger") == "yes" else "",
            "plate": told.get("plate", ""),
            "callback_told": told.get("call_back", ""),
            "masked": "yes" if MASK in story else "",
            "not_known": "",
            "case_number": "",
        }

    def take_rival(self, slots: Slots) -> dict[str, str]:
        """The type of which the citizen said that it is not the first one; never a danger that was denied."""
        rival = self.types[slots["rival"]]
        calm = rival if rival.level in _FIELD_LEVELS else self.types["other"]
        return self._settled(calm, slots.get("what", ""))

    def next_question(self, slots: Slots) -> dict[str, str]:
        """``ask_next``: the first question of the type whose answer is not known, or ``done``."""
        questions = self.questions.get(slots.get("type", ""), self.questions["other"])
        not_known = slots.get("not_known", "").split()
        open_ones = (name for name in questions.ask if not slots.get(name) and name not in not_known)
        return {"ask_next": next(open_ones, DONE)}

    def join_place(self, slots: Slots) -> dict[str, str]:
        """``place``: the quarter of the story and what was told of it when asked."""
        return {"place": f"{slots.get('place_area', '')} {slots.get('place_detail', '')}".strip()}

    def read_plate(self, slots: Slots) -> dict[str, str]:
        """``plate`` as it is written on the car, or in the citizen's words."""
        told = slots.get("plate", "")
        return {"plate": self.judge(f"차 번호 {told}").slots.get("plate", told)}

    def report(self, slots: Slots) -> dict[str, str]:
        """``summary``: the case as staff read it."""
        type_ = self.types.get(slots.get("type", ""))
        return {"summary": summary(slots, type_.name_ko if type_ is not None else "")}

    def _calm(self, found: Judgement) -> ComplaintType:
        """The likeliest type that is no danger."""
        likely = (type_ for type_, odds in found.alternatives if odds >= NOTHING_FITS)
        return next((type_ for type_ in likely if type_.level != "P0"), self.types["other"])

    # --- parts ----------------------------------------------------------------------------------------------

    def _weighed(self, found: Judgement) -> tuple[ComplaintType, ComplaintType, str]:
        """The type, the one that it may be instead, and what is in doubt: ``danger``, ``type`` or nothing.

        Of two types in doubt the more urgent is asked about, so that an unclear answer errs to its side.
        """
        other = self.types["other"]
        first = found.type
        rival, odds = found.alternatives[0] if found.alternatives else (other, 0.0)
        if first.level == "P0":
            return first, rival, "" if found.certain else "danger"
        if found.confidence < NOTHING_FITS:
            return (first, other, "type") if first.level == "P1" else (other, other, "")
        if (
            found.confidence >= DOUBTFUL_BELOW
            or odds < RIVAL_FROM
            or self._called(first) == self._called(rival)
        ):
            return first, rival, ""
        if rival.urgency < first.urgency:
            first, rival = rival, first
        return first, rival, "danger" if first.level == "P0" else "type"

    def _called(self, type_: ComplaintType) -> str:
        questions = self.questions.get(type_.code)
        return questions.called if questions is not None else type_.name_ko

    def _settled(self, type_: ComplaintType, story: str) -> dict[str, str]:
        questions = self.questions.get(type_.code)
        level, check = type_.level, ""
        if questions is not None and level == "P1" and not questions.is_urgent(story):
            level, check = "P2", "yes"
        return {
            "type": type_.code,
            "level": level,
            "route": type_.route,
            "department": type_.department,
            "called": self._called(type_),
            "urgency_asked": check,
        }


def note_not_known(slots: Slots) -> dict[str, str]:
    """``not_known``: the questions that the citizen could not answer, the last one included."""
    return {"not_known": " ".join([*slots.get("not_known", "").split(), slots["ask_next"]])}
