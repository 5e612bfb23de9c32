"""Answers to frequent questions: data of ours and of the city, and which of them a question is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from voicebot.dialogue.flow.korean import syllables
from voicebot.dialogue.flow.problems import raise_errors
from voicebot.dialogue.flow.source import Source, read_source
from voicebot.dialogue.flow.validation import unknown

LONGEST_ANSWER = 60
"""Syllables: the longest prompt of a flow (``flow.checks``)."""

TOGETHER = "+"
"""Joins words that must all be in the question: 버스+두고."""

_KEYS = ("about", "types", "say")
_LONGEST_QUESTION = 60
"""Characters without spaces: who talks longer tells a story."""

_ASKS = re.compile(
    r"어디|어떻게|어떡|언제|얼마|몇|뭐|무엇|무슨|누구|되나|됩니까|돼요|되요|될까|되는지|있나|있습니까|있을까|하나요|합니까|하는지"
    r"|[여려]나요|알려|가르쳐|궁금|문의|물어|여쭤|하려면|려고|싶은데|싶어|받으려|떼러|찾아|찾을|찾고|잃어버|잃어먹|두고(?:내|왔|온)|놓고(?:내|왔|온)|\?"
)
"""What makes words a question, or the wish for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One answer."""

    say: str
    about: tuple[str, ...] = ()
    """Without spaces."""
    types: tuple[str, ...] = ()
    """Types of complaint that are answered so when no other topic fits."""


def parse_topics(
    file: str, text: str, types: Collection[str], known: Mapping[str, Topic] | None = None
) -> dict[str, Topic]:
    """Read the text of a file of answers.

    Args:
        file: Its name, for messages.
        text: YAML: topic → ``say``, ``about`` and ``types``.
        types: Codes of the types that are answered.
        known: Topics that this file adds to; one that it names again needs only its new ``say``.

    Raises:
        FlowError: It is wrong; one ``file:line: what; remedy`` a mistake.
    """
    source = read_source(file, text)
    topics = dict(known or {})
    if isinstance(source.data, dict):
        for name, entry in source.data.items():
            topic = _topic(source, name, entry, types, topics.get(name))
            if topic is not None:
                topics[name] = topic
        answered = {code for topic in topics.values() for code in topic.types}
        for code in sorted(set(types) - answered) if not source.problems else ():
            source.problem((), f"type {code!r} has no answer; name it in the 'types' of a topic")
    elif not source.problems:
        source.problem((), "not a file of answers; write 'TOPIC: {about: […], say: …}' a line")
    raise_errors(source.problems)
    return topics


def _topic(
    source: Source, name: str, entry: Any, types: Collection[str], before: Topic | None
) -> Topic | None:
    mistakes = len(source.problems)
    if not isinstance(entry, Mapping):
        source.problem((name,), "no answer; write {about: […], say: …}")
        return None
    for key in entry:
        if key not in _KEYS:
            source.problem((name, key), unknown("key", key, _KEYS))
    say = entry.get("say")
    if not isinstance(say, str) or not say.strip():
        source.problem((name, "say"), "'say' is missing; write the answer")
    elif syllables(say) > LONGEST_ANSWER:
        message = f"{syllables(say)} syllables are long to listen to; say it in {LONGEST_ANSWER} at most"
        source.problem((name, "say"), message)
    about, answered = entry.get("about", []), entry.get("types", [])
    if not isinstance(about, list) or not all(isinstance(word, str) and len(word) > 1 for word in about):
        source.problem((name, "about"), "'about' must be a list of words of two syllables and more")
    elif not about and before is None:
        source.problem((name, "about"), "'about' is missing; write the words that ask for this answer")
    if not isinstance(answered, list):
        source.problem((name, "types"), "'types' must be a list; write [type, type]")
        answered = []
    for place, code in enumerate(answered):
        if code not in types:
            source.problem((name, "types", place), unknown("type", str(code), types))
    if len(source.problems) > mistakes:
        return None
    given = {"about": tuple(word.replace(" ", "") for word in about), "types": tuple(answered)}
    old = before or Topic(say="")
    return replace(old, say=str(say), **{key: value for key, value in given.items() if value})


def is_question(said: str) -> bool:
    """Whether words ask for something."""
    return _ASKS.search("".join(said.split())) is not None


def topic_of(topics: Mapping[str, Topic], said: str) -> str:
    """The topic that words ask about: the one with the longest words in them; empty: none, or no question."""
    compact = "".join(said.split())
    if len(compact) > _LONGEST_QUESTION or not is_question(said):
        return ""
    found = [
        (len(words), name)
        for name, topic in topics.items()
        for words in topic.about
        if all(word in compact for word in words.split(TOGETHER))
    ]
    return max(found)[1] if found else ""


def topic_of_type(topics: Mapping[str, Topic], code: str) -> str:
    """The topic that answers a type of complaint; empty: none does."""
    return next((name for name, topic in topics.items() if code in topic.types), "")
