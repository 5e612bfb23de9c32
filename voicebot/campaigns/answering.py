"""Who answered: a person, a mailbox or the carrier's voice, from what was recognised.

Rules
-----
* A machine is told by its words alone, never by how long or how quickly somebody speaks: a slow old person is
  no machine.
* One word is not enough where people say it as well ("전화를 받을 수 없어요"): a machine's own word, or
  two of its turns of phrase, in its own formal endings.
* Whoever has held the conversation to its end is a person, whatever was heard.
* During a call two turns of phrase are not enough either: nobody is hung up on for being formal.
* Asterisk's ``AMD()`` is no more than a hint, and is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from voicebot.records.campaigns import Disposition


class Answerer(StrEnum):
    """Who was heard."""

    PERSON = "person"
    """Or nobody can tell: which is treated as a person."""
    VOICEMAIL = "voicemail"
    ANNOUNCEMENT = "announcement"
    NUMBER_GONE = "number_gone"
    """The carrier's voice: there is no such number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    who: Answerer
    own: re.Pattern[str]
    """Said by nobody else, together with a formal ending."""
    shared: re.Pattern[str]
    """Said by people as well: two of them, or one beside a word of its own."""


_VOICES = (
    _Voice(
        who=Answerer.NUMBER_GONE,
        own=re.compile(r"없는(?:전화)?번호|결번이|국번이없|사용하지않는(?:전화)?번호"),
        shared=re.compile(r"다시확인하|확인하시고|지금거신|거신(?:전화)?번호"),
    ),
    _Voice(
        who=Answerer.VOICEMAIL,
        own=re.compile(r"소리샘|음성사서|음성메시지|삐소리|자동응답(?:기|중)|퍼펙트비서"),
        shared=re.compile(r"메시지를(?:남|녹음)|녹음(?:해|하시|을)|연결된후|통화료가|연락번호"),
    ),
    _Voice(
        who=Answerer.ANNOUNCEMENT,
        own=re.compile(
            r"전원이꺼져|고객(?:님)?의사정|착신이(?:금지|정지)|수신이(?:금지|정지|거부)|일시정지|통화권|고객이(?:전화를|통화)"
        ),
        shared=re.compile(
            r"받을수없|받지않|연결(?:이)?(?:되지않|할수없)|통화중이|다음에다시|잠시후다시|다시걸어|지금거신|통화할수없"
        ),
    ),
)
_FORMAL = re.compile(r"니다|십시오|시오|주세요|오니|으니")
"""How carriers end their sentences; people who explain themselves on the telephone rarely do."""
_FIRST_PERSON = re.compile(r"저는|제가|내가|나는|저희|우리|여보세요|누구|네네|할머니|할아버지|어머니|아버지")
"""A person who tells of a telephone that was switched off."""
_NOT_LETTERS = re.compile(r"[^가-힣0-9]")


def who_answered(heard: Sequence[str]) -> Answerer:
    """Who was heard.

    Args:
        heard: What was recognised, utterance by utterance, as far as anything was.
    """
    text = "".join(_NOT_LETTERS.sub("", utterance) for utterance in heard)
    if not _FORMAL.search(text) or _FIRST_PERSON.search(text):
        return Answerer.PERSON
    for voice in _VOICES:
        shared = {found.group() for found in voice.shared.finditer(text)}
        if voice.own.search(text) or len(shared) >= 2:
            return voice.who
    return Answerer.PERSON


def surely_answered_by(heard: Sequence[str]) -> Answerer:
    """Who was heard, for whoever is about to hang up on them: a machine only if it said a word of its own.

    Args:
        heard: What was recognised so far, utterance by utterance.
    """
    who = who_answered(heard)
    text = "".join(_NOT_LETTERS.sub("", utterance) for utterance in heard)
    return who if any(voice.who is who and voice.own.search(text) for voice in _VOICES) else Answerer.PERSON


def disposition_of_answerer(who: Answerer) -> Disposition:
    """The word for an attempt that this voice answered."""
    match who:
        case Answerer.PERSON:
            return Disposition.ANSWERED
        case Answerer.VOICEMAIL:
            return Disposition.VOICEMAIL
        case Answerer.ANNOUNCEMENT | Answerer.NUMBER_GONE:
            return Disposition.ANNOUNCEMENT
