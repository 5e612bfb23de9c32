"""Particles and the copula in the form that the syllable before them asks for."""

from functools import cache

from models.train.text.hangul import coda, is_syllable

# Written behind a consonant: written behind a vowel.
PAIRS = {"은": "는", "은요": "는요", "이": "가", "을": "를", "과": "와", "아": "야"}


@cache
def after(last: str, particle: str) -> str:
    """The form of a particle or of a copula form (이었어요, 인데요) behind a syllable.

    A copula behind a vowel keeps its 이 in writing (친구이고) except in the forms that a good typist
    contracts: 예요, 였, 여서.
    """
    closed = is_syllable(last) and coda(last) != ""
    if particle.startswith("으로"):
        return particle if closed and coda(last) != "ㄹ" else particle[1:]
    if closed:
        return particle
    if particle in PAIRS:
        return PAIRS[particle]
    if particle.startswith("이었"):
        return "였" + particle[2:]
    if particle.startswith("이어"):
        return "여" + particle[2:]
    if particle.startswith("이에"):
        return "예" + particle[2:]
    if particle.startswith("이") and len(particle) > 1:
        return particle[1:]
    return particle
