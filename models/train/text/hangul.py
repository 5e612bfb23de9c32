"""Hangul syllables taken apart and put together (Unicode standard, chapter 3.12)."""

import unicodedata
from functools import cache

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

FIRST = ord("가")
LAST = ord("힣")
PER_VOWEL = len(CODAS)
PER_ONSET = len(VOWELS) * PER_VOWEL


@cache
def parts(syllable: str) -> tuple[str, str, str]:
    """The onset, vowel and coda of one syllable; the coda of an open one is empty.

    Raises:
        ValueError: for what is no Hangul syllable.
    """
    index = ord(syllable) - FIRST
    if not 0 <= index <= LAST - FIRST:
        raise ValueError(f"{syllable!r} is no Hangul syllable")
    onset, rest = divmod(index, PER_ONSET)
    vowel, coda = divmod(rest, PER_VOWEL)
    return ONSETS[onset], VOWELS[vowel], CODAS[coda]


def syllable(onset: str, vowel: str, coda: str = "") -> str:
    """One syllable of its parts."""
    index = ONSETS.index(onset) * PER_ONSET + VOWELS.index(vowel) * PER_VOWEL + CODAS.index(coda)
    return chr(FIRST + index)


def is_syllable(character: str) -> bool:
    """Whether a character is a whole Hangul syllable."""
    return FIRST <= ord(character) <= LAST


def coda(text: str) -> str:
    """The coda of the last syllable of a text."""
    return parts(text[-1])[2]


def vowel(text: str) -> str:
    """The vowel of the last syllable of a text."""
    return parts(text[-1])[1]


def with_coda(text: str, new: str) -> str:
    """The text with the coda of its last syllable replaced."""
    onset, middle, _ = parts(text[-1])
    return text[:-1] + syllable(onset, middle, new)


def with_vowel(text: str, new: str) -> str:
    """The text with the vowel of its last syllable replaced."""
    onset, _, last = parts(text[-1])
    return text[:-1] + syllable(onset, new, last)


def key(text: str) -> str:
    """What two texts are compared by: NFC, Hangul syllables only, no spaces or punctuation."""
    return "".join(character for character in unicodedata.normalize("NFC", text) if character.isalnum())


def length(text: str) -> int:
    """The number of syllables, spaces not counted."""
    return len(text) - text.count(" ")
