"""What of an answer is worth remembering, by simple rules; see ``memory.py`` for what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicebot.dialogue.flow.korean import with_particle
from voicebot.dialogue.understanding.words import words_of
from voicebot.services.care.memory import FactKind, Note

_ACHES = r"아프|아파|아픕|아픈|쑤시|쑤셔|쑤신|결려|결리|저려|저리|욱신|뻐근|시큰|안좋|불편"
_OVER = r"(?:(?:다|이제|많이|싹)+(?:나았|좋아졌|괜찮|풀렸|나아)|(?:다|싹)났)"
_NO = r"(?:안|하나도안|이제안)(?:아프|아파|저려|쑤셔|쑤시)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Subjects with what may be said about them: the first pattern that is found gives the sentence."""

    kind: FactKind
    subjects: str
    """Names of subjects, with ``|`` between them."""
    about: tuple[tuple[str, str], ...]
    """Pattern after the subject → sentence, with the particle after the subject. Empty: it is over."""


_PARTICLE = r"(?:이|가|은|는|도|을|를|에|랑|하고|이랑)?.{0,8}?"

_RULES: tuple[_Rule, ...] = (
    _Rule(
        kind=FactKind.HEALTH,
        subjects="무릎|허리|어깨|다리|머리|가슴|배|발목|손목|목|팔|등|눈|귀|이빨|속",
        about=((_OVER, ""), (_NO, ""), (_ACHES, "{이/가} 아프다")),
    ),
    _Rule(
        kind=FactKind.HEALTH,
        subjects="당뇨|고혈압|관절염|천식|백내장",
        about=((r"있|심|약|앓|때문", "{이/가} 있다"),),
    ),
    _Rule(
        kind=FactKind.HEALTH,
        subjects="혈압",
        about=((r"정상|괜찮|내렸", ""), (r"높|약|올라", "{이/가} 높다")),
    ),
    _Rule(
        kind=FactKind.MEALS,
        subjects="입맛",
        about=((r"돌아왔|좋아졌|생겼", ""), (r"없|떨어졌|잃", "{이/가} 없다")),
    ),
    _Rule(
        kind=FactKind.SLEEP,
        subjects="잠",
        about=(
            (r"(?:이제|요즘은|다시)잘|푹", ""),
            (r"설치|설쳤|못|안와|안오|깨", "{을/를} 설친다"),
        ),
    ),
    _Rule(
        kind=FactKind.PLACES,
        subjects="복지관|경로당|노인정|교회|성당|절|텃밭|공원|시장|병원",
        about=(
            (r"안다녀|안다니|안가|못가|그만뒀|그만두", ""),
            (r"다녀|다니|다닙|나가|가요|갑니다|갔|가서", "{에} 다닌다"),
        ),
    ),
    _Rule(
        kind=FactKind.PETS,
        subjects="강아지|고양이|개|새|물고기",
        about=(
            (r"죽었|떠났|없어졌|보냈", ""),
            (r"키우|키워|기르|길러|있어|있습|같이살|데리고", "{을/를} 키운다"),
        ),
    ),
    _Rule(
        kind=FactKind.FAMILY,
        subjects="딸|아들|손자|손녀|며느리|사위|동생|언니|누나|형",
        about=(
            (r"아파|아프|병원|입원|수술", "{이/가} 아프다"),
            (r"왔다|온다|다녀|와요|옵니다|찾아|왔어|오기로", "{이/가} 찾아온다"),
            (r"멀리|외국|미국", "{이/가} 멀리 산다"),
        ),
    ),
)

_SINGLE_AT_START = frozenset("배 목 팔 등 눈 귀 속 개 새 절 형 딸 잠".split())
"""Subjects of one syllable: only at the beginning of a word, where they are no part of another one."""


def notes(said: str) -> tuple[Note, ...]:
    """What an answer says that is worth remembering; always in our words, never in the citizen's.

    Args:
        said: What was recognised.
    """
    words = words_of(said)
    found: dict[tuple[FactKind, str], Note] = {}
    for rule in _RULES:
        for subject in rule.subjects.split("|"):
            rest = _after(words, subject)
            sentence = _sentence(rule, rest) if rest is not None else None
            if sentence is not None and (rule.kind, subject) not in found:
                found[(rule.kind, subject)] = Note(
                    kind=rule.kind, subject=subject, text=_filled(sentence, subject)
                )
    return tuple(found.values())


_AFTER_ONE_SYLLABLE = re.compile(
    r"^(?:이|가|은|는|도|을|를|에|랑|하고|이랑|만)?(?:$|안|못|많|너|좀|자|아|쑤|저)"
)


def _after(words: list[str], subject: str) -> str | None:
    """What follows the subject, without spaces; ``None``: it is not named."""
    for place, word in enumerate(words):
        if not word.startswith(subject):
            continue
        rest = word[len(subject) :]
        if subject in _SINGLE_AT_START and not _AFTER_ONE_SYLLABLE.match(rest):
            continue
        return rest + "".join(words[place + 1 :])
    return None


def _sentence(rule: _Rule, rest: str) -> str | None:
    return next((text for pattern, text in rule.about if re.match(_PARTICLE + f"(?:{pattern})", rest)), None)


def _filled(sentence: str, subject: str) -> str:
    """The sentence with its subject and the particle that follows it."""
    if not sentence:
        return ""
    particle, _, rest = sentence.removeprefix("{").partition("}")
    first, _, second = particle.partition("/")
    return (with_particle(subject, (first, second)) if second else subject + first) + rest
