"""The welfare flow's computations: slots in, slots out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from voicebot.dialogue.understanding.jamo import nearest
from voicebot.dialogue.understanding.resident import MASK
from voicebot.dialogue.walk import Functions
from voicebot.services.welfare.amounts import UNLIMITED
from voicebot.services.welfare.evaluation import Offer, Verdict, evaluate, offers_of, sure_most_krw
from voicebot.services.welfare.known import read_known
from voicebot.services.welfare.planning import knowledge_of, next_question
from voicebot.services.welfare.profile import DOMAINS, Knowledge, mask
from voicebot.services.welfare.questions import NOT_KNOWN
from voicebot.services.welfare.rules import Benefit, Rules
from voicebot.services.welfare.volunteered import QUESTIONS, volunteered

DONE = "done"
"""The ``next_question`` when nothing is left to ask."""

_MOST_TOLD = 3
"""Benefits told by voice; more are not kept in mind, the others go into the text message."""

_MOST_NOT_KNOWN = 5
"""After five "I don't know" the call stops asking: an officer can find out more quickly."""

_YOUNGEST = 7
"""Somebody who answers the telephone and agrees to questions is no small child."""

_PENSION_AGE = 65
"""From which age 기초연금 is paid (기초연금법 §3)."""

_TYPICAL_BILL_KRW = 30_000
"""A mobile bill before VAT that is common; only the order in which benefits are told rests on it."""

_DIGITS = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
_UNITS = ((1000, "천"), (100, "백"), (10, "십"), (1, ""))

_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("fraud", re.compile(r"사기|피싱|못\s*믿|의심|돈\s*(?:을|달|내라|보내)|계좌")),
    ("papers", re.compile(r"서류|준비물|챙겨|필요한\s*(?:게|거|것)|가져|신분증")),
    ("how_much", re.compile(r"얼마|몇\s*원|금액")),
    ("where", re.compile(r"어디|주민센터|동사무소|행정복지")),
    ("when", re.compile(r"언제|며칠|몇\s*월|기간|얼마나\s*걸")),
    ("who", re.compile(r"누구|누군|어느\s*(?:기관|부서)|사람이")),
)
_NOTHING_MORE = re.compile(
    r"^(?:네|예|음|아)?(?:아니|아뇨|없|됐|괜찮|그만|충분|다\s*(?:들었|알)|알겠|고마|고맙|감사|끊)"
)

_NO_FORMS = ("없어요", "없습니다", "없어", "없네요", "아니요", "됐어요", "됐습니다", "괜찮아요", "괜찮습니다")


def functions(rules: Rules) -> Functions:
    """What the flow computes with.

    Args:
        rules: The benefits; those without a period on the day of the call are left out of it.
    """

    def plan(slots: Mapping[str, str]) -> dict[str, str]:
        """``next_question``: a state's name, or ``done``."""
        if len(_not_known(slots)) >= _MOST_NOT_KNOWN:
            return {"next_question": DONE}
        found = next_question(_offers(rules, slots), _begin(slots), _answers(slots))
        return {"next_question": found or DONE}

    def tell(slots: Mapping[str, str]) -> dict[str, str]:
        """``found`` (none, some, more, unclear), ``told`` (to be spoken) and ``benefits`` (for the case)."""
        knowledge = knowledge_of(_answers(slots), _begin(slots))
        offers = _offers(rules, slots)
        verdicts = {key: evaluate(offer, knowledge) for key, offer in offers.items()}
        typical = replace(knowledge, bill_krw=_TYPICAL_BILL_KRW)
        entitled = sorted(
            (key for key, verdict in verdicts.items() if verdict.eligible),
            key=lambda key: -_monthly_krw(key, evaluate(offers[key], typical)),
        )
        unclear = [key for key, verdict in verdicts.items() if verdict.eligible is None]
        if not entitled:
            return {"found": "unclear" if unclear else "none", "told": "", "benefits": " ".join(unclear)}
        told = ", ".join(
            _spoken(rules.benefits[key], verdicts[key], sure_most_krw(offers[key], knowledge))
            for key in entitled[:_MOST_TOLD]
        )
        found = "more" if len(entitled) > _MOST_TOLD else "some"
        return {"found": found, "told": told, "benefits": " ".join(entitled)}

    return {
        "plan": plan,
        "tell": tell,
        "note_not_known": note_not_known,
        "answer_topic": answer_topic,
        "beside": beside,
    }


_WHY = re.compile(
    r"(?:왜|뭐하러|뭐때문에|무엇때문에|뭣때문에)(?:그런|그걸|그거|그런걸|이런|이런걸|그건|자꾸|다)*(?:물|묻|여쭤|알려고|필요|궁금)"
)
_PRIVATE = re.compile(
    r"(?:말|얘기|이야기|대답|밝히|알려주)(?:씀)?(?:하|드리)?(?:기|고)?(?:는|가|좀)?(?:싫|그래요|그렇|곤란|싶지않|안싶)"
    r"|개인정보|사생활|안(?:알려|가르쳐)(?:줄|드릴)|말못(?:하|해)"
)
_MOST_WHY = 2
"""Times that the reason is told; who asks on wants no answer, and keys and a person are offered as usual."""


def beside(slots: Mapping[str, str]) -> dict[str, str]:
    """What is said beside an answer: ``number`` (a resident number), ``private``, ``why`` or ``told``.

    Args:
        slots: ``said`` (resident numbers blanked), ``asked``, ``asked_why``, the times so far, and the
            answers so far, which stay as they are.

    Returns:
        Nothing where nothing was said beside; else ``beside``, ``asked_why`` and all of ``volunteered``.
    """
    said, asked = slots["said"], slots["asked"]
    compact = "".join(said.split())
    times = len(slots.get("asked_why", ""))
    kept = {name: slots.get(name, "") for name in QUESTIONS} | {"asked_why": "." * times}
    if MASK in compact:
        return {**kept, "beside": "number"}
    if _PRIVATE.search(compact) and slots.get("next_question") == asked:
        return {**kept, "beside": "private"}
    if _WHY.search(compact) and times < _MOST_WHY:
        return {**kept, "beside": "why", "asked_why": "." * (times + 1)}
    new = {name: value for name, value in volunteered(said, asked).items() if not slots.get(name)}
    return {**kept, **new, "beside": "told"} if new else {}


def note_not_known(slots: Mapping[str, str]) -> dict[str, str]:
    """``not_known``: the questions that the citizen could not answer, the last one included."""
    return {"not_known": " ".join([*_not_known(slots), slots["next_question"]])}


def answer_topic(slots: Mapping[str, str]) -> dict[str, str]:
    """``topic``: what the citizen's own question is about; ``nothing`` if there is none, ``unknown``, or
    ``unknown_again``: whoever is not understood twice is not asked a third time."""
    said = slots.get("own_question", "")
    for topic, pattern in _TOPICS:
        if pattern.search(said):
            return {"topic": topic}
    compact = "".join(said.split())
    # "없어요" over a noisy line is "어 써요": a refusal is known by its sound too.
    if _NOTHING_MORE.match(compact) or nearest(compact, _NO_FORMS)[0]:
        return {"topic": "nothing"}
    return {"topic": "unknown_again" if slots.get("topic") == "unknown" else "unknown"}


def spoken_krw(krw: int) -> str:
    """A sum as it is spoken: ``21500`` → ``이만 천오백 원``.

    Args:
        krw: 0 to 99,999,999 won.
    """
    high, low = divmod(krw, 10_000)
    parts = [_four_digits(high) + "만"] if high else []
    parts += [_four_digits(low)] if low else []
    return " ".join(["만" if part == "일만" else part for part in parts] or ["영"]) + " 원"


def _four_digits(number: int) -> str:
    spoken = ""
    for unit, name in _UNITS:
        digit = number // unit % 10
        if digit:
            spoken += (_DIGITS[digit] if digit > 1 or unit == 1 else "") + name
    return spoken


def _today(slots: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(slots.get("today", ""))
    except ValueError:
        return None


def _offers(rules: Rules, slots: Mapping[str, str]) -> dict[str, Offer]:
    """The benefits of the day of the call; none if the day was not told."""
    today = _today(slots)
    return offers_of(rules, today) if today is not None else {}


def _begin(slots: Mapping[str, str]) -> Knowledge:
    """What is known before the first question: the profile, the month, and that no small child answers."""
    known, problems = read_known(slots.get("profile", ""))
    begin = known if not problems else Knowledge(possible={})  # the call is worth more than its profile
    ages = [age for age in DOMAINS["age"] if isinstance(age, int) and age >= _YOUNGEST]
    if begin.bits("age") & mask("age", ages):
        begin = begin.narrowed("age", mask("age", ages))
    pensioners = [age for age in ages if age >= _PENSION_AGE]
    none = mask("basic_pension", [False])
    if not begin.bits("age") & mask("age", pensioners) and begin.bits("basic_pension") & none:
        begin = begin.narrowed("basic_pension", none)  # nobody is asked for a pension before its age
    today = _today(slots)
    if today is None:
        return begin
    return replace(begin, possible={**begin.possible, "month": mask("month", [today.month])})


def _not_known(slots: Mapping[str, str]) -> list[str]:
    return slots.get("not_known", "").split()


def _answers(slots: Mapping[str, str]) -> dict[str, str]:
    return {**slots, **dict.fromkeys(_not_known(slots), NOT_KNOWN)}


def _monthly_krw(key: str, verdict: Verdict) -> int:
    """What comes first when told: the most that it may be worth in a month."""
    return verdict.most_krw // 12 if key == "energy_voucher" else verdict.most_krw


def _spoken(benefit: Benefit, verdict: Verdict, sure_krw: int) -> str:
    """``전기요금 할인 한 달에 이만 원``; 최대 where only the limit is known, no sum where there is none."""
    span = "일 년에" if benefit.key == "energy_voucher" else "한 달에"
    if verdict.amount_krw is not None:
        return f"{benefit.name} {span} {spoken_krw(verdict.amount_krw)}"
    most_krw = sure_krw or verdict.most_krw
    return benefit.name if most_krw >= UNLIMITED else f"{benefit.name} {span} 최대 {spoken_krw(most_krw)}"
