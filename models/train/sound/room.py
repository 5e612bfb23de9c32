"""A room around the speaker: a direct sound and a tail of noise that dies away exponentially.

The model of late reverberation of Moorer (About This Reverberation Business, Computer Music Journal 3, 1979).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from models.train.sound.signals import Signal, decibels_to_gain, samples_of, white

DECAY_MS = (50.0, 300.0)
"""Time to fall by 60 dB: from a car to a furnished living room; who calls from a church will be misheard."""
DIRECT_TO_TAIL_DB = (2.0, 18.0)
"""The receiver is at the mouth or a metre away (hands-free)."""
_BEFORE_TAIL_MS = (2.0, 10.0)  # the nearest wall: 0.3 to 1.7 m away, there and back
_DECAY = 3 * math.log(10)  # 60 dB as a natural exponent of the amplitude


def impulse_response(random: Generator) -> Signal:
    """Draw a room: ``[n]`` with the direct sound of 1 at sample 0, 50 to 300 ms long."""
    decay = samples_of(random.uniform(*DECAY_MS))
    before = samples_of(random.uniform(*_BEFORE_TAIL_MS))
    tail = white(decay, random)
    tail *= np.exp(np.arange(decay, dtype=np.float32) * np.float32(-_DECAY / decay))
    tail[:before] = 0
    tail *= decibels_to_gain(-random.uniform(*DIRECT_TO_TAIL_DB)) / math.sqrt(float(np.dot(tail, tail)))
    tail[0] = 1
    return tail
