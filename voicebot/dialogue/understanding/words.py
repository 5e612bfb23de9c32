"""Text of one utterance as words: the first step of every kind of answer."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9A-Za-z가-힣ㄱ-ㅎㅏ-ㅣ]+")

FILLERS = frozenset(
    "어 어어 음 음음 으음 저 저기 저기요 그 그게 그거 뭐 뭐지 뭐냐 아 에 에이 이제 인제 막 그러니까 "
    "그니까 어디 보자".split()
)
"""Words that fill a pause; alone they answer nothing."""

LONGEST_ANSWER = 600
"""Characters of a value, a choice or a yes that are looked at: two minutes of talk; more is a story."""

_UNSURE = re.compile(
    r"글쎄|긴가민가|알수가?없|(?<!아)까먹|못외|모르|모른|몰라|몰러|모리겠|기억(?:이|은|도)?(?:잘)?(?:안|없)|생각(?:이|은)?(?:잘)?안나"
    r"|가물가물|확실(?:하지|치|친)(?:는|가)?(?:않|아니|못)|헷갈"
)


def words_of(text: str) -> list[str]:
    """The words of an utterance: NFC, punctuation taken as space."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _NOT_WORD.sub(" ", text).split()


def without_fillers(words: list[str]) -> list[str]:
    """The words with fillers taken off both ends (those inside may carry sense)."""
    first, last = 0, len(words)
    while first < last and words[first] in FILLERS:
        first += 1
    while last > first and words[last - 1] in FILLERS:
        last -= 1
    return words[first:last]


def is_unsure(compact: str) -> bool:
    """Whether the utterance (without spaces) says that the citizen does not know."""
    return _UNSURE.search(compact) is not None
