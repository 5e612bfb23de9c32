"""How urgent a complaint is, by its words: told apart here is what must reach the duty officer at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

_URGENT_WORDS: dict[str, tuple[str, ...]] = {
    "sinkhole": (
        r"땅(?:이|에)?\s*(?:꺼|푹|구멍|내려앉)",
        r"도로(?:가|에)?\s*(?:꺼|내려앉|함몰|큰\s*구멍)",
        r"싱크홀|지반",
    ),
    "falling_hazard": (
        r"(?:나무|가로수|간판|전봇대|담장|담벼락|외벽|현수막|표지판)(?:이|가|도)?\s*\S{0,6}\s*"
        r"(?:쓰러|넘어|떨어|기울|무너|부러)",
    ),
    "burst_main": (
        r"(?:수도관|상수도|물)(?:이|가)?\s*\S{0,4}\s*(?:터졌|터져|솟|뿜)",
        r"도로에\s*물이\s*(?:솟|넘)",
    ),
    "sewer_backflow": (
        r"(?:하수|오수|맨홀|하수구)(?:도|가|이|에서)?\s*\S{0,6}\s*(?:역류|넘치|넘쳐|솟|뚜껑)",
    ),
    "flooding": (r"침수|지하차도.{0,10}물", r"물(?:이|에)?\s*\S{0,6}\s*(?:차올|잠기|잠겼|들어차)"),
    "signal_out": (r"신호등(?:이|은)?\s*\S{0,8}\s*(?:고장|꺼|안\s*(?:들어|켜|바뀌)|나갔)",),
    "ice_snow": (r"빙판|얼어\s*붙|고드름|제설|미끄러(?:워|져|지)",),
    "food_poisoning": (r"식중독", r"(?:여러|단체|다\s*같이|모두).{0,12}(?:배탈|설사|토하|구토)"),
}
"""Type (codes of the complaint types) → words; each leads to the duty officer now (level P1)."""

_URGENT = {code: re.compile("|".join(words)) for code, words in _URGENT_WORDS.items()}


def triage(slots: Mapping[str, str]) -> dict[str, str]:
    """Level and type of the complaint in ``what``.

    Args:
        slots: What is known in the conversation.
    """
    told = slots.get("what", "")
    for code, pattern in _URGENT.items():
        if pattern.search(told):
            return {"level": "P1", "type": code}
    return {"level": "P3", "type": "other"}
