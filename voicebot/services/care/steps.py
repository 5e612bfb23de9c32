"""What the care flow computes: slots in, slots out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from voicebot.services.care.anomaly import anomalies, is_fever
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


def judge(slots: Slots) -> dict[str, str]:
    """What follows from ``story``: an anomaly for staff, something to remember or to forget.

    Args:
        slots: ``story``, ``facts``, ``today``, ``referred`` (what the bot referred to).
    """
    story, memory, today = slots.get("story", ""), _memory(slots), _today(slots)
    wish = forgetting(story)
    if wish is not Forgetting.NOTHING:
        left = forgotten(memory, story, slots.get("referred", ""))
        return {"forget": wish.value, "facts": as_text(left), "learned": "yes"}
    found = anomalies(story)
    after = merge(memory, notes(story), today) if today is not None else memory
    return {
        "anomaly": found[0].kind if found else "",
        "anomaly_level": found[0].level.value if found else "",
        "anomaly_also": " ".join(each.kind for each in found[1:]),
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
