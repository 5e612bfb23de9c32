"""A story: any words that are more than nods and fillers."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.resident import MASK
from voicebot.dialogue.understanding.result import CLEAR, INFERRED, NO_MATCH, Interpretation, filled, unsure

_STAND_IN = "ㅁ"
"""Keeps the place of a masked number while signs are taken out."""

NODS = frozenset("네 예 응 엉 아 네네 예예 응응 넵 여보세요 안녕하세요 수고하십니다 수고하세요".split())
_SHORT_UNSURE = 10
"""Syllables: a longer utterance with "모르겠" in it is a story ("왜 그런지 모르겠는데 물이 안 나와요")."""
_WISH = re.compile(
    r"^(?:신고|민원|문의|접수|물어볼|여쭤볼|여쭐|말씀드릴|부탁드릴|알아볼)(?:을|를|게|것|거)?(?:좀)?(?:하려고|할게|하고싶|드릴|드리려고|있|할려고|넣으려고|넣을)\S{0,6}$"
)
"""Only that there is something to tell, not what."""


def interpret_open(text: str, expectation: Expectation) -> Interpretation:
    """The words themselves, NFC, fillers at both ends taken off.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
    """
    masked = MASK in text
    spoken = _words.without_fillers(_words.words_of(text.replace(MASK, _STAND_IN)))
    while spoken and spoken[0] in NODS:
        spoken = _words.without_fillers(spoken[1:])
    compact = "".join(spoken)
    if len(compact) < 2 or _WISH.match(compact):
        return NO_MATCH
    if len(compact) <= _SHORT_UNSURE and _words.is_unsure(compact):
        return unsure()
    value = " ".join(spoken)
    if masked:
        value = value.replace(_STAND_IN, MASK)
    return filled(value, CLEAR if len(compact) >= 4 else INFERRED)
