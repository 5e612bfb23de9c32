"""An utterance as the numbers of its features: pieces of words, as written and as they sound, and classes.

Written pieces (words, their beginnings, two and three syllables) are exact. Sounding pieces (three to five
sounds, across words too) survive a recogniser that spells by ear: a mute ㅇ is dropped, so 물이 and 무리
sound alike; final consonants are the seven that Korean pronounces; tense consonants count as their lax
ones, ㅐ as ㅔ and ㅚ, ㅙ as ㅞ. Classes of words carry what was learnt to words that no example had.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from voicebot.dialogue.understanding.words import words_of
from voicebot.services.triage.vocabulary import Vocabulary, classes_in

BUCKETS = 1 << 15
"""Features are hashed into so many numbers: a table of this size for all types stays below 1.5 MB."""
MAXIMUM_WORDS = 400
"""Three minutes of talk; what comes later changes no type, and the time to judge stays bounded."""
LONGEST_WORD = 30
"""Syllables: no Korean word is longer; a recogniser that repeats itself may write one."""

_FIRST, _LAST = ord("가"), ord("힣")
# One letter a sound, in the order of Unicode's syllables.
_INITIALS = "ggnddrmbbss.jjcktph"
_VOWELS = "aeAEveVEoWXXOuZXYUwyi"
_FINALS = " gggnnndrgmrrrbrmbbddNddgdbd"
_CARRIED = " ggsnjndrgmbstprmbsssNjcktp."
"""Finals before a mute ㅇ, which they take the place of; ㅎ falls silent."""
_MUTE = "."


def sounds_of(word: str) -> str:
    """A word as its sounds, one letter a sound."""
    sounds: list[str] = []
    final = 0
    for character in word:
        place = ord(character) - _FIRST
        if not 0 <= place <= _LAST - _FIRST:
            sounds.append(_FINALS[final] if final else "")
            sounds.append(character)
            final = 0
            continue
        initial, rest = divmod(place, 588)
        vowel, next_final = divmod(rest, 28)
        if final:
            sounds.append((_CARRIED if _INITIALS[initial] == _MUTE else _FINALS)[final])
        sounds.append(_INITIALS[initial])
        sounds.append(_VOWELS[vowel])
        final = next_final
    sounds.append(_FINALS[final] if final else "")
    return "".join(sounds).replace(_MUTE, "")


def _words(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in words_of(text)[:MAXIMUM_WORDS]]


def pieces_of(text: str) -> Iterator[str]:
    """The pieces of an utterance, as text."""
    words = _words(text)
    for word in words:
        yield f"={word}"
        yield f"^{word[:2]}"
        yield f"^{word[:1]}"
    sounds = f"_{'_'.join(map(sounds_of, words))}_"
    for length in (3, 4, 5):
        for start in range(len(sounds) - length + 1):
            yield sounds[start : start + length]
    compact = "".join(words)
    for length in (2, 3):
        for start in range(len(compact) - length + 1):
            yield compact[start : start + length]


def features_of(text: str, vocabulary: Vocabulary) -> tuple[list[int], list[int]]:
    """Numbers of the pieces (below ``BUCKETS``) and of the classes, each once, in no particular order.

    Args:
        text: What was recognised.
        vocabulary: The classes of words.
    """
    pieces = {crc32(piece.encode()) % BUCKETS for piece in pieces_of(text)}
    return list(pieces), list(classes_in("".join(_words(text)), vocabulary))
