"""Whether what was heard so far is a whole answer: lookups and endings only.

On cost: at most 50 µs on one core, since it runs for every partial of every call.
"""

from __future__ import annotations

import re
from enum import StrEnum

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import words as _words
from voicebot.dialogue.understanding.intents import global_intent
from voicebot.dialogue.understanding.numbers import UNIT, read_number
from voicebot.dialogue.understanding.open_text import NODS
from voicebot.dialogue.understanding.phone import is_valid, phone_digits
from voicebot.dialogue.understanding.place import MARK
from voicebot.dialogue.understanding.yes_no_forms import NO_FORMS, YES_FORMS


class Completeness(StrEnum):
    """What the words heard so far say about the end of the turn (same values as turn taking's)."""

    EMPTY = "empty"
    COMPLETE = "complete"
    POSSIBLE = "possible"
    UNFINISHED = "unfinished"
    BACK_CHANNEL = "back_channel"


_BACK_CHANNELS = frozenset("네 예 응 아 엉 네네 예예 응응 넵 녜 그렇죠 그쵸 그래 아하 오".split())

_CONNECTIVE = re.compile(
    r"(?:는데|은데|인데|한데|던데|는디|은디|인디|고|서|니까|니깐|면|거나|지만|려고|려는데|다가|면서|든지"
    r"|길래|더니|느라|도록|자마자|해가|해가지고|갖고|가지고"
    r"|그리고|그래서|그런데|근데|그러면|그러니까|하고|이랑|랑|(?<![나어려라아])와|과|을|를|에서|한테|으로|까지|부터|의|은"
    r"|는|이|가|에)$"
)
"""Connective endings and particles: the sentence goes on. (나와, 들어와, 내려와 … are verbs, not "and".)"""

_SEARCHING = re.compile(r"(?:뭐더라|뭐드라|뭐냐|뭐지|뭐였지|있잖아요?|뭐라고해야되지|뭐라고해야하나|그뭐)$")
"""Looking for a word aloud: it is about to come."""

_POLITE_CONNECTIVE = re.compile(
    r"(?:는데요|은데요|인데요|던데요|고요|구요|거든요|서요|니까요|는데예|거등요)$"
)
"""Often the end, often followed by more."""

_FINAL = re.compile(
    r"(?:요|니다|습니까|니까|죠|지요|네|네요|다|어|아|야|지|라|유|여|셔|줘|소|이소|더|예|까|군|구만|래"
    r"|자|냐)$"
)
_OPEN_ENOUGH = 6
"""Syllables: the median turn of an old person is 6 long; a shorter "story" usually goes on."""
_OFTEN_CONTINUED = frozenset({"아니", "어", "그래", "그럼", "그렇게", "아직"})
"""Answers that as often begin a sentence."""
_CLOSED_FORMS = frozenset(form for form in YES_FORMS + NO_FORMS) - _OFTEN_CONTINUED
_FINE = re.compile(r"(?:괜찮|됐|되|괘안|좋|맞|있|없|싫|필요)[가-힣]{0,6}(?:요|다|유|예|더|죠)$")
_DATE_END = re.compile(r"(?:일|오늘|어제|그저께|그제|내일|모레|전)(?:이요|요|이에요|예요|입니다|에요|에)?$")
_TIME_END = re.compile(r"(?:반|분|정각|[가-힣]시)(?:쯤|정도|경)?(?:에)?(?:이요|요|이에요|예요|입니다|에요)$")
_TEMPERATURE_END = re.compile(r"(?:부|반|점[공영일이삼사오육칠팔구]|\d[.,]?\d{2,}|요|다)$")


def judge_completeness(text: str, expectation: Expectation) -> Completeness:
    """Judge the words heard so far.

    Args:
        text: A partial or whole recognition.
        expectation: What was asked.
    """
    spoken = _words.words_of(text[-_words.LONGEST_ANSWER :])
    if not spoken:
        return Completeness.EMPTY
    if all(word in _BACK_CHANNELS for word in spoken):
        return Completeness.BACK_CHANNEL
    last = spoken[-1]
    closed_answer = expectation.closed and last in _CLOSED_FORMS
    if last in _words.FILLERS and not closed_answer:
        alone_yes = expectation.kind is AnswerKind.YES_NO and len(spoken) == 1 and last == "어"
        return Completeness.POSSIBLE if alone_yes else Completeness.UNFINISHED
    compact = "".join(spoken)
    if global_intent(compact) is not None:
        return Completeness.COMPLETE
    if _SEARCHING.search(compact):
        return Completeness.UNFINISHED
    return _JUDGES[expectation.kind](spoken, compact, expectation)


def _ending(compact: str) -> Completeness:
    """By grammar alone."""
    if _POLITE_CONNECTIVE.search(compact):
        return Completeness.POSSIBLE
    if _FINAL.search(compact) and not compact.endswith(("니까", "다가")):
        return Completeness.COMPLETE
    return Completeness.UNFINISHED if _CONNECTIVE.search(compact) else Completeness.POSSIBLE


def _yes_no(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    if spoken[-1] in _CLOSED_FORMS or compact in _CLOSED_FORMS:
        return Completeness.COMPLETE
    if _FINE.search(compact):
        return Completeness.COMPLETE
    if spoken[-1] in _OFTEN_CONTINUED:
        return Completeness.POSSIBLE
    return _ending(compact)


def _choice(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    for forms in expectation.choices.values():
        for form in forms:
            plain = form.replace(" ", "")
            at = compact.rfind(plain)
            if at >= 0 and (len(plain) > 1 or plain == compact) and len(compact) - at - len(plain) <= 3:
                return Completeness.COMPLETE
    return _ending(compact)


def _phone(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    digits = phone_digits(compact if compact.isdecimal() else " ".join(spoken))
    if is_valid(digits):
        return Completeness.COMPLETE
    if digits:
        return Completeness.UNFINISHED
    return Completeness.COMPLETE if _words.is_unsure(compact) else _unless_complete(compact)


def _unless_complete(compact: str) -> Completeness:
    """For an answer that lacks what was asked: even a final ending is followed by it more often than not."""
    judged = _ending(compact)
    return Completeness.POSSIBLE if judged is Completeness.COMPLETE else judged


def _number(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    last = spoken[-1]
    if read_number(last) is not None:
        return Completeness.POSSIBLE
    tail = "".join(spoken[-2:])
    if any(read_number(tail[:end]) is not None and UNIT.fullmatch(tail[end:]) for end in range(1, len(tail))):
        return Completeness.COMPLETE
    return Completeness.COMPLETE if _words.is_unsure(compact) else _unless_complete(compact)


def _temperature(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    return Completeness.COMPLETE if _TEMPERATURE_END.search(compact) else Completeness.POSSIBLE


def _date(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    return Completeness.COMPLETE if _DATE_END.search(compact) else _ending(compact)


def _time(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    return Completeness.COMPLETE if _TIME_END.search(compact) else _ending(compact)


def _place(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    judged = _ending(compact)
    if judged is Completeness.UNFINISHED:
        return judged
    if MARK.search(compact):
        polite = judged is Completeness.COMPLETE and compact[-1] in "요다유예죠여"
        return Completeness.COMPLETE if polite else Completeness.POSSIBLE
    if _words.is_unsure(compact):
        return Completeness.COMPLETE
    return _unless_complete(compact)


def _open(spoken: list[str], compact: str, expectation: Expectation) -> Completeness:
    if all(word in NODS or word in _words.FILLERS for word in spoken):
        return Completeness.UNFINISHED
    judged = _ending(compact)
    if judged is Completeness.COMPLETE and len(compact) < _OPEN_ENOUGH:
        return Completeness.POSSIBLE
    return judged


_JUDGES = {
    AnswerKind.YES_NO: _yes_no,
    AnswerKind.CHOICE: _choice,
    AnswerKind.NUMBER: _number,
    AnswerKind.PHONE: _phone,
    AnswerKind.TEMPERATURE: _temperature,
    AnswerKind.DATE: _date,
    AnswerKind.TIME: _time,
    AnswerKind.PLACE: _place,
    AnswerKind.OPEN: _open,
}
