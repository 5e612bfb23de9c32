"""Could the first sounds be a nod? What a Korean listener says while the other one speaks: 네, 응, 아 네,
그렇죠.

A partial decode of 120 ms of voice holds one half-heard syllable. Which word it will be is unknown, but many
words can be ruled out: no back-channel begins with ㅅ, ㅈ or ㄷ. So only the consonant and the vowel of the
first syllables are compared, in classes that a recogniser keeps apart even on such short audio; final
consonants are ignored."""

from __future__ import annotations

from enum import Enum
from itertools import product

_FIRST, _VOWELS, _FINALS = 0xAC00, 21, 28
"""Unicode 3.12: syllable = 0xAC00 + (consonant × 21 + vowel) × 28 + final."""
_SYLLABLES = 11172

_ALIKE = {
    "ㅐ": "ㅔ",
    "ㅖ": "ㅔ",
    "ㅒ": "ㅔ",
    "ㅕ": "ㅓ",
    "ㅑ": "ㅏ",
    "ㅛ": "ㅗ",
    "ㅠ": "ㅜ",
    "ㅢ": "ㅡ",
    "ㅟ": "ㅣ",
}
"""Vowels that telephone speech confuses: 예, 에 and 얘 are one."""

_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL_NAMES = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"

_SOUNDS = ("네", "예", "응", "음", "아", "어", "오", "하", "허", "흠", "이")
"""Single-syllable back-channels, and 이 for the beginning of 예; any of them may follow another (아 네, 네
네)."""
_WORDS = ("그래", "그렇", "그러", "그르", "그쵸", "그죠", "맞아", "맞어", "마자", "맞습")
"""First two syllables of the longer ones: 그래요, 그렇군요, 그러게요, 그쵸, 맞아요, 맞습니다; 그르 is 그래
half heard."""


def _sound(syllable: str) -> str:
    """Consonant and vowel class of a syllable; the character itself if it is none."""
    index = ord(syllable) - _FIRST
    if not 0 <= index < _SYLLABLES:
        return syllable
    vowel = _VOWEL_NAMES[index // _FINALS % _VOWELS]
    return _CONSONANTS[index // (_VOWELS * _FINALS)] + _ALIKE.get(vowel, vowel)


_PHRASES = (*_SOUNDS, *_WORDS)
_FIRST_SOUNDS = frozenset(_sound(phrase[0]) for phrase in _PHRASES)
_CONSONANTS_OF_NODS = frozenset(_sound(phrase[0])[0] for phrase in _PHRASES)
_PAIRS = frozenset((_sound(one), _sound(two)) for one, two in product(_SOUNDS, _SOUNDS)) | frozenset(
    (_sound(word[0]), _sound(word[1])) for word in _WORDS
)


class Clarity(Enum):
    """How much of a text to trust, by how much voice it was made of."""

    CONSONANT = 1
    """The first consonant: its vowel is still being spoken (네 is heard as 느, 맞 as 머)."""
    SYLLABLE = 2
    """The first syllable."""
    TWO_SYLLABLES = 3
    """The first two."""


def could_be_nod(text: str, clarity: Clarity) -> bool:
    """Whether the text could be the beginning of a back-channel.

    Args:
        text: Recognised so far (NFC).
        clarity: How much of it to trust.
    """
    heard = [_sound(character) for character in text if character.isalnum()]
    if not heard:
        return True
    if clarity is Clarity.CONSONANT:
        return heard[0][0] in _CONSONANTS_OF_NODS
    if heard[0] not in _FIRST_SOUNDS:
        return False
    if clarity is Clarity.SYLLABLE or len(heard) < 2:
        return True
    # The recogniser repeats a syllable that is cut off ("안 안 안"): a repetition tells nothing new.
    return heard[0] == heard[1] or (heard[0], heard[1]) in _PAIRS
