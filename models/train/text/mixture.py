"""The mix of sentences that the recogniser learns from, as one table of weights."""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random

from models.train.text import spoken
from models.train.text.hangul import key, length
from models.train.text.load import grammar
from models.train.text.syllables import deck, nonsense

# What a voice at 150 words a minute says in 4.8 s, the model's window less a margin.
MAXIMUM_SYLLABLES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One class of sentences: its weight in the mix, its rule, how often words of hesitation are put in."""

    name: str
    weight: float
    rule: str
    hesitant: float


NONSENSE = "random syllables"

# Breadth first: sounds are learned from few words, spelling only from the word itself (받아 sounds like
# 바다), so a fifth of the mix is there for its words alone. The rest is what citizens say to a city hall;
# numbers and short answers have to be right to the syllable and are heard in every call.
SHARES = (
    Share(name="short answer", weight=12, rule="short_answer", hesitant=0.06),
    Share(name="choice and intent", weight=4, rule="intent", hesitant=0.10),
    Share(name="phone number", weight=8, rule="phone", hesitant=0.0),
    Share(name="temperature", weight=4, rule="temperature_said", hesitant=0.12),
    Share(name="date and time", weight=6, rule="date_said", hesitant=0.12),
    Share(name="other numbers", weight=6, rule="number_said", hesitant=0.12),
    Share(name="place", weight=4, rule="place_said", hesitant=0.12),
    Share(name="duty desk", weight=11, rule="duty", hesitant=0.20),
    Share(name="care call", weight=8, rule="care", hesitant=0.20),
    Share(name="welfare call", weight=5, rule="welfare", hesitant=0.20),
    Share(name="told", weight=12, rule="told_to_the_desk", hesitant=0.12),
    Share(name="simple clause", weight=5, rule="simple", hesitant=0.12),
    Share(name="compound sentence", weight=7, rule="compound", hesitant=0.10),
    Share(name="colloquial", weight=8, rule="colloquial", hesitant=0.30),
    Share(name="story", weight=7, rule="story", hesitant=0.25),
    Share(name="dialect", weight=8, rule="dialect_sentence", hesitant=0.15),
    Share(name="fragment", weight=4, rule="fragment", hesitant=0.05),
    Share(name="predicate", weight=6, rule="predicate", hesitant=0.05),
    Share(name="vocabulary", weight=20, rule="vocabulary", hesitant=0.03),
    Share(name="frequent", weight=16, rule="frequent", hesitant=0.06),
    Share(name=NONSENSE, weight=6, rule="", hesitant=0.0),
)


def hesitating(text: str, random: Random) -> str:
    """The sentence with a filler in a gap, a word begun twice, or both."""
    words = text.split()
    gap = random.randrange(len(words) + 1)
    kind = random.random()
    if kind < 0.65:
        words.insert(gap, grammar().text("filler", random))
    elif kind < 0.85:
        place = random.randrange(len(words))
        words.insert(place, words[place])
    else:
        place = random.randrange(len(words))
        words.insert(place, words[place][: max(1, len(words[place]) // 2)])
        if random.random() < 0.3:
            words.insert(0, random.choice(spoken.FILLERS))
    return " ".join(words)


def labelled(random: Random, excluded: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Sentences without end, each with the name of its class.

    Args:
        random: all randomness comes from here.
        excluded: `key()` of every text that must not come up, such as those of the evaluation sets.
    """
    rules = grammar()
    syllables = deck(random)
    sums = list(accumulate(share.weight for share in SHARES))

    def written(share: Share) -> str:
        if share.name == NONSENSE:
            return nonsense(syllables, random)
        text = rules.text(share.rule, random)
        return hesitating(text, random) if random.random() < share.hesitant else text

    while True:
        share = SHARES[bisect(sums, random.random() * sums[-1])]
        text = allowed(partial(written, share), excluded)
        if text:
            yield share.name, text


def allowed(write: Callable[[], str], excluded: frozenset[str]) -> str:
    """A text that is short enough and not excluded, or an empty one after a few tries."""
    for _ in range(8):
        text = write()
        if 0 < length(text) <= MAXIMUM_SYLLABLES and (not excluded or key(text) not in excluded):
            return text
    return ""


def sentences(random: Random, excluded: frozenset[str]) -> Iterator[str]:
    """Sentences without end in the mix of a table: Hangul and single spaces, 1 to 32 syllables.

    Args:
        random: all randomness comes from here: the same seed gives the same sentences.
        excluded: `key()` of every text that must not come up, such as those of the evaluation sets.
    """
    for _, text in labelled(random, excluded):
        yield text
