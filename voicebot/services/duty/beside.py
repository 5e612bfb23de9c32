"""What a caller tells beside the answer: where it is, since when, a number; it must not be asked again.

To "다치신 분이 계신가요?" people say "아니요, 송천동 시장 앞인데 어제부터 그래요".
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.understanding import Gazetteer
from voicebot.dialogue.understanding.words import LONGEST_ANSWER
from voicebot.services.duty.place import place_told
from voicebot.services.triage import slots_of

Slots = Mapping[str, str]

_SHORTEST = 4
"""Syllables (어제부터): less is the answer alone."""

_PLACES = ("place", "place_told", "place_area", "place_detail")
_SLOT_OF = {"since": "since", "plate": "plate", "callback_told": "call_back"}
"""Slot of the flow → slot of triage."""
_ANSWERS_ITSELF = {"since": ("since",), "plate": ("plate",), "callback_told": ("callback",)}
"""Slot → questions that it answers: what is said to them is the machine's to interpret."""


def told_beside(slots: Slots, gazetteer: Gazetteer | None) -> dict[str, str]:
    """The slots that are still empty and that the answer fills, though it was asked for something else.

    Args:
        slots: ``said``, ``asked`` (the question's slot) and what is known so far.
        gazetteer: The city's names of places.
    """
    said, asked = slots["said"], slots["asked"]
    if len("".join(said.split())) < _SHORTEST:
        return {}
    told = slots_of(said[:LONGEST_ANSWER])
    found = {
        slot: told[source]
        for slot, source in _SLOT_OF.items()
        if told.get(source) and not slots.get(slot) and asked not in _ANSWERS_ITSELF[slot]
    }
    if told.get("place") and asked not in _PLACES and not any(slots.get(slot) for slot in _PLACES):
        # Nobody asked for a place, so that it is read back before it is taken.
        found |= {
            slot: text for slot, text in place_told(told["place"], gazetteer, badly=True).items() if text
        }
    return found
