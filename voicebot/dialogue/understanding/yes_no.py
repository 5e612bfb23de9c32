"""Yes or no, by what the question asks.

"네" is not always yes and 괜찮아요 is not always no: each question has a polarity.

``fact``     Did you eat? 네 = yes, 없어요/안 먹었어요 = no.
``symptom``  Does it hurt anywhere? 괜찮아요 = no symptom.
``offer``    Shall I help? 괜찮아요, 됐어요 = no, thank you.
``consent``  May I? 괜찮아요, 돼요 = yes.

The value ``yes`` always means that what is asked holds: to "불편하신 점 없으세요?" (a symptom, asked
negatively) a bare 네 says "none" and gives ``no``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.jamo import nearest, to_jamo
from voicebot.dialogue.understanding.leanings import asks_what_was_done, leaning
from voicebot.dialogue.understanding.negation import twisted
from voicebot.dialogue.understanding.phone import is_valid, phone_digits
from voicebot.dialogue.understanding.result import (
    AMBIGUOUS,
    CERTAIN,
    CLEAR,
    INFERRED,
    NO_MATCH,
    Interpretation,
    Status,
    filled,
    unsure,
)
from voicebot.dialogue.understanding.yes_no_forms import NO_FORMS, YES_FORMS

_YES, _NO = frozenset(YES_FORMS), frozenset(NO_FORMS)
_BOTH = tuple(form for form in YES_FORMS + NO_FORMS if len(form) >= 2)

_LEADING_NO = re.compile(r"^(?:아니|아뇨|아녀|아녜|아닙|아이다|아입|아이라|싫)")
_NEGATED = re.compile(
    r"없|않|싫|필요없|지못|아직|안되|안돼|안됩|틀[려렸린]|아닙|아니에요|아니예요|아녀|아이다|(?<!고)말고요?$"
    r"|려고|ㄹ라고|(?:^|[가-힣])(?:은|는|이|가|을|를|도)아니"
)
_NEGATION_WORD = re.compile(r"^(?:안(?!녕|양|산|동|쪽|방|내|전|에서|과|경|부|심)|못(?!자리|질))")
_NOT_YET = re.compile(
    r"(?!.*(?:전화|통화|연락|걸))(?:아니|아직|네|예)?(?:이따가?|나중에|있다가)(?:요|먹|하려고|할려고|해야|하지)?[가-힣]{0,6}"
)
_REFUSED_WITHOUT_NEED = re.compile(r"^(?:아니|아뇨|아니요)?안\S{1,5}도(?:돼|되|됩|괜찮)")
_NO_MATTER = re.compile(r"^(?:네|예)?(?:상관|문제)(?:은|는|이|가|도)?없")
"""Negations that refuse no question: 안 오셔도 돼요 (an offer), 상관없어요 (a request)."""
_FINE = re.compile(r"괜찮|괘안|괜찬|갠찮|개안")
_NOT_FINE = re.compile(r"안괜찮|안괘안|괜찮지(?:가|는)?않|괜찮지못|안개안")
_ENOUGH = re.compile(r"(?<!안)됐[어습네고심는]|되었[어습]|댔어")
_FOR_SO_LONG = re.compile(
    r"(?:달|주|년|일|시간|하루|이틀|사흘|나흘|닷새|며칠|열흘|보름|한참|오래)(?:이|은|도|째|쯤|정도|넘게|다|나)*(?:됐|되었|넘었|째)"
)
"""It has been for so long: 됐 is no "enough" then, and "is it still going on" is answered."""
_OTHER = re.compile(r"다른|말고|바꿔")
_MAY = re.compile(
    r"(?:^|[^안])(?:돼요|됩니다|되지|되죠|될거|될것|됩니더|돼유)|해주[세시이]|해줘|하세요|하십시오"
    r"|하시오|그렇게"
)
_NEGATIVE_QUESTION = re.compile(r"없[으나는었지]|않[으나았지]|안(?:아프|불편|계시|드|하)\S*\?*$")
_LAST_SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*$")
_QUESTION_KINDS = (
    (
        "symptom",
        re.compile(
            r"아프|아픈|편찮|불편|통증|어지러|기침|가래|열이|열은|쑤시|결리|저리|힘드|증상|답답|숨이|숨은|으슬|메스"
        ),
    ),
    (
        "offer",
        re.compile(r"드릴까|드리길|드리기를|필요하|원하|도와|하시겠|받으시겠|받아보시|남기시|보내드"),
    ),
    (
        "consent",
        re.compile(r"될까|되나요|되겠|되죠|괜찮으|괜찮을|괜찮겠|가능하|좋을까|해도|드려도|여쭤|통화"),
    ),
)
_HAPPENED = {
    "드시": "먹",
    "드셨": "먹",
    "잡수": "먹",
    "주무": "자",
    "계시": "있",
    "계신": "있",
    "편찮": "아",
    "식사": "먹",
}
"""Respectful words of the question and the plain verbs of the answer."""
_FELL = re.compile(r"미끄러|자빠|엎어|굴러|굴렀|낙상")
"""Other words for 넘어지다."""

_CORRECTION = frozenset("아니 아니다 아니야 아니지 아참 아".split())


def infer_polarity(question: str) -> str:
    """``symptom``, ``offer``, ``consent`` or ``fact``, from the question's words."""
    compact = question.replace(" ", "")
    for polarity, pattern in _QUESTION_KINDS:
        if pattern.search(compact):
            return polarity
    return "fact"


def interpret_yes_no(text: str, expectation: Expectation) -> Interpretation:
    """Yes or no (``value``), by the question's polarity.

    Args:
        text: What was recognised.
        expectation: The question; an empty ``polarity`` is inferred from its text.
    """
    spoken = _words.words_of(text)
    compact = "".join(spoken)
    if not compact:
        return NO_MATCH
    if _words.is_unsure(compact):
        return unsure()
    corrected = _corrected(spoken)
    if corrected is not None:
        return corrected
    asked = _LAST_SENTENCE.search(expectation.question)
    question = asked.group() if asked else ""  # a prompt may tell something before it asks
    polarity = expectation.polarity or infer_polarity(question)
    if polarity == "consent" and "번호" in question and is_valid(phone_digits(text)):
        return filled("no", CLEAR)  # another number, told at once
    if "계속" in question and _FOR_SO_LONG.search(compact):
        return filled("yes", INFERRED)
    if _REFUSED_WITHOUT_NEED.search(compact) or _NO_MATTER.search(compact):
        return filled("yes" if polarity == "consent" else "no", CLEAR)
    fine = _fine(compact, polarity)
    if fine is not None:
        return fine
    turned = twisted(compact, question.replace(" ", ""))
    if turned is not None:
        return turned
    negative_question = _NEGATIVE_QUESTION.search(question.replace(" ", "")) is not None
    if compact in _YES or compact in _NO:
        return _bare(compact, negative_question)
    leant = leaning(compact, question.replace(" ", ""), polarity)
    if leant == "unsure":
        return unsure()
    told = _phrase(spoken, compact, question, polarity, negative_question)
    if not leant or told.value == leant:
        return told
    # 아니 stands but is read back; 네 and what grammar or sound suggested give way ("네, 이따 먹을게요")
    if told.status is Status.FILLED and told.confidence >= CLEAR and spoken[0] in _NO:
        return replace(told, confidence=AMBIGUOUS)
    return filled(leant, INFERRED)


def _corrected(spoken: list[str]) -> Interpretation | None:
    """ "없어요, 아니, 있어요": the second of two opposite answers, to be confirmed."""
    for place in range(1, len(spoken) - 1):
        if spoken[place] not in _CORRECTION:
            continue
        before, after = "".join(spoken[:place]), "".join(spoken[place + 1 :])
        if (before in _YES and after in _NO) or (before in _NO and after in _YES):
            return filled("yes" if after in _YES else "no", AMBIGUOUS)
    return None


def means_not_yet(compact: str, expectation: Expectation) -> bool:
    """Whether "later" answers what was asked ("약 드셨어요?" – "이따가요") and asks for no call."""
    polarity = expectation.polarity or infer_polarity(expectation.question)
    return (
        polarity == "fact"
        and _NOT_YET.fullmatch(compact) is not None
        and asks_what_was_done(expectation.question)
    )


def _fine(compact: str, polarity: str) -> Interpretation | None:
    """괜찮아요 and 됐어요: their sense lies in the question."""
    if _NOT_FINE.search(compact):
        return filled("no" if polarity == "consent" else "yes", CLEAR)
    if _FINE.search(compact):
        if polarity == "consent":
            return filled("yes", AMBIGUOUS if _LEADING_NO.match(compact) else CLEAR)
        if polarity == "fact":
            return filled("no", AMBIGUOUS)
        polite_yes = polarity == "offer" and compact[0] in "네예응"
        return filled("no", INFERRED if polite_yes else CLEAR)
    if _ENOUGH.search(compact) and not _FOR_SO_LONG.search(compact):
        return filled("no", CLEAR if polarity == "offer" else AMBIGUOUS)
    return None


def _bare(compact: str, negative_question: bool) -> Interpretation:
    """One known form and nothing else."""
    yes = compact in _YES
    if not negative_question or compact[0] == "없" or compact.startswith("있"):
        return filled("yes" if yes else "no", CERTAIN)
    # "없으세요?" – "네": none. "아니요": in Korean that there is some, but many mean "none": ask again.
    return filled("no", INFERRED) if yes else filled("yes", AMBIGUOUS)


def _phrase(
    spoken: list[str], compact: str, question: str, polarity: str, negative_question: bool
) -> Interpretation:
    leading_yes = spoken[0] in _YES and spoken[0] != "어"
    leading_no = _LEADING_NO.match(compact) is not None
    rest = spoken[1:] if (leading_yes or leading_no) and len(spoken) > 1 else spoken
    rest_compact = "".join(rest)
    negated = (
        _NEGATED.search(rest_compact) is not None
        or any(_NEGATION_WORD.match(word) for word in rest)
        or any(word in _NO for word in rest)
        or (polarity == "consent" and _OTHER.search(rest_compact) is not None)
    )
    affirmed = not negated and (
        any(word in _YES and word not in ("어", "암", "예", "네") for word in rest)
        or (polarity in ("consent", "offer") and _MAY.search(rest_compact) is not None)
        or _takes_up(rest, question)
    )
    if leading_no:
        return filled("no", AMBIGUOUS if affirmed else CLEAR)
    if negated:
        # "네, 없어요": 네 takes up the question, the verb answers it
        return filled("no", CLEAR if not leading_yes or "없" in rest_compact else INFERRED)
    if leading_yes:
        if negative_question and not affirmed:
            return filled("no", INFERRED)
        return filled("yes", CLEAR)
    if affirmed:
        return filled("yes", INFERRED)
    form, score = nearest(compact, _BOTH)
    if form:
        return filled("yes" if form in _YES else "no", INFERRED * score)
    return NO_MATCH


def _takes_up(answer: list[str], question: str) -> bool:
    """Whether the answer uses the question's own verb ("다치신 분 있으세요?" – "다쳤어요")."""
    if "넘어" in question and _FELL.search("".join(answer)):
        return True
    asked = []
    for word in _words.words_of(question):
        plain = _HAPPENED.get(word[:2])
        asked.append(plain + word[1:] if plain else word)
    for word in answer:
        if len(word) < 2 or word[-1] not in "요다어지유네죠라데":
            continue
        for stem in asked:
            if (
                len(stem) >= 2
                and stem[0] == word[0]
                and (len(word) == 2 or to_jamo(stem[1])[0] == to_jamo(word[1])[0] or stem[0] in "먹있")
            ):
                return True
    return False
