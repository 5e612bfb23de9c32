"""The edge of triage: reads the types, examples, classes of words and weights beside this file."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from voicebot.errors import FlowError, ModelError
from voicebot.services.triage.classifier import Model
from voicebot.services.triage.complaint_types import ComplaintType, parse_complaint_types
from voicebot.services.triage.examples import Example, parse_examples
from voicebot.services.triage.features import BUCKETS
from voicebot.services.triage.judging import Triage
from voicebot.services.triage.vocabulary import Vocabulary, parse_vocabulary

_FOLDER = Path(__file__).resolve().parent
TYPES_FILE = _FOLDER / "complaint_types.csv"
VOCABULARY_FILE = _FOLDER / "word_classes.txt"
EXAMPLES_FOLDER = _FOLDER / "utterances"
WEIGHTS_FILE = _FOLDER / "weights.npz"
_REMEDY = "train it anew with: python -m voicebot.services.triage.train"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError(f"{path}:1: cannot be read ({error.strerror}); restore the file") from error
    except UnicodeDecodeError as error:
        raise FlowError(f"{path}:1: not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def load_complaint_types(path: Path = TYPES_FILE) -> dict[str, ComplaintType]:
    """The types of complaint by code.

    Raises:
        FlowError: The file is missing or holds a mistake, told with its line.
    """
    return parse_complaint_types(_read(path), str(path))


def load_examples(folder: Path = EXAMPLES_FOLDER) -> list[Example]:
    """All labelled utterances, file by file in the order of their names.

    Raises:
        FlowError: A file holds a mistake, told with its line.
    """
    types = load_complaint_types()
    found: list[Example] = []
    for path in sorted(folder.glob("*.txt")):
        found += parse_examples(_read(path), str(path), types)
    return found


def load_vocabulary(path: Path = VOCABULARY_FILE) -> Vocabulary:
    """The classes of words.

    Raises:
        FlowError: The file is missing or holds a mistake, told with its line.
    """
    return parse_vocabulary(_read(path), str(path))


def checksum(examples: list[Example], vocabulary: Vocabulary) -> str:
    """SHA-256 of what is trained on."""
    lines = [f"{example.group}\t{example.said}" for example in examples]
    lines += [f"{stem}\t{numbers}" for stem, numbers in vocabulary.classes_of.items()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def save_model(model: Model, path: Path = WEIGHTS_FILE) -> None:
    """Write the weights."""
    np.savez_compressed(
        path,
        codes=np.array(model.codes),
        weights=model.weights,
        steps=model.steps,
        rarity=model.rarity.astype(np.float16),
        intercepts=model.intercepts,
        sharpness=np.float32(model.sharpness),
        checksum=np.array(model.checksum),
    )


def load_model(path: Path = WEIGHTS_FILE) -> Model:
    """Read the weights.

    Raises:
        FlowError: The classes of words are missing or hold a mistake.
        ModelError: The weights are missing, broken, or of other classes.
    """
    vocabulary = load_vocabulary()
    try:
        with np.load(path, allow_pickle=False) as held:
            model = Model(
                codes=tuple(str(code) for code in held["codes"]),
                weights=held["weights"],
                steps=held["steps"],
                rarity=held["rarity"].astype(np.float32),
                intercepts=held["intercepts"],
                sharpness=float(held["sharpness"]),
                checksum=str(held["checksum"]),
                vocabulary=vocabulary,
            )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ModelError(f"{path}: cannot be used ({error}); {_REMEDY}") from error
    if len(model.weights) != BUCKETS + len(vocabulary.names):
        raise ModelError(f"{path}: of other classes of words than {VOCABULARY_FILE}; {_REMEDY}")
    return model


@cache
def load_triage() -> Triage:
    """Triage with the table and the weights that ship with it, read once.

    Raises:
        FlowError: A mistake in the table.
        ModelError: The weights are missing, broken, or know other types than the table.
    """
    types = load_complaint_types()
    model = load_model()
    if set(model.codes) != set(types):
        raise ModelError(f"{WEIGHTS_FILE}: knows other types than {TYPES_FILE}; {_REMEDY}")
    return Triage(types, model)
