"""Nearness of Korean words in jamo: a recogniser mishears sounds, not whole syllables.

Cheap substitutions are those that sound alike on a telephone: ㅐ/ㅔ, ㅓ/ㅗ, ㅡ/ㅜ, plain/tense/aspirated
consonants, and final consonants that are pronounced the same (ㄱㅋㄲ, ㄷㅌㅅㅆㅈㅊㅎ, ㅂㅍ).
"""

from __future__ import annotations

from collections.abc import Iterable

_FIRST, _LAST = 0xAC00, 0xD7A3  # Unicode 16, section 3.12: Hangul syllables and their arithmetic
_VOWELS, _FINALS = 21, 28

_CHEAP = 0.35
"""Cost of a substitution of like sounds; any other change costs 1, more than two of these."""

NEAR = 0.8
"""Least similarity that counts as the same word: one unlike jamo in a word of two syllables, two in four."""

_LEADS = [{0, 1, 15}, {3, 4, 16}, {7, 8, 17}, {9, 10}, {12, 13, 14}]  # ㄱㄲㅋ ㄷㄸㅌ ㅂㅃㅍ ㅅㅆ ㅈㅉㅊ
_VOWEL_SETS = [{1, 5}, {4, 8}, {18, 13}, {3, 7}, {10, 11, 15}, {19, 20}]  # ㅐㅔ ㅓㅗ ㅡㅜ ㅒㅖ ㅙㅚㅞ ㅢㅣ
_VOWEL_SETS += [{0, 2}, {4, 6}, {8, 12}, {13, 17}]  # glides that are dropped or added: ㅏㅑ ㅓㅕ ㅗㅛ ㅜㅠ
_FINAL_SETS = [{1, 2, 24}, {7, 19, 20, 22, 23, 25, 27}, {17, 26}]

_LEAD_OFFSET, _VOWEL_OFFSET = 0, 100
_FINAL_OFFSET = 200


def _pairs() -> frozenset[tuple[int, int]]:
    pairs = set()
    for offset, sets in ((_LEAD_OFFSET, _LEADS), (_VOWEL_OFFSET, _VOWEL_SETS), (_FINAL_OFFSET, _FINAL_SETS)):
        for alike in sets:
            pairs |= {(a + offset, b + offset) for a in alike for b in alike if a != b}
    return frozenset(pairs)


_ALIKE = _pairs()


def to_jamo(word: str) -> list[int]:
    """The sounds of a word as numbers; a character that is no Hangul syllable stands for itself."""
    sounds: list[int] = []
    for character in word:
        code = ord(character)
        if _FIRST <= code <= _LAST:
            lead, rest = divmod(code - _FIRST, _VOWELS * _FINALS)
            vowel, final = divmod(rest, _FINALS)
            sounds += (lead + _LEAD_OFFSET, vowel + _VOWEL_OFFSET)
            if final:
                sounds.append(final + _FINAL_OFFSET)
        else:
            sounds.append(character_code(character))
    return sounds


_SILENT = 11
"""ㅇ as a lead has no sound."""
_LINKED = {1: 0, 2: 1, 4: 2, 7: 3, 8: 5, 16: 6, 17: 7, 19: 9, 20: 10, 22: 12, 23: 14, 24: 15, 25: 16, 26: 17}
_LINKED |= {6: 2, 15: 5}
"""Final consonant → the same as a lead, before a vowel (Standard Pronunciation, articles 13 and 12.4)."""
_SPLIT = {3: (1, 10), 5: (4, 12), 9: (8, 0), 10: (8, 6), 11: (8, 7), 12: (8, 10), 13: (8, 16), 14: (8, 17)}
_SPLIT |= {18: (17, 10)}
"""Double finals before a vowel: the first stays, the second goes over (없어 = 업써; article 14)."""
_H = 27
_ASPIRATED = {0: 15, 3: 16, 12: 14}
"""ㄱ ㄷ ㅈ after a final ㅎ are spoken ㅋ ㅌ ㅊ (article 12.1)."""


def to_sounds(word: str) -> list[int]:
    """The word as it is spoken: finals linked over to a vowel (물이 = 무리), ㅎ merged (그렇죠 = 그러쵸)."""
    syllables: list[list[int]] = []
    for character in word:
        code = ord(character) - _FIRST
        if not 0 <= code <= _LAST - _FIRST:
            syllables.append([character_code(character)])
            continue
        lead, rest = divmod(code, _VOWELS * _FINALS)
        vowel, final = divmod(rest, _FINALS)
        if syllables and len(syllables[-1]) == 3:
            before = syllables[-1]
            if lead == _SILENT and before[2] in _LINKED:
                lead, before[2] = _LINKED[before[2]], 0
            elif lead == _SILENT and before[2] in _SPLIT:
                before[2], lead = _SPLIT[before[2]]
            elif before[2] == _H:
                lead, before[2] = _ASPIRATED.get(lead, lead), 0
        syllables.append([lead, vowel, final])
    sounds: list[int] = []
    for syllable in syllables:
        if len(syllable) == 1:
            sounds += syllable
            continue
        lead, vowel, final = syllable
        sounds += (lead + _LEAD_OFFSET, vowel + _VOWEL_OFFSET)
        if final:
            sounds.append(final + _FINAL_OFFSET)
    return sounds


def character_code(character: str) -> int:
    """A character that is no Hangul syllable, as a sound of its own."""
    return ord(character) + 1000


def similarity(one: str, other: str) -> float:
    """1 for equal words, 0 for words without a common sound (weighted edit distance over jamo)."""
    if one == other:
        return 1.0
    a, b = to_sounds(one), to_sounds(other)
    longest = max(len(a), len(b))
    if not a or not b or abs(len(a) - len(b)) > longest // 2:
        return 0.0
    above = [float(i) for i in range(len(b) + 1)]
    for i, x in enumerate(a, start=1):
        row = [float(i)]
        for j, y in enumerate(b, start=1):
            change = 0.0 if x == y else (_CHEAP if (x, y) in _ALIKE else 1.0)
            row.append(min(above[j - 1] + change, above[j] + 1.0, row[j - 1] + 1.0))
        above = row
    return 1.0 - above[-1] / longest


def nearest(word: str, forms: Iterable[str]) -> tuple[str, float]:
    """The form that sounds most like the word, and how alike; ``("", 0.0)`` where none is near.

    A word or form of one syllable is never matched by nearness: 네, 내 and 예 are one jamo apart.
    """
    best, best_score = "", 0.0
    if len(word) < 2:
        return best, best_score
    for form in forms:
        if len(form) < 2 or abs(len(form) - len(word)) > 1:
            continue
        score = similarity(word, form)
        if score > best_score:
            best, best_score = form, score
    return (best, best_score) if best_score >= NEAR else ("", 0.0)
