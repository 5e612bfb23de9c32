"""The edge of the duty desk: reads its data and the city's."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from voicebot.dialogue.understanding import Gazetteer
from voicebot.services.data_files import read_text
from voicebot.services.duty.complaint import Desk, note_not_known
from voicebot.services.duty.faq import Topic, parse_topics
from voicebot.services.duty.overhearing import Overhearing
from voicebot.services.duty.questions import Questions, parse_questions
from voicebot.services.equipment import Equipment
from voicebot.services.triage import ComplaintType, Judgement, load_triage

_FOLDER = Path(__file__).resolve().parent
QUESTIONS_FILE = _FOLDER / "questions.yaml"
FAQ_FILE = _FOLDER / "faq.yaml"


_JUDGED_BEGIN, _JUDGED_END = 600, 400
"""Characters of a long story that are judged: two minutes of talk from its beginning, and how it ends.
Judging takes as long as the story is long (90 ms for ten minutes of talk, in the thread that serves all
calls); words of danger are looked for in all of it, by the machine."""
_STORIES_KEPT = 4
"""A turn asks about the same words up to three times: is it a question, is it abuse, what is it about."""


def sparing(judge: Callable[[str], Judgement]) -> Callable[[str], Judgement]:
    """The same judgement of a story, made once, and of a long one's two ends."""

    @lru_cache(maxsize=_STORIES_KEPT)
    def judged(said: str) -> Judgement:
        if len(said) > _JUDGED_BEGIN + _JUDGED_END:
            said = f"{said[:_JUDGED_BEGIN]} {said[-_JUDGED_END:]}"
        return judge(said)

    return judged


def load_questions(types: dict[str, ComplaintType], path: Path = QUESTIONS_FILE) -> dict[str, Questions]:
    """The questions of every type that becomes a case.

    Raises:
        FlowError: The file is missing or holds mistakes, told with their lines.
    """
    cases = [code for code, type_ in types.items() if type_.route in ("duty", "case")]
    return parse_questions(str(path), read_text(path), cases)


def load_topics(types: dict[str, ComplaintType], answers: Path | None) -> dict[str, Topic]:
    """The answers that hold everywhere, and the city's.

    Args:
        types: The types of complaint.
        answers: The city's file, if it has one.

    Raises:
        FlowError: A file is missing or holds mistakes, told with their lines.
    """
    asked = [code for code, type_ in types.items() if type_.route == "faq"]
    topics = parse_topics(str(FAQ_FILE), read_text(FAQ_FILE), asked)
    if answers is None:
        return topics
    return parse_topics(str(answers), read_text(answers), asked, topics)


def equip(answers: Path | None = None, gazetteer: Gazetteer | None = None) -> Equipment:
    """What the duty desk brings to its flow.

    Args:
        answers: The city's own answers.
        gazetteer: The city's names of places.

    Raises:
        FlowError: A data file is missing or holds mistakes, told with their lines.
        ModelError: The weights of triage are missing or broken.
    """
    triage = load_triage()
    judge = sparing(triage.judge)
    types = dict(triage.types)
    topics = load_topics(types, answers)
    desk = Desk(judge=judge, types=types, questions=load_questions(types), gazetteer=gazetteer)
    listening = Overhearing(
        judge=judge, doubts_danger=triage.doubts_danger, topics=topics, gazetteer=gazetteer
    )
    return Equipment(
        functions={
            "triage": desk.triage,
            "take_rival": desk.take_rival,
            "next_question": desk.next_question,
            "note_not_known": note_not_known,
            "join_place": desk.join_place,
            "read_plate": desk.read_plate,
            "report": desk.report,
            "overhear": listening.overhear,
            "doubt_danger": listening.doubt,
        },
        answers={name: topic.say for name, topic in topics.items()},
    )
