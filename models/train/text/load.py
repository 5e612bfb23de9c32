"""The grammar of this folder, put together of its data files and slot functions."""

from collections.abc import Mapping, Sequence
from functools import cache

from models.train.text import calendar_words, measures, names, spoken, syllables, told
from models.train.text.conjugation import Kind, Stem, stem
from models.train.text.endings import Conjugator, read_groups
from models.train.text.files import HERE, Line, lines, words
from models.train.text.grammar import Grammar, Slot

# The kind of the stems in a section is the first letter of its name: v.eat, a.taste, e.all.
KINDS = {"v": Kind.VERB, "a": Kind.ADJECTIVE, "e": Kind.EXISTENCE}

# Verbs of dialects and auxiliaries that no list of everyday verbs holds.
LITERAL = {
    "이다": Kind.COPULA,
    "아니다": Kind.COPULA,
    "있다": Kind.EXISTENCE,
    "없다": Kind.EXISTENCE,
    "같다": Kind.ADJECTIVE,
    "싶다": Kind.ADJECTIVE,
    "만하다": Kind.ADJECTIVE,
    "묵다": Kind.VERB,
    "않다": Kind.VERB,
    "못하다": Kind.VERB,
    "대다": Kind.VERB,
    "버리다": Kind.VERB,
    "나다": Kind.VERB,
    "되다": Kind.VERB,
}

SLOTS: Mapping[str, Slot] = {
    "phone": spoken.phone,
    "bare_phone": spoken.bare_phone,
    "digit_row": spoken.digit_row,
    "plate": spoken.plate,
    "age": spoken.age,
    "temperature": measures.temperature,
    "air_temperature": measures.air_temperature,
    "money_amount": measures.money,
    "money_exact": measures.money_exact,
    "count": measures.count,
    "count_exact": measures.count_exact,
    "duration": measures.duration,
    "percent": measures.percent,
    "house_number": measures.house_number,
    "pressure": measures.pressure,
    "code": measures.code,
    "date": calendar_words.date,
    "date_at": calendar_words.date_at,
    "time": calendar_words.time_of_day,
    "rough_time": calendar_words.rough_time,
    "birthday": calendar_words.birthday,
    "dong": names.dong,
    "road": names.road,
    "apartment": names.apartment,
    "landmark": names.landmark,
    "city": names.city,
    "person_name": names.person_name,
    "given_name": names.given_name,
    "made_up": syllables.made_up,
    "told_to_the_desk": told.told_to_the_desk,
}


@cache
def stems_by_section() -> dict[str, tuple[Stem, ...]]:
    """The verbs and adjectives of each section of the lexicon."""
    sections = words(HERE / "lexicon")
    return {
        name: tuple(stem(word, KINDS[name[0]]) for word in entries)
        for name, entries in sections.items()
        if name[1:2] == "."
    }


@cache
def literal_kinds() -> dict[str, Kind]:
    """The kind of every dictionary form that a template may name."""
    kinds: dict[str, Kind] = {}
    for name, entries in words(HERE / "lexicon").items():
        if name[1:2] == ".":
            for word in entries:
                kinds.setdefault(word.partition("/")[0], KINDS[name[0]])
    return kinds | LITERAL


def lexeme(word: str) -> Stem:
    """The stem of a dictionary form: of the kind of its last word, a verb where no list holds it."""
    kinds = literal_kinds()
    form = word.partition("/")[0]
    return stem(word, kinds.get(form) or kinds.get(form.rpartition(" ")[2], Kind.VERB))


@cache
def grammar() -> Grammar:
    """The grammar of all rules of this folder.

    Raises:
        DataError: for a data file with a mistake, by file and line.
    """
    rules: Sequence[Line] = [line for path in sorted((HERE / "rules").glob("*.txt")) for line in lines(path)]
    nouns = {name: entries for name, entries in words(HERE / "lexicon").items() if name[1:2] != "."}
    return Grammar(
        rules=rules,
        words=nouns,
        verbs=stems_by_section(),
        lexeme=lexeme,
        conjugator=Conjugator(read_groups(HERE / "endings"), lexeme),
        slots=SLOTS,
    )
