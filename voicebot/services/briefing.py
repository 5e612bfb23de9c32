"""What a duty officer hears before a citizen: composed of what the call knows, no longer than it must be.

What is most needed stands first. Where it would take too long, what can be asked again is left out: the story
in the citizen's words first, then since when, how the citizen speaks, and the name. What it is, where, who is
in danger and whom to call back are always said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.actions import Segment, SegmentKind
from voicebot.dialogue.flow.text import group_digits

LONGEST_S = 20.0
"""An officer who was woken keeps about four facts in mind; what is longer is heard again from the start."""
_SYLLABLES_A_SECOND = 4.5
"""eSpeak NG, Korean, 150 words a minute: 4.3 to 4.8 on sentences of this file (synthesised and counted)."""
_SECONDS_A_DIGIT = 0.44
_SECONDS_A_GROUP = 0.3
"""The pause between the groups of a number (``prompts.plan``)."""
_SECONDS_A_SENTENCE = 0.4
"""The pause after a sentence."""

LONGEST_STORY = 40
"""Characters of the citizen's own words, where nothing else tells what it is about."""

KEYS_TEXT = "받으시려면 1번, 받을 수 없으면 2번을 눌러 주세요."
AGAIN_TEXT = "다시 들으시려면 3번을 눌러 주세요."

_OPENINGS = {
    "danger": "위급한 전화입니다.",
    "urgent": "급한 전화입니다.",
    "language": "외국어로 말씀하시는 분입니다.",
    "person": "담당자와 통화를 원하시는 분입니다.",
}
_DANGERS = {
    "emergency": "구조나 구급, 화재로 보입니다.",
    "police": "폭력이나 실종으로 보입니다.",
    "suicide": "자살 위험이 있는 분입니다.",
}
"""Kinds of ``dialogue.understanding.danger``."""
_ANOMALIES = {
    "fall": "안부 전화에서 넘어졌다고 하셨습니다.",
    "breath": "안부 전화에서 숨이 차다고 하셨습니다.",
}
"""Kinds of ``services.care.anomaly`` for which a call is handed over."""
_HURT = {
    "yes": "다치거나 위험한 사람이 있습니다.",
    "no": "다친 사람은 없다고 합니다.",
}
_ABUSIVE = "욕설이 있어 주의를 드렸습니다."
_NO_NUMBER = "연락처는 없습니다."
_PLACE, _SINCE, _STORY, _NUMBER = "장소는,", "언제부터인지,", "하신 말씀,", "연락처는,"

TEXTS = (
    *_OPENINGS.values(),
    *_DANGERS.values(),
    *_ANOMALIES.values(),
    *_HURT.values(),
    *(_ABUSIVE, _NO_NUMBER, _PLACE, _SINCE, _STORY, _NUMBER, KEYS_TEXT, AGAIN_TEXT),
)
"""Everything that is always said in the same words, to be rendered at deploy."""

_URGENT_REASONS = ("urgent", "perhaps urgent", "fall", "breath")
"""Reasons of ``hand_over`` states in the services' flows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    segments: tuple[Segment, ...]
    dropped: int = 0
    """The higher, the sooner it is left out; 0: never."""

    @property
    def seconds(self) -> float:
        return _SECONDS_A_SENTENCE + sum(_seconds(segment) for segment in self.segments)


def brief(slots: Mapping[str, str], reason: str) -> tuple[Segment, ...]:
    """The briefing, without the keys that may be pressed.

    Args:
        slots: What is known in the conversation; see the flows of the services.
        reason: Why the citizen is handed over, as the flow says it.
    """
    parts = [part for part in _parts(slots, reason) if part is not None]
    while sum(part.seconds for part in parts) > LONGEST_S:
        least = max(parts, key=lambda part: part.dropped)
        if not least.dropped:
            break
        parts.remove(least)
    return tuple(segment for part in parts for segment in part.segments)


def seconds_of(segments: tuple[Segment, ...]) -> float:
    """About how long this takes to say."""
    sentences = sum(segment.text.endswith(".") for segment in segments)
    return sentences * _SECONDS_A_SENTENCE + sum(_seconds(segment) for segment in segments)


def keys(again: bool) -> tuple[Segment, ...]:
    """Which keys may be pressed; said after the briefing.

    Args:
        again: Whether the key that repeats is told too: it is the longest, and known after the first time.
    """
    return _fixed(KEYS_TEXT, *((AGAIN_TEXT,) if again else ()))


def call_back_case(slots: Mapping[str, str], reason: str) -> dict[str, str]:
    """What ``open_case`` is told where nobody took the call: somebody must call back.

    Args:
        slots: As for ``brief``.
        reason: Likewise.
    """
    kept = ("what", "place", "hurt", "since", "type", "department", "name", "danger_said", "caller_id")
    number = _number(slots)
    told = {
        **{name: slots.get(name, "") for name in kept},
        "kind": "call_back",
        "reason": reason,
        "about": slots.get("called", "") or "전화 요청",
        "level": "P0" if slots.get("danger") else slots.get("level", "") or "P2",
        "callback": number,
        "summary": slots.get("summary", "") or " ".join(part.text for part in brief(slots, reason)),
    }
    return {name: value for name, value in told.items() if value}


def _parts(slots: Mapping[str, str], reason: str) -> tuple[_Part | None, ...]:
    matter = _matter(slots, reason)
    place = slots.get("place") or slots.get("place_told") or slots.get("place_area", "")
    name, age = slots.get("name", ""), slots.get("age", "")
    hurt = "" if slots.get("danger") else slots.get("hurt", "")  # the kind of danger tells more
    number = _number(slots)
    said = _short(slots.get("danger_said") or slots.get("what") or slots.get("story", ""))
    return (
        _Part(segments=_fixed(_OPENINGS[_opening(slots, reason)])),
        _Part(segments=matter) if matter else None,
        _told(_PLACE, place, dropped=0),
        _Part(segments=_fixed(_HURT[hurt])) if hurt in _HURT else None,
        _told(_SINCE, slots.get("since", ""), dropped=3),
        _told(_STORY, said, dropped=0 if not matter else 4),
        _Part(segments=_free(f"{name} 님{f', {age}세' if age else ''}입니다."), dropped=1) if name else None,
        _Part(segments=_fixed(_ABUSIVE), dropped=2) if slots.get("warned") else None,
        _Part(segments=(*_fixed(_NUMBER), _digits(number))) if number else _Part(segments=_fixed(_NO_NUMBER)),
    )


def _opening(slots: Mapping[str, str], reason: str) -> str:
    if slots.get("danger") or reason.startswith("danger"):
        return "danger"
    if slots.get("level") == "P1" or reason in _URGENT_REASONS:
        return "urgent"
    return "language" if reason == "another language" else "person"


def _matter(slots: Mapping[str, str], reason: str) -> tuple[Segment, ...]:
    danger, called = slots.get("danger", ""), slots.get("called", "")
    if danger in _DANGERS:
        return _fixed(_DANGERS[danger])
    if reason in _ANOMALIES:
        return _fixed(_ANOMALIES[reason])
    return _free(f"{called} 건입니다.") if called else ()


def _told(label: str, value: str, *, dropped: int) -> _Part | None:
    value = " ".join(value.split()).rstrip(" .?!")
    return _Part(segments=(*_fixed(label), *_free(f"{value}.")), dropped=dropped) if value else None


def _number(slots: Mapping[str, str]) -> str:
    told = slots.get("callback") or slots.get("callback_told") or slots.get("caller_id", "")
    return "".join(filter(str.isdigit, told))


def _short(story: str) -> str:
    """The first words of a story, cut between two of them."""
    line = " ".join(story.split())
    return line if len(line) <= LONGEST_STORY else line[:LONGEST_STORY].rsplit(" ", 1)[0]


def _fixed(*texts: str) -> tuple[Segment, ...]:
    return tuple(Segment(text=text) for text in texts)


def _free(text: str) -> tuple[Segment, ...]:
    return (Segment(text=text, kind=SegmentKind.FREE),)


def _digits(number: str) -> Segment:
    return Segment(text=f"{group_digits(number)}.", kind=SegmentKind.DIGITS)


def _seconds(segment: Segment) -> float:
    digits = sum(sign.isdigit() for sign in segment.text)
    if segment.kind is SegmentKind.DIGITS:
        return digits * _SECONDS_A_DIGIT + segment.text.count(" ") * _SECONDS_A_GROUP
    return (digits + sum("가" <= sign <= "힣" for sign in segment.text)) / _SYLLABLES_A_SECOND
