"""One of several answers: by its words, by its place in the list ("두 번째요", "이 번"), or by its sound."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.jamo import nearest
from voicebot.dialogue.understanding.result import (
    AMBIGUOUS,
    CERTAIN,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

_ORDINALS = (
    ("첫번째", "첫째", "일번", "1번", "1"),
    ("두번째", "둘째", "이번", "2번", "2"),
    ("세번째", "셋째", "삼번", "3번", "3"),
    ("네번째", "넷째", "사번", "4번", "4"),
    ("다섯번째", "오번", "5번", "5"),
    ("여섯번째", "육번", "6번", "6"),
)
_ENDING = re.compile(
    r"(?:이요|이에요|예요|이예요|입니다|으로요?|로요?|요|이죠|이지|쪽이요|걸로요?|거요|해주세요|할게요)$"
)
_PLACE = re.compile(
    r"(?:제일|맨|젤)?(?:(?P<first>처음|앞|먼저|전자)|(?P<last>마지막|끝|뒤|후자)|(?P<middle>가운데|중간))"
    r"(?:에|엣|의|번)?(?:것|거|꺼|걸)?(?:로|으로)?"
)
_CORRECTION = re.compile(r"^(?:아니|아니다|아니요|아뇨)$")


def interpret_choice(text: str, expectation: Expectation) -> Interpretation:
    """The value of the choice that was named.

    Args:
        text: What was recognised.
        expectation: Its ``choices`` map each value to the words that say it.
    """
    spoken = _words.without_fillers(_words.words_of(text))
    for place in range(len(spoken) - 1, 0, -1):
        if _CORRECTION.match(spoken[place]) and place + 1 < len(spoken):
            spoken = spoken[place + 1 :]  # "도로요, 아니 쓰레기요"
            break
    compact = "".join(spoken)
    if not compact:
        return NO_MATCH
    forms = [(value, form.replace(" ", "")) for value, given in expectation.choices.items() for form in given]
    bare = _ENDING.sub("", compact)
    for value, form in forms:
        if compact == form or bare == form:
            return filled(value, CERTAIN)
    if _words.is_unsure(compact):
        return unsure()
    named = _named(compact, spoken, forms)
    if len(named) == 1:
        return filled(named[0], CLEAR)
    if named:
        return filled(named[-1], AMBIGUOUS)
    for value, words in zip(expectation.choices, _ORDINALS, strict=False):
        if bare in words or any(word in compact for word in words if len(word) > 2):
            return filled(value, CLEAR)
    placed = _placed(bare, list(expectation.choices))
    if placed:
        return filled(placed, CLEAR)
    forms += [(value, form + "이") for value, form in forms if len(form) > 1]  # 소음이요 as 소으미요
    known = [form for _, form in forms]
    heard = [bare, compact, *(_ENDING.sub("", word) for word in spoken), *spoken]
    form, score = max((nearest(word, known) for word in heard), key=lambda found: found[1])
    if form:
        return filled(next(value for value, given in forms if given == form), INFERRED * score)
    return NO_MATCH


def _placed(bare: str, values: list[str]) -> str:
    """The value by where it stood in the list; empty if no place was told."""
    found = _PLACE.fullmatch(bare)
    if found is None:
        return ""
    if found["first"]:
        return values[0]
    if found["last"]:
        return values[-1]
    return values[len(values) // 2] if len(values) % 2 else ""


def _named(compact: str, spoken: list[str], forms: list[tuple[str, str]]) -> list[str]:
    """Values whose words occur; a form of one syllable must be a word by itself."""
    said = {_ENDING.sub("", word) for word in spoken} | set(spoken)
    found = {
        value: compact.rfind(form)
        for value, form in forms
        if (form in compact if len(form) > 1 else form in said)
        and not re.search(re.escape(form) + r"(?:은|는|이|가)?(?:아니(?!면)|말고)", compact)
    }
    return sorted(found, key=lambda value: found[value])
