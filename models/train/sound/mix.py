"""How often each thing happens to a clip: the one table of what the model is trained against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.random import Generator

Weights = Mapping[str, float]
Span = tuple[float, float]

NOISE_WEIGHTS: Weights = MappingProxyType(
    {
        "coloured": 0.28,
        "babble": 0.15,
        "street": 0.12,
        "rustle": 0.08,
        "television": 0.07,
        "hum": 0.06,
        "wind": 0.06,
        "breath": 0.06,
        "clicks": 0.05,
        "hold music": 0.03,
        "cough": 0.02,
        "tones": 0.02,
    }
)
"""Behind speech: steady noise in a quarter, people in a fifth (television has them too), then all else."""

NO_SPEECH_WEIGHTS: Weights = MappingProxyType(
    {
        "silence": 0.14,
        "coloured": 0.14,
        "babble": 0.13,
        "tones": 0.11,
        "hold music": 0.09,
        "television": 0.08,
        "breath": 0.08,
        "street": 0.06,
        "rustle": 0.05,
        "clicks": 0.04,
        "cough": 0.04,
        "wind": 0.02,
        "hum": 0.02,
    }
)
"""Without speech: more of what passes a voice gate easily (babble, music, breath) than behind speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Probabilities and ranges of everything ``distort`` does; each is drawn apart from the others.

    ====================  ===========  ====================================================================
    what                  probability  how much
    ====================  ===========  ====================================================================
    clean                 0.15         line noise 38 to 55 dB below the speech
    loud noise            0.16         0 to 8 dB (babble and television from 6 dB: below it nobody can tell
                                       who is meant)
    noise                 0.69         6 to 28 dB
    first part missing    0.12         20 to 150 ms, half a syllable and a sixth of the clip at most
    last part missing     0.12         the same
    inner pause           0.10         0.3 to 1.2 s at a quiet inner point
    lead, trail           1            0 to 600 ms of line noise each
    own prompt's echo     0.06         another voice 20 to 30 dB below, from the beginning
    room                  0.30         50 to 300 ms, see ``room``
    suppressor            0.12         pauses 6 to 18 dB down
    gain control          0.20         ±12 dB, slow
    clipping              0.08         at 30 to 80 % of the peak
    rough coding          0.15         Q of 12 to 30 dB
    gain                  1            −12 to +6 dB
    G.711                 0.95         A-law 7 of 10, else µ-law; a second time in a quarter
    lost packets          0.20         0.5 to 6 %, silence or faded repetition
    ====================  ===========  ====================================================================
    """

    clean: float = 0.15
    clean_snr_db: Span = (38.0, 55.0)
    loud_noise: float = 0.16
    loud_noise_snr_db: Span = (0.0, 8.0)
    noise_snr_db: Span = (6.0, 28.0)
    least_voices_snr_db: float = 6.0
    noises: Weights = field(default_factory=lambda: NOISE_WEIGHTS)

    cut_start: float = 0.12
    cut_end: float = 0.12
    cut_ms: Span = (20.0, 150.0)
    inner_pause: float = 0.10
    inner_pause_ms: Span = (300.0, 1200.0)
    lead_ms: Span = (0.0, 600.0)
    trail_ms: Span = (0.0, 600.0)

    echo: float = 0.06
    echo_db: Span = (-30.0, -20.0)
    room: float = 0.30
    suppressor: float = 0.12
    gain_control: float = 0.20
    clipping: float = 0.08
    rough_coding: float = 0.15
    gain_db: Span = (-12.0, 6.0)
    g711: float = 0.95
    a_law: float = 0.7
    g711_twice: float = 0.25
    packet_loss: float = 0.20


TRAINING_MIX = Mix()


def draw(weights: Weights, random: Generator) -> str:
    """Draw a name by its weight."""
    names = list(weights)
    edges = np.cumsum([weights[name] for name in names])
    place = int(np.searchsorted(edges, random.random() * edges[-1], side="right"))
    return names[min(place, len(names) - 1)]


def happens(probability: float, random: Generator) -> bool:
    """Throw the dice once."""
    return float(random.random()) < probability
