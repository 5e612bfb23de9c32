"""Particles and the copula in the form that the syllable before them asks for."""

from functools import cache

from models.train.text.hangul import coda, is_syllable

# Written behind a consonant: written behind a vowel.
PAIRS = {
    "은": "는",
    "이": "가",
    "을": "를",
    "과": "와",
    "으로": "로",
    "이랑": "랑",
    "이나": "나",
    "이라도": "라도",
    "이라서": "라서",
    "이라고": "라고",
    "이라는": "라는",
    "이란": "란",
    "이든": "든",
    "이든지": "든지",
    "이며": "며",
    "이야": "야",
    "아": "야",
    "이고": "고",
    "이요": "요",
    "이여": "여",
    "으로는": "로는",
    "으로도": "로도",
    "으로만": "로만",
    "으로부터": "로부터",
    "이네": "네",
    "은요": "는요",
    "이나마": "나마",
    "이면": "면",
    "이지만": "지만",
    "이에요": "예요",
    "이니까": "니까",
    "이랑은": "랑은",
    "이하고": "하고",
}


@cache
def after(last: str, particle: str) -> str:
    """The form of a particle or of a copula form (이었어요, 인데요) behind a syllable.

    A copula behind a vowel keeps its 이 in writing (친구이고) except in the forms that a good typist
    contracts: 예요, 였, 여서.
    """
    closed = is_syllable(last) and coda(last) != ""
    if particle.startswith("으로") or particle == "으로":
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
