"""Places, kept as they were told: only fillers, lead-ins and endings are taken off."""

from __future__ import annotations

import re

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.gazetteer import Gazetteer
from voicebot.dialogue.understanding.resident import MASK
from voicebot.dialogue.understanding.result import (
    AMBIGUOUS,
    CERTAIN,
    CLEAR,
    NO_MATCH,
    Interpretation,
    filled,
    unsure,
)

_STAND_IN = "ㅁ"
"""Keeps the place of a masked number while signs are taken out."""

_LEAD = (
    frozenset(
        "네 예 응 아 여기 여기요 여기가 여기는 여긴 거기 거기가 "
        "그게요 어디냐면 어디냐 하면 지금 장소는 위치는 주소는 그러니까 그니까 "
        "저희 우리 집이".split()
    )
    | _words.FILLERS
)
_ENDING = re.compile(
    r"(?:이에요|이예요|예요|에요|이요|입니다|인데요?|이거든요|거든요|이고요|요|이여|이유|이라예|인디요?"
    r"|이구만요?)$"
)
_CORRECTION = re.compile(r"^(?:아니|아니다|아니아니|아니요|말고)$")

MARK = re.compile(
    r"(?<![가-힣0-9])(?!(?:[빨멀미우허머]리|(?:바|새|따|서|별|[그이제]대|함부|정말|진짜)로|(?:뭔|누군|[그이]런)가)"
    r"(?:$|[에 ]))"
    r"[가-힣0-9]{1,12}(?:동|읍|면|리|로|길|가)(?:$|[에 ])|번지|사거리|삼거리|오거리|교차로|건너|맞은편|앞|옆"
    r"|뒤|근처|출구|역|정류장|아파트|빌라|주민센터|시장|공원|학교|"
    r"다리|입구|골목|육교|지하도|터널|병원|마트|편의점|은행|경로당|놀이터|주차장|교회|상가|시청|구청"
    r"|도서관|우체국|터미널|호텔|하천|천변|산책로"
)
"""What a place is told by: without one the words may be no place at all, so they are read back."""


def interpret_place(
    text: str, expectation: Expectation, gazetteer: Gazetteer | None = None
) -> Interpretation:
    """The place in the citizen's words.

    Args:
        text: What was recognised.
        expectation: The question (unused beyond its kind).
        gazetteer: The city's names, by which a misheard name is put right.
    """
    spoken = _words.without_fillers(_words.words_of(text.replace(MASK, _STAND_IN)))
    for position in range(len(spoken) - 1, 0, -1):
        if _CORRECTION.match(spoken[position]) and position + 1 < len(spoken):
            spoken = spoken[position + 1 :]  # "효자동 아니 서신동이요": what follows counts
            break
    while spoken and spoken[0] in _LEAD:
        spoken = spoken[1:]
    value = " ".join(_without_story(spoken)).replace(_STAND_IN, MASK)
    value = _HEDGE.sub("", value)
    if _WHERE.fullmatch(value.replace(" ", "")):
        return unsure()
    marked = MARK.search(value) is not None
    if not marked and _words.is_unsure(value.replace(" ", "")):
        return unsure()
    stripped = _without_ending(value)
    if _NO_PLACE.fullmatch(value.replace(" ", "")):
        return NO_MATCH
    if len(stripped.replace(" ", "")) < 2:
        return NO_MATCH
    if gazetteer is not None:
        righted = _put_right(stripped, gazetteer)
        if righted is not None:
            return righted
    return filled(stripped, CLEAR if marked else AMBIGUOUS)


def _without_story(spoken: list[str]) -> list[str]:
    """The words up to the end of the place: "시장 앞인데 어제부터 그래요" without what is told of it."""
    for position, word in enumerate(spoken[:-1], start=1):
        ends = _CLAUSE.search(word) is not None and MARK.search(" ".join(spoken[:position])) is not None
        if ends and MARK.search(" ".join(spoken[position:])) is None:
            return spoken[:position]
    return spoken


_CLAUSE = re.compile(r"(?:인데요?|인디요?|이고요?|이구요?|예요|이에요|거든요)$")


def _without_ending(value: str) -> str:
    """The place without its verb; the 이 of 십이요 is a two after a scale (십이번길 십이요)."""
    if _ENDS_IN_NUMBER.search(value):
        return value.removesuffix("요")
    return _PARTICLE_AT_END.sub("", _ENDING.sub("", value).strip()).strip()


_ENDS_IN_NUMBER = re.compile(r"(?:^| )[일이삼사오육칠팔구]?[백십]이요$")
_PARTICLE_AT_END = re.compile(r"(?<=[밑앞옆뒤쪽길 편로역])에$")
_HEDGE = re.compile(r"^(?:(?:잘|정확히는?|저도|확실히는?) )?(?:모르겠는데|모르는데|모르겠지만)요? (?=\S)")
_WHERE = re.compile(r"(?:여기가?|거기가?)?어디(?:지|더라|였더라|라고하더라|인지)요?")
_NO_PLACE = re.compile(r"(?:네|예|아니|아뇨|아니요|아닌데요|그래요?|맞아요?|싫어요?|없어요?|있어요?)+")


def _put_right(told: str, gazetteer: Gazetteer) -> Interpretation | None:
    """The place with the city's own names for those that were misheard; ``None`` if it holds no such name."""
    words, least = [], 1.0
    found = False
    for word in told.split():
        particle = _PARTICLE.search(word)
        bare = word[: particle.start()] if particle and len(word) > 2 else word
        name, score = gazetteer.nearest(bare)
        if not name and bare != word:
            bare = word
            name, score = gazetteer.nearest(word)
        if name:
            found, least = True, min(least, score)
            words.append(name + word[len(bare) :])
        else:
            words.append(word)
    return filled(" ".join(words), CERTAIN * least) if found else None


_PARTICLE = re.compile(r"(?:에서|에는|에|쪽|은|는|이|가)$")
