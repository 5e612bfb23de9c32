"""How the network does on a fixed small set while it learns, and whether its conversion does the same.

The set is for watching: its texts come from the training's generator. The figures of the model are those of
``python -m benchmarks.recognition_accuracy``, whose texts were written by hand.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
import torch

from benchmarks.recognition.scoring import edits, letters
from models.train.material import make_clip
from models.train.network.decoding import decode
from models.train.network.model import Network
from models.train.network.shape import MEL_BANDS
from models.train.network.tokens import Tokens
from models.train.recording import training_texts
from models.train.sound.clips import RATE_HZ, Samples, distort, no_speech, speak
from models.train.sound.voices import HELD_OUT_VOICES
from voicebot.adapters.recognition.decoding import GreedyDecoder
from voicebot.adapters.recognition.features import FRAMES_PER_SECOND, Features, LogMel
from voicebot.adapters.recognition.model import load_model
from voicebot.config import RecogniserSettings

CLIPS = 96
"""Of about 10 syllables: an error rate of 5 % is known to within 1.5 points."""
MOST_DIFFERENCE = 0.3
"""Points of error rate that the conversion may cost: three letters of the whole set."""
SILENT_CLIPS = 16
_SEED = "development"
_BATCH = 16
_MARGIN_FRAMES = 50  # what the engine pads
_SHOWN = 4
# The fastest reading: 9 syllables a second, 1.3 tokens a syllable. A young network repeats itself to the end.
_TOKENS_PER_SECOND = 12
_TOKENS_AT_LEAST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One clip of the set, without text when nobody speaks."""

    text: str
    features: Features


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a set was recognised."""

    cer_percent: float
    phantoms: int
    """Clips without speech that gave text."""
    silent: int
    errors: tuple[tuple[str, str], ...]
    """The first that came out wrong: said, heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The converted model beside the network it was made of."""

    network_cer_percent: float
    converted_cer_percent: float
    different: int
    """Clips whose texts differ."""
    compared: int
    ms_a_clip: float
    """Median of the converted model, features left out, one thread."""

    @property
    def agrees(self) -> bool:
        """Whether the conversion costs no more than it may."""
        return self.converted_cer_percent - self.network_cer_percent <= MOST_DIFFERENCE


def development_set(clips: int = CLIPS, silent: int = SILENT_CLIPS) -> list[Example]:
    """The fixed set: held-out voices over drawn telephone lines, and lines on which nobody speaks."""
    log_mel = LogMel(MEL_BANDS)
    random = Random(_SEED)
    noise = np.random.default_rng(list(_SEED.encode()))
    examples = []
    for number, text in enumerate(islice(training_texts(_SEED), clips)):
        voice = HELD_OUT_VOICES[number % len(HELD_OUT_VOICES)]
        clip = make_clip(text, voice, random, speak)
        examples.append(_example(clip.text, distort(clip.samples, noise), log_mel))
    examples += [_example("", no_speech(noise), log_mel) for _ in range(silent)]
    return sorted(examples, key=lambda example: example.features.shape[1])


def evaluate(network: Network, tokens: Tokens, examples: Sequence[Example]) -> Score:
    """Recognise a set with the network, greedily and in 32 bits."""
    return _score(examples, _by_network(network, tokens, examples))


def compare(network: Network, tokens: Tokens, folder: Path, examples: Sequence[Example]) -> Comparison:
    """Recognise the same clips with the network and with the model folder made of it.

    Raises:
        ModelError: The folder is not a usable model.
    """
    spoken = [example for example in examples if example.text]
    ours = _by_network(network, tokens, spoken)
    theirs, milliseconds = _by_folder(folder, spoken)
    return Comparison(
        network_cer_percent=_score(spoken, ours).cer_percent,
        converted_cer_percent=_score(spoken, theirs).cer_percent,
        different=sum(one != other for one, other in zip(ours, theirs, strict=True)),
        compared=len(spoken),
        ms_a_clip=median(milliseconds),
    )


def _by_network(network: Network, tokens: Tokens, examples: Sequence[Example]) -> list[str]:
    device = network.sounds.weight.device
    texts: list[str] = []
    for first in range(0, len(examples), _BATCH):
        part = [example.features for example in examples[first : first + _BATCH]]
        window = _window(max(one.shape[1] for one in part), network.shape.longest_frames)
        stacked = torch.from_numpy(LogMel(MEL_BANDS).stack(part, window)).to(device)
        texts += decode(network, tokens, stacked, _most_tokens(window))
    return texts


def _by_folder(folder: Path, examples: Sequence[Example]) -> tuple[list[str], list[float]]:
    """Texts, and milliseconds of each clip."""
    model = load_model(RecogniserSettings(model=str(folder), device="cpu"))
    decoder = GreedyDecoder(model.whisper, model.vocabulary, model.longest_text_tokens)
    texts: list[str] = []
    milliseconds: list[float] = []
    # The windows of ``_by_network``, so that what differs is the conversion alone.
    for first in range(0, len(examples), _BATCH):
        part = [example.features for example in examples[first : first + _BATCH]]
        window = _window(max(one.shape[1] for one in part), model.window.longest_frames)
        for one in part:
            began = time.perf_counter()
            stacked = model.log_mel.stack([one], window)
            (result,) = decoder.decode(stacked, [one.shape[1] / FRAMES_PER_SECOND], scored=[False])
            milliseconds.append((time.perf_counter() - began) * 1000.0)
            texts.append(model.vocabulary.text(result.tokens))
    return texts, milliseconds


def _score(examples: Sequence[Example], texts: Sequence[str]) -> Score:
    pairs = [(example.text, text) for example, text in zip(examples, texts, strict=True)]
    spoken = [(said, heard) for said, heard in pairs if said]
    silent = [heard for said, heard in pairs if not said]
    wrong = sum(edits(said, heard) for said, heard in spoken)
    return Score(
        cer_percent=100.0 * wrong / max(sum(len(letters(said)) for said, _ in spoken), 1),
        phantoms=sum(bool(heard) for heard in silent),
        silent=len(silent),
        errors=tuple((said, heard) for said, heard in pairs if letters(said) != letters(heard))[:_SHOWN],
    )


def _example(text: str, samples: Samples, log_mel: LogMel) -> Example:
    return Example(text=text, features=log_mel(samples, RATE_HZ))


def _most_tokens(frames: int) -> int:
    return _TOKENS_AT_LEAST + round(_TOKENS_PER_SECOND * frames / FRAMES_PER_SECOND)


def _window(frames: int, longest: int) -> int:
    wanted = frames + _MARGIN_FRAMES
    return min(wanted + wanted % 2, longest)
