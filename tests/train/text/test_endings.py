"""The groups of endings in the data files, with stems of every kind."""

from random import Random

import pytest

from models.train.text.conjugation import Ending, Kind, stem
from models.train.text.endings import Auxiliary, Conjugator, copula_form, parsed, read_groups
from models.train.text.files import HERE, DataError, Line
from models.train.text.hangul import is_syllable
from models.train.text.load import lexeme, stems_by_section


def line(text: str) -> Line:
    return Line(section="final", text=text, weight=1.0, place="endings.txt:1")


def test_there_are_more_than_enough_endings_and_stems() -> None:
    endings = {
        choice.ending if isinstance(choice, Auxiliary) else choice
        for group in read_groups(HERE / "endings").values()
        for choice in group.choices
        if isinstance(choice, Ending | Auxiliary)
    }
    stems = {one.text for section in stems_by_section().values() for one in section}
    assert len(endings) > 500
    assert len(stems) > 1500


def test_every_group_makes_hangul_of_every_kind_it_takes() -> None:
    random = Random(2)
    groups = read_groups(HERE / "endings")
    conjugator = Conjugator(groups, lexeme)
    for word, kind in [
        ("먹다", Kind.VERB),
        ("춥다", Kind.ADJECTIVE),
        ("있다", Kind.EXISTENCE),
        ("이다", Kind.COPULA),
    ]:
        for name in groups:
            for _ in range(40):
                try:
                    form = conjugator.form(stem(word, kind), name, random)
                except DataError as error:
                    assert "has nothing for" in str(error)  # such as an order to be cold
                    break
                assert all(is_syllable(letter) or letter == " " for letter in form), (name, form)


def test_auxiliaries_go_on_with_a_group() -> None:
    auxiliary = parsed(line("고 있다 + polite | - | -"))
    assert auxiliary == Auxiliary(
        ending=Ending(verb="고 ", adjective=None, copula=None), word="있다", group="polite"
    )


@pytest.mark.parametrize(
    ("adjective", "copula"),
    [
        ("다고", "라고"),
        ("대요", "래요"),
        ("어요", "어요"),
        ("어서", "라서"),
        ("네요", "네요"),
        ("당께", "랑께"),
    ],
)
def test_what_the_copula_takes(adjective: str, copula: str) -> None:
    assert copula_form(adjective) == copula


def test_an_auxiliary_needs_a_verb() -> None:
    with pytest.raises(DataError, match=r"endings.txt:1: .* needs a connective, a space and a verb"):
        parsed(line("고 있 + polite"))
