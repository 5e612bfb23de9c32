"""Negations that do not say no: 안 먹은 건 아니고, 안 아픈 데가 없어, 하루도 안 거르고, 먹었지 안 먹어."""

from __future__ import annotations

import re

from voicebot.dialogue.understanding.result import AMBIGUOUS, CLEAR, Interpretation, filled

_DOUBLE = re.compile(
    r"(?:안|못|않|없)[가-힣]{0,5}(?:건|것은|거는|것도|거|것)(?:은|는)?(?:아니|아닙|아녀|아닌)"
    r"|안[가-힣]{1,4}면안(?:되|돼|됩)|(?:없|안[가-힣]{1,3}|못[가-힣]{1,3})지(?:는|도|만은)?않|(?:없|않|못하)지(?:는|도)?(?:아니|못)"
)
_NONE_WITHOUT = re.compile(r"(?:안|못)[가-힣]{1,4}(?:데|곳|날|적|때|끼)(?:가|이|는|은|도)?(?:하나도|통)?없")
"""There is no place that does not hurt, no day without it."""

_LEFT_OUT = r"(?:빠뜨|빠트|빠지|빠진|거르|거른|걸렀|걸러|빼먹|빼놓|잊|까먹)"
_NEVER_LEFT_OUT = re.compile(
    rf"(?:안|못){_LEFT_OUT}|{_LEFT_OUT}[가-힣]{{0,3}}(?:지(?:는|도)?않|(?:적|날|일)(?:이|은|도)?없|없이)"
)
_ASKED_AFTER_OMISSION = re.compile(_LEFT_OUT)

_OF_COURSE = re.compile(r"(?:그럼|당연히)?([가-힣])[가-힣]{0,3}지(?:그럼)?(?:안|못)\1[가-힣]{0,3}")
"""A question that asks for no answer: 먹었지 안 먹어 (of course I ate)."""

_NEARLY = re.compile(r"뻔(?:은|도|만)?(?:했|하)")
_EVER = re.compile(r"적(?:이|은|도)?(?:있|없|계)")
"""Have you ever…: what nearly happened did not."""


def twisted(compact: str, question: str) -> Interpretation | None:
    """What an answer says whose negation is taken back or asks for no answer; ``None`` for all others.

    Args:
        compact: The answer without spaces.
        question: The question without spaces.
    """
    if _DOUBLE.search(compact):
        return filled("yes", AMBIGUOUS)
    if _NONE_WITHOUT.search(compact) or _OF_COURSE.fullmatch(compact):
        return filled("yes", CLEAR)
    if _NEVER_LEFT_OUT.search(compact):
        return filled("no" if _ASKED_AFTER_OMISSION.search(question) else "yes", CLEAR)
    if _NEARLY.search(compact) and _EVER.search(question):
        return filled("no", CLEAR)
    return None
