"""What the welfare call can ask, and what each answer tells of a profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.services.welfare.profile import DOMAINS, EVERYTHING, Knowledge, Value, mask

NOT_KNOWN = "not_known"
"""The answer of who cannot say; the question is not put again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer."""

    tells: Mapping[str, int]
    """Key → bits of the values that remain possible."""
    share: int
    """Of a hundred plausible persons, how many give it. Only the order of questions rests on this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; its name is the flow's state and slot."""

    name: str
    answers: Mapping[str, Answer]
    after: Mapping[str, int]
    """Key → bits that must already be sure: "a severe one?" is asked of the disabled only."""

    def fits(self, knowledge: Knowledge) -> bool:
        """Whether it makes sense to ask this person, and is not answered already."""
        sure = all(not knowledge.bits(key) & ~bits for key, bits in self.after.items())
        return sure and sum(possible(answer, knowledge) for answer in self.answers.values()) > 1


def possible(answer: Answer, knowledge: Knowledge) -> bool:
    """Whether an answer agrees with what is known."""
    return all(knowledge.bits(key) & bits for key, bits in answer.tells.items())


def told(answer: Answer, knowledge: Knowledge) -> Knowledge:
    """What is known after an answer; a contradiction of something known leaves that key as it was."""
    for key, bits in answer.tells.items():
        if knowledge.bits(key) & bits:
            knowledge = knowledge.narrowed(key, bits)
    return knowledge


def _where(key: str, holds: Callable[[Value], bool]) -> int:
    return mask(key, [value for value in DOMAINS[key] if holds(value)])


def _at_least(key: str, least: int) -> int:
    return _where(key, lambda value: isinstance(value, int) and value >= least)


def _is(key: str, *values: Value) -> int:
    return mask(key, values)


def _but(key: str, bits: int) -> int:
    return EVERYTHING[key] & ~bits


def _yes_no(
    name: str,
    key: str,
    bits: int,
    share: int,
    *,
    after: Mapping[str, int] | None = None,
    yes: Mapping[str, int] | None = None,
    no: Mapping[str, int] | None = None,
) -> Question:
    """A question that ``yes`` answers with ``bits`` of the key (and what follows), ``no`` with the others."""
    answers = {
        "yes": Answer(tells={key: bits, **(yes or {})}, share=share),
        "no": Answer(tells={key: _but(key, bits), **(no or {})}, share=100 - share),
    }
    return Question(name=name, answers=answers, after=after or {})


def _choice(
    name: str, key: str, answers: Mapping[str, tuple[int, int]], after: Mapping[str, int] | None = None
) -> Question:
    """A question whose answers are ``value: (bits, share)``."""
    given = {value: Answer(tells={key: bits}, share=share) for value, (bits, share) in answers.items()}
    return Question(name=name, answers=given, after=after or {})


_RECEIVES = _where("basic_livelihood", bool)
_LIVING = _where(
    "basic_livelihood", lambda kinds: isinstance(kinds, frozenset) and bool(kinds & {"생계", "의료"})
)
_DISABLED = _is("disability", "mild", "severe")
_VETERAN = _but("veteran", _is("veteran", "none"))
_WOUNDED = _is("veteran", "상이1-3", "상이4-7")
_CHILDREN = _at_least("children_under_19", 1)
_OLD = _at_least("age", 65)  # 기초연금 and the voucher's "member 65+"

# Shares: among the people whom such a call goes to (mostly old, many poor), estimated, not measured.
QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        _yes_no("livelihood", "basic_livelihood", _RECEIVES, 25),
        _yes_no("living_allowance", "basic_livelihood", _LIVING, 60, after={"basic_livelihood": _RECEIVES}),
        _yes_no("near_poor", "near_poor", _is("near_poor", True), 10),
        _yes_no("pension", "basic_pension", _is("basic_pension", True), 55, yes={"age": _OLD}),
        _yes_no("disability", "disability", _DISABLED, 20),
        _yes_no("severe", "disability", _is("disability", "severe"), 40, after={"disability": _DISABLED}),
        _choice(
            "disability_kind",
            "disability_kind",
            {
                "sight": (_is("disability_kind", "시각"), 10),
                "hearing": (_is("disability_kind", "청각"), 16),
                "other": (_is("disability_kind", "기타"), 74),
            },
            after={"disability": _DISABLED},
        ),
        _yes_no("veteran", "veteran", _VETERAN, 7),
        _choice(
            "veteran_kind",
            "veteran",
            {
                "wounded": (_WOUNDED, 40),
                "independence": (_is("veteran", "독립유공자", "독립유공자유족"), 10),
                "may_18": (_is("veteran", "5.18부상자"), 5),
                "other": (_is("veteran", "기타"), 45),
            },
            after={"veteran": _VETERAN},
        ),
        _yes_no("wounded_grade", "veteran", _is("veteran", "상이1-3"), 15, after={"veteran": _WOUNDED}),
        _yes_no("large_household", "household_size", _at_least("household_size", 5), 4),
        _yes_no(
            "children",
            "children_under_19",
            _CHILDREN,
            15,
            no={"infant_under_3": _is("infant_under_3", False)},
        ),
        _yes_no(
            "three_children",
            "children_under_19",
            _at_least("children_under_19", 3),
            15,
            after={"children_under_19": _CHILDREN},
        ),
        _yes_no(
            "infant",
            "infant_under_3",
            _is("infant_under_3", True),
            20,
            after={"children_under_19": _CHILDREN},
        ),
        _yes_no("old", "age", _OLD, 65, no={"basic_pension": _is("basic_pension", False)}),
        _yes_no("pregnant", "pregnant", _is("pregnant", True), 2),
        _yes_no("severe_illness", "severe_illness", _is("severe_illness", True), 8),
        _yes_no("single_parent", "single_parent", _is("single_parent", True), 5),
        _yes_no("budget_carrier", "mobile_carrier", _is("mobile_carrier", "mvno"), 20),
        _yes_no("own_name", "line_in_own_name", _is("line_in_own_name", True), 85),
        _choice(
            "fuel",
            "fuel",
            {
                "city_gas": (_is("fuel", "city_gas"), 70),
                "district_heat": (_is("fuel", "district_heat"), 12),
                "other": (_is("fuel", "other"), 18),
            },
        ),
    )
}
"""Name → question; of two that decide equally much the first is asked."""
