"""What the duty desk hears in any answer before it is taken for one: questions, abuse, other languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.understanding import Gazetteer, Status, interpret_answer
from voicebot.services.duty.beside import told_beside
from voicebot.services.duty.faq import Topic, is_question, topic_of, topic_of_type
from voicebot.services.triage import Judgement

NOTICE_MINUTES, LONGEST_MINUTES = 15, 20
"""A call is told to be brief, and is ended: the custom of public call centres (civic-domain facts, 3)."""

_STORY_ASKED = ("what", "more")
"""Questions whose answer may be about anything."""
_CERTAIN_TYPE = 0.5
"""The classifier's probability from which a story counts as told, in spite of its words."""
_CERTAIN_ALONE = 0.9
"""The same for a question that is not put as one (여권이요)."""
_CERTAIN_ABUSE = 0.8
"""The same for talk without a swear word: who is warned wrongly is offended."""
_SHORTEST_ANSWER = 4
"""Syllables that are left when the swear words are taken out: then something was answered."""
_SHORTEST_STORY = 6
"""Syllables: less is a yes or a no with its politeness."""

_SWEARING = re.compile(
    r"(?:씨|시)\s*(?:발|팔|벌)(?:놈|년|것|새끼)?(?:들)?(?:아|이|야)?|쌍놈|쌍년|썅|좆\S?|존나|졸라|지랄\S?|병신\S?|미친\s*(?:놈|년|새끼)\S?"
    r"|개\s*(?:새끼|자식|놈|년)\S?|(?:이|저|그)\s*(?:새끼|자식)\S?|(?<!들이)닥쳐|엿\s*먹\S{0,2}|빌어먹을?|염병\S?|육시랄"
)
_FILLERS = re.compile(r"야|너|니가|네가|이것들|이거|뭐|아|에이|진짜|그냥|당신|[\s,.!?~]")

_YES_NO = Expectation(kind=AnswerKind.YES_NO, polarity="fact")

_LANGUAGES = {
    "영어": r"영어|잉글리[시쉬]|잉글리스|[Ee]nglish",
    "중국어": r"중국[어말]|차이니[즈스]|[Cc]hinese|[\u4e00-\u9fff]{2,}",
    "베트남어": r"베트남[어말]|[Vv]ietnamese",
    "일본어": r"일본[어말]|[\u3040-\u30ff]{2,}",
    "러시아어": r"러시아[어말]|[\u0400-\u04ff]{3,}",
    "우즈베크어": r"우즈[베벡]\S{0,2}[어말]",
    "태국어": r"(?:태국|타이)[어말]|[\u0e00-\u0e7f]{3,}",
    "몽골어": r"몽골[어말]",
    "외국어": r"외국어|외국말|다른\s*나라\s*말",
}
_LANGUAGE_WISH = re.compile(
    r"(?:로|으로|를|을)?\s*(?:좀\s*)?(?:말|얘기|이야기|할\s*수|하는|되나|되는|가능|통역|상담|해\s*주|해줘|하고|플리[즈스]|아는|말고|돼|부탁|바꿔)"
    r"|(?:로|으로)\s*(?:요|만)?\s*$|[Pp]lease|[Ss]peak"
)
_KOREAN_LACKED = re.compile(
    r"한국(?:말|어)(?:를|을)?\s*(?:잘\s*)?(?:못|몰라|안\s*돼)|노\s*코리안|두\s*유\s*스피[크]|캔\s*유\s*스피[크]"
)
_LATIN = re.compile(r"[A-Za-z]+(?:[\s,.'?!]+[A-Za-z]+){1,}")
_HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhearing:
    """Listens along; ``overhear`` is what the flow names."""

    judge: Callable[[str], Judgement]
    doubts_danger: Callable[[str], bool]
    """Whether words of danger stand in a story about something else."""
    topics: Mapping[str, Topic]
    gazetteer: Gazetteer | None = None

    def overhear(self, slots: Mapping[str, str]) -> dict[str, str]:
        """``topic`` and what goes with it; without a topic, what an ordinary answer tells beside.

        Args:
            slots: ``said``, ``asked`` (the question's slot), ``minutes`` of the call; ``warned``,
                ``noticed`` and ``told_again`` as set here before; and what is known of the complaint.
        """
        said, asked = slots["said"], slots["asked"]
        minutes = int(slots["minutes"])
        if minutes >= LONGEST_MINUTES:
            return {"topic": "too_long"}
        if minutes >= NOTICE_MINUTES and not slots.get("noticed"):
            return {"topic": "long_call", "noticed": "yes"}
        language = language_wanted(said)
        if language:
            return {"topic": "foreign", "language": language}
        if self._is_abuse(said, asked):
            return {"topic": "abuse_again"} if slots.get("warned") else {"topic": "abuse", "warned": "yes"}
        question = self._question(said, asked)
        if question:
            return {"topic": question}
        if asked == "more" and len("".join(said.split())) >= _SHORTEST_STORY:
            found = self.judge(said)
            if found.type.code != "other" and found.confidence >= _CERTAIN_TYPE:
                return {"topic": "story", "what": said}
        if asked in _STORY_ASKED:
            return {}
        if asked == "type_right" and not slots.get("told_again") and _is_no_answer(said):
            return {"topic": "story", "what": f"{slots.get('what', '')} {said}", "told_again": "yes"}
        return told_beside(slots, self.gazetteer)

    def doubt(self, slots: Mapping[str, str]) -> dict[str, str]:
        """``doubted``, where a story with words of danger in it is surely about something else.

        Args:
            slots: ``said`` and ``asked`` (the question's slot); other answers are too short to be judged.
        """
        story = slots["asked"] in _STORY_ASKED
        return {"doubted": "yes"} if story and self.doubts_danger(slots["said"]) else {}

    def _question(self, said: str, asked: str) -> str:
        topic = topic_of(self.topics, said)
        if asked not in _STORY_ASKED:
            return topic
        found = self.judge(said)
        if found.type.level in ("P0", "P1", "P2") and found.confidence >= _CERTAIN_TYPE:
            return ""
        needed = _CERTAIN_TYPE if is_question(said) else _CERTAIN_ALONE
        if not topic and found.type.route == "faq" and found.confidence >= needed:
            topic = topic_of_type(self.topics, found.type.code)
        return topic

    def _is_abuse(self, said: str, asked: str) -> bool:
        """Swearing with nothing else in it, or talk that is no complaint; who swears and tells is served."""
        anything = asked in _STORY_ASKED
        if _SWEARING.search(said) is None:
            if not anything:
                return False
            found = self.judge(said)
            told = len("".join(said.split())) >= _SHORTEST_STORY
            return told and found.type.code == "abuse" and found.confidence >= _CERTAIN_ABUSE
        left = _SWEARING.sub(" ", said)
        if len(_FILLERS.sub("", left)) < _SHORTEST_ANSWER:
            return True
        if not anything:
            return False
        found = self.judge(left)
        return found.type.code in ("abuse", "other") or found.confidence < _CERTAIN_TYPE


def _is_no_answer(said: str) -> bool:
    """Whether somebody who was asked for a yes tells more of the story instead (도로에서요)."""
    long = len("".join(said.split())) >= _SHORTEST_STORY
    return long and interpret_answer(said, _YES_NO).status is Status.NO_MATCH


def language_wanted(said: str) -> str:
    """The language that a caller speaks or asks for (``외국어`` if it is not known which); empty: Korean."""
    foreign = _LATIN.search(said)
    if foreign is not None and len(foreign.group()) > len(_HANGUL.findall(said)):
        return next((name for name, words in _LANGUAGES.items() if re.search(words, said)), "영어")
    for name, words in _LANGUAGES.items():
        found = re.search(words, said)
        if found is not None and (
            not _HANGUL.search(found.group()) or _LANGUAGE_WISH.match(said[found.end() :].lstrip())
        ):
            return name
    return "외국어" if _KOREAN_LACKED.search(said) else ""
