"""The report of a complaint: what a duty officer reads in ten seconds."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.flow.text import group_digits

LONGEST_STORY = 120
"""Characters of the story that are shown: three lines; the whole story is in the case."""

_DANGERS = {"emergency": "구조·구급·화재", "police": "폭력·실종", "suicide": "자살 위기"}
_YES_NO = {"yes": "예", "no": "아니요"}
_SPREAD = {"alone": "이 집만", "others": "이웃집도"}
_ANIMAL = {"hurt": "다침", "wandering": "돌아다님", "fierce": "사람을 위협함"}


def summary(slots: Mapping[str, str], type_name: str) -> str:
    """The case as a few lines: urgency and type first, then where, what, danger, and whom to call.

    Args:
        slots: What is known in the conversation.
        type_name: The type's name; may be empty.
    """
    danger_known = slots.get("danger") or slots.get("hurt") == "yes"
    level = "P0" if danger_known else slots.get("level") or "미정"
    name = _DANGERS.get(slots.get("danger", ""), type_name) or "분류 전"
    lines = [
        f"[{level}] {name} · {slots.get('department') or '당직'}",
        f"어디: {slots.get('place') or _area(slots)}",
        f"내용: {_short(slots.get('what') or slots.get('danger_said') or '말하지 않음')}",
    ]
    danger = {"yes": "다치거나 위험한 사람 있음", "no": "없음"}.get(slots.get("hurt", ""))
    if danger is None and slots.get("danger_told"):
        danger = "위험하다고 함"
    told = (
        ("언제부터", slots.get("since", "")),
        ("계속되나", _YES_NO.get(slots.get("ongoing", ""), "")),
        ("위험", danger or ""),
        ("차량", slots.get("plate", "")),
        ("차도 위", _YES_NO.get(slots.get("on_road", ""), "")),
        ("동물", _ANIMAL.get(slots.get("animal", ""), "")),
        ("노선", slots.get("line", "")),
        ("범위", _SPREAD.get(slots.get("spread", ""), "")),
        ("함께 말함", slots.get("also", "")),
    )
    lines += [f"{name}: {value}" for name, value in told if value]
    if slots.get("urgency_asked"):
        lines.append("확인: 급한 일일 수 있음")
    number = slots.get("callback") or slots.get("callback_told") or slots.get("caller_id", "")
    lines.append(f"연락: {group_digits(number).replace(' ', '-') if number else '번호 없음'}")
    return "\n".join(lines)


def _area(slots: Mapping[str, str]) -> str:
    known = slots.get("place_told") or slots.get("place_area", "")
    return f"{known} (확인 안 됨)" if known else "모름"


def _short(story: str) -> str:
    line = " ".join(story.split())
    return line if len(line) <= LONGEST_STORY else line[:LONGEST_STORY].rstrip() + " …"
