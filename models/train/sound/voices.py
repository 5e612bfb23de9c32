"""Who speaks: eSpeak NG's variants with rates, pitches and vocal tracts, some of them never trained on.

Each variant of eSpeak NG 1.51 was made to say three Korean sentences and judged by level, spectrum, pitch and
what a recogniser made of it. Left out, and why:

* Demonic, Lee, kaukovalta, norbert: formants moved one by one (norbert's second by −25 %), so that vowels
  turn into others;
* RicishayMax, RicishayMax2, RicishayMax3: ten seconds of echo;
* fast (the plain voice), Gene2 (Gene), caleb and klatt4 (adam), edward2 (edward), klatt6 (klatt5), robosoft3
  (robosoft2), steph2 and steph3 (steph), michel (miguel): another's spectrum within 0.4 dB, or a held-out
  variant's own family.
"""

from __future__ import annotations

import random as random_module
from dataclasses import dataclass
from random import Random

COMMON_VARIANTS = (
    *("", "f1", "f2", "f4", "f5", "m1", "m2", "m3", "m5", "m6", "m7", "m8"),
    *("Alex", "Andrea", "Andy", "Denis", "Diogo", "Gene", "Hugo", "Mario", "Michael", "Mike", "Mr serious"),
    *("adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris", "croak", "david", "ed", "edward"),
    *("grandma", "grandpa", "gustave", "iven2", "iven3", "iven4", "john", "klatt", "klatt2", "klatt5"),
    *("linda", "marcelo", "max", "pablo", "paul", "pedro", "rob", "robert", "sandro", "shelby", "travis"),
    "victor",
)
"""Like people, by eSpeak's standard; the empty one is the plain voice."""

RARE_VARIANTS = (
    *("AnxiousAndy", "Jacky", "Marco", "Storm", "Tweaky", "UniRobot", "anikaRobot", "announcer", "iven"),
    *("robosoft", "robosoft2", "robosoft4", "robosoft5", "robosoft6", "robosoft7", "robosoft8"),
    *("whisper", "whisperf", "zac"),
)
"""Robots, whispers, overdriven and very high voices: Korean all the same, and not to be known by pitch."""

HELD_OUT_VARIANTS = (
    *("Alicia", "Annie", "f3", "steph"),
    *("Henrique", "Nguyen", "klatt3", "m4", "miguel", "quincy"),
)
"""Never trained on; each about 1 dB or more from every trained one (mean difference of 200-Hz bands)."""

RARE_PROBABILITY = 0.12
"""19 of 75 variants get half of their share."""

WORDS_PER_MINUTE = (110, 210)
"""From a slow old person (the persona *slow_elder* speaks at 115) to what is still distinct."""
HELD_OUT_WORDS_PER_MINUTE = ((133, 138), (167, 172))
"""Inclusive bands inside the trained range; they avoid the common settings (130, 140, 150, 160, 175)."""

PITCHES = (10, 90)
"""Measured with the plain voice and f2: 73 to 154 Hz and 140 to 294 Hz."""
HELD_OUT_PITCHES = ((26, 31), (43, 47), (66, 71))

FORMANT_SCALES = (0.92, 1.08)
"""Vocal tracts of one sex differ by about ±8 % in length (Fitch and Giedd, J. Acoust. Soc. Am. 106, 1999)."""
TILT_DB_PER_OCTAVE = 2.5
"""Soft to pressed voices differ by some 5 dB an octave of the source's slope."""
ENDINGS = {"": 0.55, "?": 0.2, "!": 0.1, ",": 0.15}
"""A sign at the end sets eSpeak's melody: falling, rising, lively, unfinished; with probabilities."""

# eSpeak NG 1.51 kills the process where a low pitch swings far (variant rob: at 20, from a range of 88 on).
_LOW_PITCH, _WIDEST_RANGE_OF_LOW = 30, 75

_PLAIN_PROBABILITY = 0.35  # no scaling, no tilt: eSpeak's own sound stays in
_GAP_PROBABILITY = 0.15
_LONGEST_GAP = 4  # tens of ms at eSpeak's normal rate: measured +0.1 s a word at 150 words a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How one clip is spoken; rate and pitch as they are heard, whatever ``formant_scale`` is."""

    variant: str = ""
    """File name of eSpeak's variant; empty for the plain voice."""
    words_per_minute: int = 150
    pitch: int = 50
    """0 to 99, eSpeak's measure."""
    pitch_range: int = 50
    """0 (monotone) to 99."""
    word_gap: int = 0
    """Pause between words, in eSpeak's units of about 10 ms."""
    formant_scale: float = 1.0
    """Formant frequencies are multiplied by it: above 1 for a shorter vocal tract."""
    tilt_db_per_octave: float = 0.0
    """Added to the spectrum's slope, pivoting at 1 kHz."""
    ending: str = ""
    """Punctuation put after the text, for its melody."""

    @property
    def library_name(self) -> str:
        """What eSpeak NG calls it."""
        return f"ko+{self.variant}" if self.variant else "ko"


def training_voice(random: Random) -> Voice:
    """Draw a voice to train with; never a held-out variant, rate or pitch."""
    rare = random.random() < RARE_PROBABILITY
    variant = random.choice(RARE_VARIANTS if rare else COMMON_VARIANTS)
    plain = random.random() < _PLAIN_PROBABILITY
    words_per_minute = _outside(random, WORDS_PER_MINUTE, HELD_OUT_WORDS_PER_MINUTE)
    pitch = _outside(random, PITCHES, HELD_OUT_PITCHES)
    return Voice(
        variant=variant,
        words_per_minute=words_per_minute,
        pitch=pitch,
        pitch_range=min(random.randint(15, 90), _WIDEST_RANGE_OF_LOW if pitch < _LOW_PITCH else 90),
        word_gap=random.randint(1, _LONGEST_GAP) if random.random() < _GAP_PROBABILITY else 0,
        formant_scale=1.0 if plain else random.uniform(*FORMANT_SCALES),
        tilt_db_per_octave=0.0 if plain else random.uniform(-TILT_DB_PER_OCTAVE, TILT_DB_PER_OCTAVE),
        ending=random.choices(list(ENDINGS), list(ENDINGS.values()))[0],
    )


def held_out(voice: Voice) -> bool:
    """Whether variant, rate and pitch are all such as are never trained on."""
    return (
        voice.variant in HELD_OUT_VARIANTS
        and _within(voice.words_per_minute, HELD_OUT_WORDS_PER_MINUTE)
        and _within(voice.pitch, HELD_OUT_PITCHES)
    )


def _within(value: int, bands: tuple[tuple[int, int], ...]) -> bool:
    return any(lowest <= value <= highest for lowest, highest in bands)


def _outside(random: Random, span: tuple[int, int], bands: tuple[tuple[int, int], ...]) -> int:
    """Draw from a span, but not from the bands in it."""
    while _within(value := random.randint(*span), bands):
        pass
    return value


def _held_out_voices(random: Random) -> tuple[Voice, ...]:
    """Each held-out variant in each held-out band of rates, the pitches in turn; no other change."""
    return tuple(
        Voice(
            variant=variant,
            words_per_minute=random.randint(*rates),
            pitch=random.randint(*HELD_OUT_PITCHES[(number + turn) % len(HELD_OUT_PITCHES)]),
        )
        for turn, rates in enumerate(HELD_OUT_WORDS_PER_MINUTE)
        for number, variant in enumerate(HELD_OUT_VARIANTS)
    )


HELD_OUT_VOICES: tuple[Voice, ...] = _held_out_voices(random_module.Random("held-out voices"))
"""For evaluation: every held-out variant twice."""

SEEN_VOICES: tuple[Voice, ...] = tuple(
    training_voice(random)
    for random in (random_module.Random(f"seen voice {number}") for number in range(24))
)
"""For evaluation: a fixed sample of what is trained on."""
