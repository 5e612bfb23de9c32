"""What people tell of themselves though another thing was asked: "기초연금은 받아요", "나 장애 있어"."""

from __future__ import annotations

import re

_RECEIVES = (
    r"(?:은|는|이|가|을|를|도|만)?(?:지금|다달이|매달)?(?:받|나와|나오|나옵|타(?:요|고|지|네|먹)|탑니다|탄다)"
)
_IS = r"(?:으로|로)?(?:이에요|예요|입니다|이고|이라|이야|이여|이지|인데|이거든|이니까|등록|돼있|되어)"
_HAS = r"(?:가|도|는|등급|등록증)*(?:있|이있|받았)"

_TOLD: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pension", re.compile(rf"(?:기초|노령)연금{_RECEIVES}")),
    ("livelihood", re.compile(rf"(?:기초생활|기초)?수급자{_IS}|(?:생계|의료|주거|교육)급여{_RECEIVES}")),
    ("near_poor", re.compile(rf"차상위(?:계층)?{_IS}|차상위(?:계층)?(?:로)?받")),
    ("disability", re.compile(rf"장애인{_IS}|(?<!등급이)장애{_HAS}|복지카드{_HAS}")),
    ("veteran", re.compile(rf"유공자(?:{_IS}|{_HAS})|보훈(?:대상자|가족){_IS}")),
    ("single_parent", re.compile(rf"한부모(?:가정|가족)?{_IS}")),
)
"""Question → words that answer it with yes. No passing word is taken for a no: to ask costs less."""

_TAKEN_BACK = re.compile(
    r"^(?:(?:은|는|을|도)?(?:안|못)|[가-힣]{0,4}(?:지(?:는|도)?(?:않|안|못)|다말|다가끊|다가안|적(?:이|은)?없|건아니|것은아니))"
)
_OF_OTHERS = re.compile(
    r"(?:옆집|이웃|친구|남편|아내|마누라|영감|할멈|아들|딸|동생|어머니|아버지|누나|언니|형)"
)
"""Somebody else's: the profile is of the person on the telephone."""


def volunteered(said: str, asked: str) -> dict[str, str]:
    """Questions that the words answer with yes, other than the one that was put.

    Args:
        said: What was recognised.
        asked: The question that was put: what is said to it is the machine's to interpret.
    """
    compact = "".join(said.split())
    if _OF_OTHERS.search(compact):
        return {}
    found: dict[str, str] = {}
    for question, words in _TOLD:
        match = words.search(compact)
        if match is not None and question != asked and not _TAKEN_BACK.match(compact[match.end() :]):
            found[question] = "yes"
    return found


QUESTIONS = tuple(question for question, _ in _TOLD)
"""What may be told unasked: slots of the flow."""
