"""What staff must know of a story: anomalies of a care call, by words, with their urgency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from voicebot.dialogue.understanding.words import words_of
from voicebot.services.care.clauses import Clause, clauses

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
    r"|삭신|가슴(?:이|도)?(?:너무|많이|자꾸|좀|막)*(?:답답|조이|조여)"
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
        r"(?:숨(?:이|도)?|수미)(?:너무|많이|자꾸|좀|막)*(?:차|가빠|가쁘|가쁜|막혀|막히|답답)|헐떡"
        r"|숨쉬기(?:가|도)?(?:너무|많이|자꾸|좀|영)*(?:힘들|힘드|어려|어렵|곤란|불편)|숨을(?:잘|제대로|통)*못쉬",
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
_BETTER = re.compile(
    r"(?:다|이제|많이|싹)(?:나았|좋아졌|괜찮아졌|풀렸|나아)|(?:다|싹)났|(?:이제|지금)(?:은)?(?:괜찮|멀쩡)"
)
"""The trouble is over: it is no news for staff, unless somebody fell."""
_NEVER_OVER = frozenset({"scam"})
"""Money that is gone is gone, whatever the citizen was told about it."""
_LONG_AGO = re.compile(
    r"(?:옛날|예전|작년|재작년)(?:에|엔)|젊(?:을|었을)때|어(?:릴|렸을)때|[몇\d이삼사오십]년전"
)
"""A fall of another time brings nobody to the telephone now; an ache since then does."""

_SUBJECT = re.compile(r"(?!이제|지금|요즘|오늘)[가-힣]{2,}(?:은|는|이|가)$")


def anomalies(said: str) -> tuple[Anomaly, ...]:
    """The anomalies that a story tells of, the most urgent first.

    Args:
        said: What was recognised.
    """
    spoken = words_of(said)
    compact = "".join(spoken)
    beginnings = [0, *accumulate(map(len, spoken))]
    told_in = clauses(spoken)
    found: list[Anomaly] = []
    for kind, level, pattern in _PATTERNS:
        levels = [
            told
            for match in pattern.finditer(compact)
            if kind not in _BEGINS_A_WORD or match.start() in beginnings
            if (told := _told(kind, match, level, compact, told_in)) is not None
        ]
        if levels:
            found.append(Anomaly(kind=kind, level=min(levels, key=_BY_URGENCY.index)))
    return tuple(sorted(found, key=lambda each: _BY_URGENCY.index(each.level)))


_BY_URGENCY = tuple(Level)


def _told(
    kind: str, found: re.Match[str], level: Level, compact: str, told_in: Sequence[Clause]
) -> Level | None:
    """How urgent what was found is; ``None`` where it is taken back, over, or long ago."""
    before, after = compact[: found.start()], compact[found.end() :]
    if _NOT_BEFORE.search(before) or _TAKEN_BACK.match(after):
        return None
    own = next(place for place, clause in enumerate(told_in) if found.start() < clause.end)
    if level is Level.URGENT and _LONG_AGO.search(told_in[own].text):
        return None
    if kind not in _NEVER_OVER and _is_over(told_in, own):
        # Old people make little of a fall: staff ask after it, but nobody is called to the telephone.
        return Level.TODAY if level is Level.URGENT else None
    return level


def _is_over(told_in: Sequence[Clause], own: int) -> bool:
    """Whether its own clause says so, or the next one without a subject of its own (감기는 다 나았어요)."""
    if _BETTER.search(told_in[own].text):
        return True
    following = told_in[own + 1] if own + 1 < len(told_in) else None
    return (
        following is not None
        and _BETTER.search(following.text) is not None
        and not any(_SUBJECT.match(word) for word in following.words)
    )


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
