"""Words of random legal syllables, so that the ear and not only the memory decides what was said.

All 2,350 syllables of KS X 1001 are drawn from a shuffled deck: every one comes up once a round.
"""

from collections.abc import Iterator
from functools import cache
from random import Random

from models.train.text.files import HERE, listed, words
from models.train.text.hangul import is_syllable
from models.train.text.particles import after

# Rows 16 to 40 of KS X 1001 hold the precomposed syllables, 94 in each.
KS_X_1001 = tuple(
    bytes((row, cell)).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)
)

# A half vowel-initial, so that codas are heard before a vowel too.
PARTICLES = listed("syllables.particles")


# Half of the words: rare syllables are learned without crowding out those of real words.
RARE = 0.5


def deck(random: Random) -> Iterator[str]:
    """All syllables in random order, again and again."""
    order = list(KS_X_1001)
    while True:
        random.shuffle(order)
        yield from order


@cache
def common() -> tuple[str, ...]:
    """The syllables of the everyday nouns and adverbs, as often as these hold them."""
    nouns = [entries for name, entries in words(HERE / "lexicon").items() if name[1:2] != "."]
    return tuple(letter for entries in nouns for word in entries for letter in word if is_syllable(letter))


def drawn_word(syllables: Iterator[str], random: Random) -> str:
    """A word of one to four syllables of the deck or of everyday ones, mostly with a particle."""
    size = random.choice((1, 2, 2, 2, 2, 3, 3, 3, 4))
    if random.random() < RARE:
        word = "".join(next(syllables) for _ in range(size))
    else:
        word = "".join(random.choice(common()) for _ in range(size))
    return particled(word, random) if random.random() < 0.75 else word


def nonsense(syllables: Iterator[str], random: Random) -> str:
    """One to five words of the deck."""
    return " ".join(drawn_word(syllables, random) for _ in range(random.choice((1, 1, 2, 2, 3, 3, 4, 5))))


def made_up(random: Random) -> str:
    """A made-up name or thing of two or three syllables, to stand for a noun in a sentence."""
    return "".join(random.choice(common()) for _ in range(random.choice((2, 2, 2, 3))))


def particled(word: str, random: Random) -> str:
    """A word with a random particle in its right form."""
    return word + after(word[-1], random.choice(PARTICLES))
