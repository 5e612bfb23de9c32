"""How alike two Korean texts sound: compared in jamo, as recognition errors are errors of single sounds."""

from __future__ import annotations

import unicodedata

_FINALS = (
    *"ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ".split(),
    *"ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ Ŋ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split(),
)
_INITIALS = [*"ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆ", "", *"ㅈㅉㅊㅋㅌㅍㅎ"]
_SOUNDS = {
    **{0x11A8 + index: letters for index, letters in enumerate(_FINALS)},
    **{0x1100 + index: letter for index, letter in enumerate(_INITIALS)},
}
"""Unicode 3.12, conjoining jamo. Final consonants become the letters of initial ones, and the mute initial
vanishes, so that a recogniser that writes what it hears (사라미 for 사람이) is right; the final ng keeps a
letter of its own."""


def jamo(text: str) -> str:
    """The sounds of a text: letters and digits without spaces and signs, syllables taken apart (NFD)."""
    kept = (character for character in text.casefold() if character.isalnum())
    return unicodedata.normalize("NFD", "".join(kept)).translate(_SOUNDS)


def similarity(left: str, right: str) -> float:
    """1 − edit distance (Levenshtein 1966) over the longer length, in jamo; 1 for two empty texts."""
    a, b = jamo(left), jamo(right)
    longest = max(len(a), len(b))
    if longest == 0:
        return 1.0
    return 1.0 - _distances(a, b, anywhere=False)[-1] / longest


def contained(keyword: str, text: str) -> float:
    """How well a keyword is found anywhere in a text, 0 to 1; see ``find``."""
    return find(keyword, text)[0]


def find(keyword: str, text: str) -> tuple[float, int]:
    """The best place of a keyword in a text; of equally good ones the last.

    The alignment is free at both ends of the text (Sellers 1980).

    Returns:
        1 − edit distance over the keyword's own length, not below 0; and how many jamo the place leaves
        after it.
    """
    needle, hay = jamo(keyword), jamo(text)
    if not needle:
        return 0.0, len(hay)
    distances = _distances(needle, hay, anywhere=True)
    best = min(distances)
    left = distances[::-1].index(best)
    return max(0.0, 1.0 - best / len(needle)), left


def _distances(a: str, b: str, *, anywhere: bool) -> list[int]:
    """Last row of the edit-distance table of ``a`` against ``b``: entry j is the distance to ``b[:j]``.

    With ``anywhere`` the match may begin at any place in ``b``.
    """
    row = [0] * (len(b) + 1) if anywhere else list(range(len(b) + 1))
    for i, symbol in enumerate(a, start=1):
        previous, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            above = row[j]
            row[j] = min(above + 1, row[j - 1] + 1, previous + (symbol != other))
            previous = above
    return row
