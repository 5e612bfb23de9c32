"""From a text to a clean clip: in full, with a pause, broken off, or one word again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from models.train.sound.clips import LONGEST, RATE_HZ, Samples, Voice

Speak = Callable[[str, Voice], Samples]

BROKEN_OFF = 0.08
"""Share of clips that end inside a word, as partial decodes do: without them the decoder completes it."""
PAUSED = 0.10
"""Share of clips with a pause between words: without them what follows a pause is lost."""
REPEATED = 0.015
"""Share of clips of one word again and again (네네네, 아니 아니): the decoder has to count, and to stop."""

# Shorter ones than utterances are cut at stay inside them: the first model lost a fifth of what followed.
_PAUSE_S = (0.1, 1.2)
_REPEATED_SYLLABLES = 3  # a longer word is not said four times over
_REPETITIONS = (2, 4)
# What comes last is drawn out: measured, two words said alone are 70 ms longer than both said together.
_DRAWN_OUT_S = 0.07
_BEGUN_S = (0.02, 0.08)  # of the next syllable, whose sound nobody could name yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clean clip and what can be heard in it."""

    text: str
    samples: Samples
    broken_off: bool = False
    """It ends inside a word: nothing may be appended to it."""


def make_clip(text: str, voice: Voice, random: Random, speak: Speak) -> Clip:
    """Speak a text in one of the four ways; words that do not fit into the longest clip are left unsaid.

    Raises:
        SynthesisError: Nothing in the text can be spoken.
    """
    kind = random.random()
    words = text.split()
    if kind < REPEATED:
        return _fitting(_repeated(words[0], random), voice, speak)
    if kind < REPEATED + PAUSED and len(words) > 1:
        return _paused(words, voice, random, speak)
    clip = _fitting(text, voice, speak)
    if kind > 1.0 - BROKEN_OFF:
        return _broken_off(clip, voice, random, speak)
    return clip


def _repeated(word: str, random: Random) -> str:
    short = word[:_REPEATED_SYLLABLES]
    return random.choice(("", " ")).join([short] * random.randint(*_REPETITIONS))


def _fitting(text: str, voice: Voice, speak: Speak) -> Clip:
    """Said in full, or its first words where all are too long for a clip."""
    samples = speak(text, voice)
    while len(samples) > LONGEST:
        words = text.split()
        # Half a word is no word: a single one that is too long loses syllables instead.
        text = " ".join(words[: len(words) // 2]) if len(words) > 1 else text[: len(text) // 2]
        samples = speak(text, voice)
    return Clip(text=text, samples=samples)


def _paused(words: list[str], voice: Voice, random: Random, speak: Speak) -> Clip:
    place = random.randint(1, len(words) - 1)
    halves = [" ".join(words[:place]), " ".join(words[place:])]
    pause = np.zeros(round(random.uniform(*_PAUSE_S) * RATE_HZ), dtype=np.int16)
    samples = np.concatenate([speak(halves[0], voice), pause, speak(halves[1], voice)])
    if len(samples) > LONGEST:
        return _fitting(halves[0], voice, speak)
    return Clip(text=" ".join(words), samples=samples)


def _broken_off(clip: Clip, voice: Voice, random: Random, speak: Speak) -> Clip:
    """Break off soon after a syllable; where that is follows from how long the text up to it takes alone."""
    places = [number for number in range(1, len(clip.text)) if clip.text[number - 1] != " "]
    if not places:
        return clip
    said = clip.text[: random.choice(places)].strip()
    length = len(speak(said, voice)) + round((random.uniform(*_BEGUN_S) - _DRAWN_OUT_S) * RATE_HZ)
    if not 0 < length < len(clip.samples):
        return clip
    return Clip(text=said, samples=clip.samples[:length], broken_off=True)
