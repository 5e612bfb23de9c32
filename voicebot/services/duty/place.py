"""What a story tells of the place, as slots of the flow."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Gazetteer, Status, interpret_answer

_AREA = re.compile(r"[가-힣0-9]{2,}(?:동|읍|면|대로|번길)")
"""A lone name of which more is asked; any other (시장, 영어로) may be anywhere, or no place."""


def place_told(told: str, gazetteer: Gazetteer | None, *, badly: bool) -> dict[str, str]:
    """A place that is told whole is taken, read back if badly heard; of a quarter, more is asked.

    Args:
        told: The place as triage drew it from the words; empty: none.
        gazetteer: The city's names of places.
        badly: Whether the recogniser was in doubt.

    Returns:
        ``place``, ``place_told`` (to be read back) and ``place_area``, of which one at most is not empty.
    """
    if not told:
        return {"place": "", "place_told": "", "place_area": ""}
    meant = interpret_answer(told, Expectation(kind=AnswerKind.PLACE), None, gazetteer)
    place = meant.value if meant.status is Status.FILLED else told
    known = gazetteer is not None and place in gazetteer.names.values() and place[-1] not in "동읍면"
    if len(place.split()) > 1 or known:
        return {"place": "" if badly else place, "place_told": place if badly else "", "place_area": ""}
    area = _AREA.fullmatch(place)
    return {"place": "", "place_told": "", "place_area": place if area is not None else ""}
