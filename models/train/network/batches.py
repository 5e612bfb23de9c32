"""What the network is shown: which clips together, distorted how, as which numbers. No torch in here.

Batch number n follows from the seed, the clips and n alone, whoever makes it: training goes on at any batch
after an interruption, and any number of processes make the same batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from models.train.material import Clip
from models.train.network.schedule import SHORT_S, SHORT_STEPS
from models.train.network.shape import MEL_BANDS, Shape
from models.train.network.tokens import Tokens, sounds
from models.train.network.vocal_tract import another_vocal_tract
from models.train.shards import Shards
from models.train.sound.clips import LONGEST, RATE_HZ, TRAINING_MIX, Mix, Samples, distort, no_speech
from voicebot.adapters.recognition.features import FRAMES_PER_SECOND, Features, LogMel

Numbers = npt.NDArray[np.int64]

NO_SPEECH = 0.055
"""Share of clips without speech, from the first batch on: without them noises give text."""
FULL_LENGTH = 0.05
"""Share of batches padded to the longest window; the rest to the longest clip in them and a little more."""
IGNORED = -100
"""A target that counts for nothing (torch's ``ignore_index``)."""

# What makes a clip longer is drawn once for a batch, since its longest clip is what all are padded to: drawn
# for each clip, nearly all batches were 5 s long instead of 3.3 s on average.
_PADDED = 0.5
_PADDING_FRAMES = 60  # the engine pads up to 50 frames after a word that is cut off
_LONG_EDGES = 0.25
_SHORT_EDGE_MS = 300.0  # a voice gate's run-up, or what it waits for before it calls an utterance ended
_POOL_BATCHES = (
    64  # sorted by length together: measured, 1 % of them is padding; of batches of any clips 45 %
)
_OTHER_VOICES = 8  # for babble and echo: as many as are drawn from at most
# SpecAugment (Park et al. 2019), gentle: the clips are distorted already. Of 80 bands a telephone fills 60.
_MASKED = 0.5
_MASKED_BANDS = 10
_MASKED_FRAMES = 6  # 60 ms: within a syllable


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one step learns from."""

    features: Features
    """Shape ``[clips, mel bands, frames]``, frames even."""
    tokens: Numbers
    """Prompt and text, shape ``[clips, tokens]``; filled up with the end of text."""
    targets: Numbers
    """The token after each; ``IGNORED`` where it is given."""
    sounds: Numbers
    """Jamo of each clip, shape ``[clips, longest]``, filled up with 0."""
    sound_counts: Numbers
    """Shape ``[clips]``."""


class Batches:
    """Makes batches by their number.

    Args:
        shards: The clips.
        size: Clips a batch.
        seed: Draws everything.
    """

    def __init__(self, *, shards: Shards, tokens: Tokens, shape: Shape, size: int, seed: int) -> None:
        self._shards = shards
        self._tokens = tokens
        self._shape = shape
        self._size = size
        self._seed = seed
        self._log_mel = LogMel(MEL_BANDS)
        short = np.flatnonzero(shards.lengths <= SHORT_S * RATE_HZ)
        self._short = short if len(short) else np.arange(len(shards.lengths))
        self._epoch: tuple[int, Numbers] = (-1, np.zeros((0, size), dtype=np.int64))

    def batch(self, number: int) -> Batch:
        """Batch ``number``, the same whenever it is asked for."""
        random = np.random.default_rng((self._seed, 1, number))
        mixture = _mixture(random)
        clips = [self._shards.clip(int(clip)) for clip in self.clips(number)]
        others = [clip.samples for clip in clips[:: max(len(clips) // _OTHER_VOICES, 1)]]
        texts = [None if random.random() < NO_SPEECH else clip.text for clip in clips]
        heard = [
            no_speech(random, voices=others) if text is None else _heard(clip, others, mixture, random)
            for clip, text in zip(clips, texts, strict=True)
        ]
        spoken = [len(one) for one, text in zip(heard, texts, strict=True) if text is not None]
        longest = max(spoken, default=LONGEST)
        features = [
            masked(another_vocal_tract(self._log_mel(one[:longest], RATE_HZ), random), random)
            for one in heard
        ]
        window = _window(longest * FRAMES_PER_SECOND // RATE_HZ, self._shape.longest_frames, random)
        stacked = self._log_mel.stack([one[:, :window] for one in features], window)
        return labelled(stacked, texts, self._tokens, self._shape)

    def clips(self, number: int) -> Numbers:
        """Which clips are in a batch, shape ``[size]``."""
        if number < SHORT_STEPS:
            return np.random.default_rng((self._seed, 2, number)).choice(self._short, self._size)
        count = max(len(self._shards.lengths) // self._size, 1)
        epoch, place = divmod(number - SHORT_STEPS, count)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, self._order(epoch, count))
        chosen: Numbers = self._epoch[1][place]
        return chosen

    def _order(self, epoch: int, count: int) -> Numbers:
        """All clips in a new order, those of similar length together: ``[batches, size]``."""
        random = np.random.default_rng((self._seed, 3, epoch))
        lengths = self._shards.lengths
        order = np.resize(random.permutation(len(lengths)), count * self._size)
        step = _POOL_BATCHES * self._size
        pools = [order[first : first + step] for first in range(0, len(order), step)]
        alike = [pool[np.argsort(lengths[pool], kind="stable")].reshape(-1, self._size) for pool in pools]
        return np.concatenate([random.permutation(rows) for rows in alike])


def labelled(features: Features, texts: Sequence[str | None], tokens: Tokens, shape: Shape) -> Batch:
    """Features with what is to be written for them; ``None`` for a clip without speech.

    The start is followed by the language or, without speech, by the token that says so; the rest of the
    prompt is given. A text too long for the decoder's positions is cut, and then has no end.
    """
    most = shape.text_positions - len(tokens.prompt)
    written = [[] if text is None else tokens.encode(text) for text in texts]
    inputs = np.full((len(texts), len(tokens.prompt) + max(map(len, written))), tokens.end_of_text)
    inputs = inputs[:, : shape.text_positions].astype(np.int64)
    targets = np.full_like(inputs, IGNORED)
    for row, aim, text, one in zip(inputs, targets, texts, written, strict=True):
        kept = one[:most]
        row[: len(tokens.prompt)] = tokens.prompt
        row[len(tokens.prompt) : len(tokens.prompt) + len(kept)] = kept
        aim[0] = tokens.no_speech if text is None else tokens.korean
        following = [*one, tokens.end_of_text][: most + 1]
        first = len(tokens.prompt) - 1
        aim[first : first + len(following)] = following[: aim.shape[0] - first]
    heard = [[] if text is None else sounds(text) for text in texts]
    listed = np.zeros((len(texts), max(1, *map(len, heard))), dtype=np.int64)
    for row, jamo in zip(listed, heard, strict=True):
        row[: len(jamo)] = jamo
    return Batch(
        features=features,
        tokens=inputs,
        targets=targets,
        sounds=listed,
        sound_counts=np.array([len(jamo) for jamo in heard], dtype=np.int64),
    )


def masked(features: Features, random: Generator) -> Features:
    """With half the clips: a few bands and a moment blanked out, at the clip's own floor."""
    if random.random() >= _MASKED:
        return features
    blanked = features.copy()
    bands, frames = features.shape
    floor = features.min()
    width, first = int(random.integers(_MASKED_BANDS + 1)), int(random.integers(bands))
    blanked[first : first + width] = floor
    width, first = int(random.integers(_MASKED_FRAMES + 1)), int(random.integers(frames))
    blanked[:, first : first + width] = floor
    return blanked


def _mixture(random: Generator) -> Mix:
    """What may happen to the clips of one batch."""
    edge = (0.0, TRAINING_MIX.lead_ms[1] if random.random() < _LONG_EDGES else _SHORT_EDGE_MS)
    paused = random.random() < TRAINING_MIX.inner_pause
    return replace(TRAINING_MIX, lead_ms=edge, trail_ms=edge, inner_pause=float(paused))


def _heard(clip: Clip, others: Sequence[Samples], mixture: Mix, random: Generator) -> Samples:
    if clip.broken_off:  # what is recognised while the caller still speaks ends there
        mixture = replace(mixture, trail_ms=(0.0, 0.0), cut_end=0.0, inner_pause=0.0)
    return distort(clip.samples, random, voices=others, mixture=mixture)


def _window(frames: int, longest: int, random: Generator) -> int:
    if random.random() < FULL_LENGTH:
        return longest
    padding = int(random.integers(_PADDING_FRAMES + 1)) if random.random() < _PADDED else 0
    wanted = frames + padding
    return min(wanted + wanted % 2, longest)
