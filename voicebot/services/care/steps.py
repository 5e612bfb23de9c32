"""What the care flow computes: slots in, slots out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from voicebot.services.care.anomaly import Anomaly, anomalies, is_fever
from voicebot.services.care.cognitive import UNITS, recalled, score
from voicebot.services.care.extraction import notes
from voicebot.services.care.memory import (
    Forgetting,
    Memory,
    as_text,
    chosen,
    forgetting,
    forgotten,
    from_text,
    merge,
    opening,
)

Slots = Mapping[str, str]


def recall(slots: Slots) -> dict[str, str]:
    """The sentence that refers to an earlier call; nothing when there is nothing to refer to.

    Args:
        slots: ``facts`` (as stored) and ``today`` (ISO date).
    """
    today = _today(slots)
    facts = chosen(_memory(slots), today) if today is not None else ()
    return {"opening": opening(facts[0]), "referred": facts[0].subject} if facts else {}


_OWN_KINDS: Mapping[str, frozenset[str]] = {
    "meals": frozenset({"meal"}),
    "meal_why": frozenset({"meal", "help"}),
    "sleep": frozenset({"sleep"}),
    "fell": frozenset({"fall"}),
    "medicine": frozenset({"medicine"}),
    "has_medicine": frozenset({"medicine"}),
    "fever": frozenset({"fever"}),
    "temperature": frozenset({"fever"}),
    "cough": frozenset({"respiratory"}),
    "breath": frozenset({"breath"}),
    "help": frozenset({"help"}),
}
"""Question (its slot) → anomalies that its own answer leads to staff: they are nothing told beside it."""

_ONLY_FORGOTTEN = re.compile(r"기억이?(?:통|자꾸|잘)?안나")
"""No answer, but no confusion either: the question itself deals with it."""


_ASK_FOR_PAIN = ("pain", "other")
_BODY = re.compile(
    r"무릎|허리|어깨|다리|머리|가슴|발목|손목|옆구리|골반|엉덩이|관절|이빨|잇몸|삭신|손|발"
    r"|(?:배|속|등|목|눈|귀|팔|이)(?:이|가|도|은|는)"
)
"""Asked whether it hurts, "네, 아픈 데가 있어요" tells nothing beside; "네, 무릎이 아파요" tells where."""


def aside(slots: Slots) -> dict[str, str]:
    """What is told beside the answer to a question; nothing where there is nothing new for staff in it.

    Args:
        slots: ``said``, ``asked`` (the question's slot) and ``alerted`` (kinds that staff know of already).
    """
    said, asked = slots["said"], slots["asked"]
    found = _new_anomalies(said, asked, slots.get("alerted", ""))
    if not found and forgetting(said) is not Forgetting.EVERYTHING:
        return {}
    return {"story": said, "told_at": asked, "beside": "yes"}


def _new_anomalies(said: str, asked: str, alerted: str) -> tuple[Anomaly, ...]:
    known = {*alerted.split(), *_OWN_KINDS.get(asked, ())}
    compact = "".join(said.split())
    if _ONLY_FORGOTTEN.search(compact):
        known.add("confusion")
    if asked in _ASK_FOR_PAIN and not _BODY.search(compact):
        known.add("pain")
    return tuple(each for each in anomalies(said) if each.kind not in known)


def judge(slots: Slots) -> dict[str, str]:
    """What follows from ``story``: an anomaly for staff, something to remember or to forget.

    Args:
        slots: ``story``, ``facts``, ``today``, ``referred`` (what the bot referred to), ``alerted``; and,
            where the story was told ``beside`` an answer, ``told_at``.
    """
    story, memory, today = slots.get("story", ""), _memory(slots), _today(slots)
    wish = forgetting(story)
    if wish is not Forgetting.NOTHING:
        left = forgotten(memory, story, slots.get("referred", ""))
        return {
            "forget": wish.value,
            "facts": as_text(left),
            "learned": "yes",
            "alerted": slots.get("alerted", ""),
        }
    alerted = slots.get("alerted", "")
    beside = slots.get("beside", "")
    found = _new_anomalies(story, slots.get("told_at", ""), alerted) if beside else anomalies(story)
    after = merge(memory, notes(story), today) if today is not None else memory
    return {
        "anomaly": found[0].kind if found else "",
        "anomaly_level": found[0].level.value if found else "",
        "anomaly_also": " ".join(each.kind for each in found[1:]),
        "alerted": " ".join(dict.fromkeys([*alerted.split(), *(each.kind for each in found)])),
        "facts": as_text(after),
        "learned": "yes" if after != memory else "",
    }


def judge_temperature(slots: Slots) -> dict[str, str]:
    """Whether ``temperature`` is fever."""
    return {"fever": "yes" if is_fever(slots.get("temperature", "")) else "no"}


def missed_units(slots: Slots) -> dict[str, str]:
    """The units of the sentence that did not come freely in ``recall``: they are asked by choice."""
    free = recalled(slots.get("recall", ""))
    return {f"missed_{unit}": "yes" for unit in UNITS if unit not in free}


def score_check(slots: Slots) -> dict[str, str]:
    """Points of the cognitive check and whether a test is recommended; nothing without a date.

    Args:
        slots: The answers, ``today``, and ``test_below_percent``.
    """
    if _today(slots) is None:
        return {}
    result = score(slots)
    below = result.share * 100 < float(slots["test_below_percent"])
    return {
        "points": str(result.points),
        "most_points": str(result.most),
        "advice": "test" if below else "none",
    }


def _today(slots: Slots) -> date | None:
    try:
        return date.fromisoformat(slots.get("today", ""))
    except ValueError:
        return None


def _memory(slots: Slots) -> Memory:
    """A memory that cannot be read counts as none: the call is worth more than what it refers to."""
    try:
        return from_text(slots.get("facts", ""))
    except ValueError:
        return ()
