"""Korean particles after a word that is known only in the call: 은/는, 이/가, 을/를, 으로/로 …"""

from __future__ import annotations

from enum import Enum

PAIRS = frozenset(
    "은/는 이/가 을/를 과/와 으로/로 이라/라 이라고/라고 이에요/예요 이요/요 "
    "이랑/랑 아/야 이나/나 이며/며".split()
)
"""The known pairs: the form after a consonant, then the form after a vowel."""


class LastSound(Enum):
    """What a particle looks at."""

    VOWEL = 0
    CONSONANT = 1
    RIEUL = 2
    """ㄹ: a consonant, except before 으로, which becomes 로 (서울로)."""


_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28  # Unicode 16, section 3.12
_RIEUL_INDEX = 8
_DIGITS = dict(
    zip(
        "0123456789",  # 영/공, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구
        (
            LastSound.CONSONANT,
            LastSound.RIEUL,
            LastSound.VOWEL,
            LastSound.CONSONANT,
            LastSound.VOWEL,
            LastSound.VOWEL,
            LastSound.CONSONANT,
            LastSound.RIEUL,
            LastSound.RIEUL,
            LastSound.VOWEL,
        ),
        strict=True,
    )
)
_LETTERS = {"l": LastSound.RIEUL, "r": LastSound.RIEUL, "m": LastSound.CONSONANT, "n": LastSound.CONSONANT}
"""Names of Latin letters in Korean that end in a consonant: 엘 알 엠 엔."""


def last_sound(text: str) -> LastSound:
    """The last sound of a text as it is read aloud; punctuation is skipped."""
    for character in reversed(text):
        code = ord(character)
        if _FIRST <= code <= _LAST:
            final = (code - _FIRST) % _FINALS
            if final == 0:
                return LastSound.VOWEL
            return LastSound.RIEUL if final == _RIEUL_INDEX else LastSound.CONSONANT
        if character in _DIGITS:
            return _DIGITS[character]
        if character.isalpha():
            return _LETTERS.get(character.lower(), LastSound.VOWEL)
    return LastSound.VOWEL


def particle(text: str, pair: tuple[str, str]) -> str:
    """The form of the pair (after consonant, after vowel) that follows ``text``."""
    sound = last_sound(text)
    if sound is LastSound.RIEUL and pair[0].startswith("으로"):
        return pair[1]
    return pair[1] if sound is LastSound.VOWEL else pair[0]


def with_particle(text: str, pair: tuple[str, str]) -> str:
    """``text`` and the form of the pair that follows it: 효자동 + 은/는 → 효자동은."""
    return text + particle(text, pair)


def syllables(text: str) -> int:
    """Hangul syllables and digits: how long a text takes to say."""
    return sum(_FIRST <= ord(character) <= _LAST or character.isdigit() for character in text)
