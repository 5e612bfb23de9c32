"""What staff must know of a story: anomalies of a care call, by words, with their urgency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from voicebot.dialogue.understanding.words import words_of

FEVER_C = 37.5
"""Degrees Celsius from which a care call reports fever (the cities' care calls)."""


class Level(StrEnum):
    """How soon staff must act."""

    URGENT = "urgent"
    """Now: the citizen is brought to a person in the same call."""
    TODAY = "today"
    """The same day: staff are alerted at once and call or visit."""
    NOTE = "note"
    """Worth knowing: one skipped meal or one bad night is looked at with the next calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """Something in the citizen's life that is not as it should be."""

    kind: str
    level: Level


_ACHES = (
    r"아프|아파|아픕|아픈|쑤시|쑤셔|쑤신|결려|결리|저려|저리|욱신|뻐근|통증|어지러|어지럽|체했|더부룩|시큰"
    r"|삭신"
)

_WORDS: tuple[tuple[str, Level, str], ...] = (
    (
        "fall",
        Level.URGENT,
        r"(?:넘어|너머|넘아)(?:졌|져|젔|진)|자빠(?:졌|져|진)|(?:엎어|어퍼)(?:졌|져|젔|진)|굴러떨어|낙상|미끄러(?:졌|져서)|(?:침대|계단)에서떨어",
    ),
    (
        "breath",
        Level.URGENT,
        r"(?:숨(?:이|도)?|수미)(?:너무|많이|자꾸|좀)*(?:차|가빠|가쁘|막혀|막히)|숨쉬기(?:가)?(?:힘들|어려|곤란)",
    ),
    (
        "scam",
        Level.TODAY,
        r"보이스피싱|사기(?:를)?(?:당|전화)|(?:돈|현금)(?:을|도)?(?:좀)?(?:보내|부치|달라|달래|찾아오)"
        r"|(?:통장|계좌|카드|비밀번호)(?:을|를|번호를)?(?:좀)?(?:달라|달래|알려|불러|맡기)|검찰(?:청)?(?:이라|에서)",
    ),
    (
        "utility",
        Level.TODAY,
        r"(?:보일러|난방|전기|수도|가스|온수|뜨거운물|물)(?:이|가|도|를)?(?:또|아예|갑자기|어제부터|계속)*"
        r"(?:고장|안(?:돌아|나와|나오|들어|켜|돼|되)|끊[겼어긴]|나갔|얼었|얼어)|(?:집|방)이(?:너무|많이)?(?:추워|추운|춥|냉골)",
    ),
    (
        "fever",
        Level.TODAY,
        r"(?:(?:고|미)?열(?:이|도)?|여리)(?:좀|막|자꾸|계속|많이)*(?:나(?!게)|났|펄펄|있|높|올라|올랐)|몸살|오한",
    ),
    ("respiratory", Level.TODAY, r"기침(?:이|을)?(?:자꾸|많이|계속|좀)*(?:나|해|심|하)|가래|콜록"),
    (
        "confusion",
        Level.TODAY,
        r"(?:여기가|내가)어딘지|길을잃|집을(?:못찾|잊)|누군지(?:도)?(?:모르|몰라)|자꾸(?:깜빡|까먹|잊어)|기억이(?:통|자꾸|잘)?안나",
    ),
    (
        "medicine",
        Level.TODAY,
        r"약(?:을|이|도)?(?:다|요즘)?(?:안먹|못먹|떨어졌|떨어져|없어서|거르|걸렀|빼먹|잊어)",
    ),
    (
        "low_mood",
        Level.TODAY,
        r"우울|외로|외롭|쓸쓸|슬퍼|슬프|눈물|허전|적적|사는게(?:힘|재미)|아무것도하기싫|낙이없|의욕이없|울었",
    ),
    ("pain", Level.TODAY, _ACHES),
    (
        "help",
        Level.TODAY,
        r"도와(?:줘|주|달)|도움이필요|(?:쌀|반찬|먹을것|먹을게|연탄)(?:이|도)?(?:다)?(?:떨어졌|떨어져|없)"
        r"|병원에(?:좀)?(?:데려|같이|못가|가고싶)|고쳐(?:줘|주|달)|와(?:줬으면|주셨으면|주세요)|(?:거동|혼자걷기)(?:이|가)?(?:힘|불편)",
    ),
    (
        "meal",
        Level.NOTE,
        r"굶|밥(?:을|도)?(?:안먹|못먹|걸렀|거르)|입맛(?:이|도)?(?:통|하나도)?없|아무것도(?:안먹|못먹)",
    ),
    (
        "sleep",
        Level.NOTE,
        r"잠(?:을|이|도)?(?:통|잘|한숨도|거의)*(?:못|안)|못잤|뜬눈|설쳤|설쳐|자다가?깨|자꾸깨|불면",
    ),
)
"""Kind, urgency, words; the more urgent first, and within one urgency the more specific first. What
cannot wait is also known as it sounds (너머졌, 수미 차): a small recogniser writes what it hears."""

_BEGINS_A_WORD = frozenset({"fever"})
"""Kinds whose words are short enough to be found inside others (문을 열어, 시내에서)."""

_PATTERNS = tuple((kind, level, re.compile(words)) for kind, level, words in _WORDS)

_TAKEN_BACK = re.compile(
    r"^[가-힣]{0,2}?(?:지(?:는|도|가)?(?:않|안|못)|ㄹ?뻔|(?:ㄹ|을)?뻔했|적(?:은|이|도)?없|[은는]?(?:데|곳)(?:는|은|가|도|이)?(?:하나도)?없"
    r"|(?:건|것은|거는)?(?:은|는)?아니(?:고|에|야|지|라)|(?:것|거|일)(?:도|은)?없)"
)
"""What follows and takes it back: "아프지는 않아요", "넘어진 적 없어요", "아픈 데 없어요"."""
_NOT_BEFORE = re.compile(r"(?:안|별로안|하나도안|전혀안)$")
_BETTER = re.compile(r"(?:다|이제|많이|싹)(?:나았|좋아졌|괜찮아졌|풀렸|나아)|(?:다|싹)났")
"""The trouble is over: it is no news for staff."""


def anomalies(said: str) -> tuple[Anomaly, ...]:
    """The anomalies that a story tells of, the most urgent first.

    Args:
        said: What was recognised.
    """
    spoken = words_of(said)
    compact = "".join(spoken)
    if _BETTER.search(compact):
        return ()
    beginnings = {0, *accumulate(map(len, spoken))}
    return tuple(
        Anomaly(kind=kind, level=level)
        for kind, level, pattern in _PATTERNS
        if any(
            _meant(compact, found) and (kind not in _BEGINS_A_WORD or found.start() in beginnings)
            for found in pattern.finditer(compact)
        )
    )


def _meant(compact: str, found: re.Match[str]) -> bool:
    before, after = compact[: found.start()], compact[found.end() :]
    return not (_NOT_BEFORE.search(before) or _TAKEN_BACK.match(after))


def is_fever(temperature: str) -> bool:
    """Whether a measured temperature is fever.

    Args:
        temperature: Degrees Celsius with one decimal, or ``normal`` (the machine's answer to a question of
            the kind ``temperature``).
    """
    try:
        return float(temperature) >= FEVER_C
    except ValueError:  # "normal"
        return False
