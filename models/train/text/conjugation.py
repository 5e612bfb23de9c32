"""Verbs and adjectives with their endings: vowel harmony, contraction and the irregular classes.

An ending is written the way a dictionary writes it, and its first letter says how it joins:

* `어…` harmony: 아 or 어, contracted where Korean contracts (`어요`, `었는데`: 봐요, 했는데);
* `으…` a vowel that only a consonant needs (`으면`, `은`, `을까요`: 가면, 먹으면, 갈까요);
* `습…` 습 after a consonant, ㅂ under a vowel (`습니다`: 먹습니다, 갑니다);
* `ㄴ…` 는 after a consonant, ㄴ under a vowel (`ㄴ다고`: 먹는다고, 간다고);
* anything else is put behind the stem (`고`, `지만`, `는데`); ㄹ falls before ㄴ, ㅂ and ㅅ.

Source: 한글 맞춤법 (Korean orthography), chapter 4, sections 2 and 5, articles 15 to 18 and 34 to 38.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from models.train.text.hangul import coda, parts, vowel, with_coda, with_vowel


class Kind(Enum):
    """What a stem is: it decides between pairs such as 는데 and 은데."""

    VERB = "verb"
    ADJECTIVE = "adjective"
    EXISTENCE = "existence"  # 있다, 없다: 있는데 as a verb, 있다고 as an adjective
    COPULA = "copula"  # 이다, 아니다


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """A stem without 다, its kind, and its class of change (`""` for a regular one)."""

    text: str
    kind: Kind
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One ending in its forms by kind of stem; None where a kind does not take it."""

    verb: str | None
    adjective: str | None
    copula: str | None

    def of(self, kind: Kind) -> str | None:
        """The form that a kind of stem takes."""
        match kind:
            case Kind.VERB:
                return self.verb
            case Kind.ADJECTIVE:
                return self.adjective
            case Kind.COPULA:
                return self.copula
            case Kind.EXISTENCE:
                # 있는데, 있느냐고 as a verb; 있구나, 있다고 as an adjective; 있는 것 같아요 for 은 것 같아요.
                adjective = self.adjective
                if adjective is None or adjective[0] not in "은으":
                    return adjective
                if self.verb == adjective and adjective.startswith("은"):
                    return "는" + adjective[1:]
                return self.verb


REGULAR_P = frozenset("좁뽑입잡집씹접업꼽뵙")  # ㅂ stays: 좁아, 잡아
DROPPED_S = frozenset("짓낫붓잇긋젓")  # ㅅ falls: 지어, 나아
CHANGED_T = frozenset("걷듣묻싣긷")  # ㄷ becomes ㄹ: 걸어, 들어 (묻다 to bury and 걷다 to roll up are marked)
ONLY_EU = ("따르", "치르", "들르", "다다르", "우러르", "잠그", "담그")  # 르 that only loses ㅡ: 따라
# 르 that becomes 르러: 푸르러, 이르러; 누르다 (to press) and 이르다 (early; to tell) are of class 르.
REO = frozenset({("푸르", Kind.ADJECTIVE), ("누르", Kind.ADJECTIVE), ("이르", Kind.VERB)})
# Stems that are honorific already: 계세요, not 계셔요.
HONORIFIC = ("계시", "주무시", "드시", "잡수시", "돌아가시", "편찮으시", "말씀하시")
ROUND_P = frozenset("돕곱")  # the two whose ㅂ becomes 오: 도와, 고와
SHOWING = ("이렇", "그렇", "저렇", "어떻", "요렇", "고렇")  # 이래, 어때: ㅐ against 퍼레
FRONTED = {"ㅏ": "ㅐ", "ㅑ": "ㅒ", "ㅓ": "ㅔ", "ㅕ": "ㅖ"}  # 빨갛다, 하얗다, 퍼렇다, 허옇다 before 어
LIGHT = frozenset("ㅏㅗㅑ")  # vowels that take 아


def change_of(text: str, kind: Kind) -> str:
    """The class of change of a stem, from its last syllable and the lists above."""
    last = text[-1]
    end = coda(text)
    if kind is Kind.COPULA:
        return "이"
    if last == "하":
        return "하"
    if text.endswith(HONORIFIC):
        return "시"
    if last == "르" and not text.endswith(ONLY_EU):
        return "러" if (text, kind) in REO else "르"
    if text == "푸":
        return "우"
    if not end and vowel(text) == "ㅡ":
        return "으"
    if end == "ㅂ" and last not in REGULAR_P and text != "수줍":
        return "ㅂ"
    if end == "ㅅ" and last in DROPPED_S:
        return "ㅅ"
    if end == "ㄷ" and (last in CHANGED_T or text == "깨닫"):
        return "ㄷ"
    if end == "ㅎ" and kind is Kind.ADJECTIVE and last != "좋":
        return "ㅎ"
    return "ㄹ" if end == "ㄹ" else ""


def stem(word: str, kind: Kind) -> Stem:
    """The stem of a dictionary form; `/` and a class overrides the class its letters suggest.

    `걷다` is ㄷ-irregular, `걷다/` (to roll up) regular, `이르다/르` of class 르.

    Raises:
        ValueError: for a word that does not end in 다.
    """
    form, slash, marked = word.partition("/")
    if len(form) < 2 or not form.endswith("다"):
        raise ValueError(f"{word!r} is no dictionary form: it has to end in 다")
    text = form[:-1]
    return Stem(text=text, kind=kind, change=marked if slash else change_of(text, kind))


def infinitive(stem: Stem) -> str:
    """The 아/어 form: 가, 봐, 해, 추워, 걸어, 몰라, 파래."""
    text = stem.text
    before = text[:-1]
    match stem.change:
        case "하":
            return before + "해"
        case "이":
            return text + "어"
        case "ㅂ":
            return before + with_coda(text[-1], "") + ("와" if text[-1] in ROUND_P else "워")
        case "ㅎ":
            light = (
                "ㅐ"
                if text.endswith(SHOWING)
                else {"ㅏ": "ㅐ", "ㅑ": "ㅒ", "ㅓ": "ㅔ", "ㅕ": "ㅖ"}[vowel(text)]
            )
            return with_vowel(with_coda(text, ""), light)
        case "르":
            return with_coda(before, "ㄹ") + ("라" if vowel(before) in LIGHT else "러")
        case "러":
            return text + "러"
        case "우":
            return before + with_vowel(text[-1], "ㅓ")
        case "으":
            return with_vowel(text, "ㅏ" if before[-1:].strip() and vowel(before) in LIGHT else "ㅓ")
        case "ㅅ":
            text = with_coda(text, "")
            return text + ("아" if vowel(text) in LIGHT else "어")
        case "ㄷ":
            text = with_coda(text, "ㄹ")
    return contracted(text)


def contracted(text: str) -> str:
    """아 or 어 behind a regular stem, contracted where the vowels meet."""
    last = vowel(text)
    if coda(text):
        return text + ("아" if last in LIGHT else "어")
    match last:
        case "ㅏ" | "ㅓ" | "ㅐ" | "ㅔ" | "ㅕ" | "ㅖ":
            return text
        case "ㅗ":
            return with_vowel(text, "ㅘ")
        case "ㅜ":
            return with_vowel(text, "ㅝ")
        case "ㅣ":
            return with_vowel(text, "ㅕ")
        case "ㅚ":
            return with_vowel(text, "ㅙ")
        case _:
            return text + "어"


def euphonic(stem: Stem) -> tuple[str, bool]:
    """The stem before 으, and whether it is open, so that 으 falls."""
    text = stem.text
    match stem.change:
        case "ㅂ":
            return with_coda(text, "") + "우", True
        case "ㅎ":
            return with_coda(text, ""), True
        case "ㅅ":
            return with_coda(text, ""), False
        case "ㄷ":
            return with_coda(text, "ㄹ"), False
    return text, not coda(text)


@cache
def attach(stem: Stem, ending: str) -> str:
    """The stem with an ending written as the head of this file explains."""
    if ending[0] == "ㄴ":
        return joined(stem, "ㄴ", ending[1:], "는" + ending[1:])
    if ending[0] == "습":
        return joined(stem, "ㅂ", ending[1:], ending)
    onset, middle, last = parts(ending[0])
    if onset == "ㅇ" and middle == "ㅓ":
        return harmonic(stem, last, ending[1:])
    if onset == "ㅇ" and middle == "ㅡ":
        if stem.change == "시" and not last and parts(ending[1])[0] == "ㅅ":
            return stem.text[:-1] + ending[1:]  # no second 시: 계세요, 드십시오
        return buffered(stem, last, ending)
    if stem.change == "ㄹ" and onset in "ㄴㅂㅅ":
        return with_coda(stem.text, "") + ending
    return stem.text + ending


def joined(stem: Stem, letter: str, rest: str, closed: str) -> str:
    """A letter under an open stem (ㄹ falls), the closed form behind any other."""
    if stem.change == "ㄹ" or not coda(stem.text):
        return with_coda(stem.text, letter) + rest
    return stem.text + closed


def harmonic(stem: Stem, last: str, rest: str) -> str:
    """An ending that begins with 아 or 어."""
    if stem.kind is Kind.COPULA and not last and rest.startswith("요"):
        return stem.text + "에" + rest
    if stem.change == "시" and not last and rest.startswith("요"):
        return with_vowel(stem.text, "ㅔ") + rest
    base = infinitive(stem)
    return (with_coda(base, last) if last else base) + rest


def buffered(stem: Stem, last: str, ending: str) -> str:
    """An ending that begins with 으, which falls behind an open stem and behind ㄹ."""
    base, is_open = euphonic(stem)
    rest = ending[1:]
    if stem.change == "ㄹ":
        next_sound = last or parts(rest[0])[0]
        open_base = with_coda(base, "")
        if last == "ㅁ":
            return with_coda(base, "ㄻ") + rest
        if last:
            return with_coda(open_base, last) + rest
        return (open_base if next_sound in "ㄴㅂㅅㅇ" else base) + rest
    if not is_open:
        return base + ending
    return (with_coda(base, last) if last else base) + rest
