"""Find, check and load a Whisper model in CTranslate2's format.

Everything that could make CTranslate2 fail later, or decode nonsense without failing, is checked first from
the folder's own files: sizes, vocabulary, feature settings. Nothing here depends on which model it is.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
from faster_whisper.utils import available_models, download_model

from voicebot.adapters.recognition.checksums import verify_checksums
from voicebot.adapters.recognition.features import MODEL_RATE_HZ, WINDOW_SAMPLES, LogMel
from voicebot.adapters.recognition.instruction_set import choose_instruction_set
from voicebot.adapters.recognition.model_file import WhisperShape, read_whisper_shape
from voicebot.adapters.recognition.vocabulary import Vocabulary
from voicebot.adapters.recognition.window import WindowRule, rule_for
from voicebot.config import RecogniserSettings
from voicebot.errors import ModelError
from voicebot.paths import data_dir

logger = logging.getLogger(__name__)

EMBEDDED = "embedded"
_EMBEDDED_FOLDER = "ko-embedded"
_REQUIRED = ("model.bin", "config.json", "tokenizer.json")
_UNCONVERTED = ("model.safetensors", "pytorch_model.bin")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")  # owner/model
_HOP_SAMPLES = 160  # at 16 kHz, all Whisper models
_TOKEN_LISTS = ("suppress_ids", "suppress_ids_begin", "lang_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechModel:
    """A loaded model and what its folder says about it."""

    name: str
    folder: Path
    embedded: bool
    whisper: Any
    """``ctranslate2.models.Whisper``, which has no type annotations."""
    vocabulary: Vocabulary
    log_mel: LogMel
    window: WindowRule
    longest_text_tokens: int


def load_model(settings: RecogniserSettings) -> SpeechModel:
    """Load the model that the settings name.

    Raises:
        ModelError: The model is missing, incomplete, damaged, of another kind, or cannot run on the device;
            the message names the file and the remedy.
    """
    folder = find_folder(settings.model)
    shape = check_folder(folder)
    vocabulary = Vocabulary(folder, shape.vocabulary_size)
    choose_instruction_set()
    try:
        whisper = ctranslate2.models.Whisper(
            str(folder),
            device=settings.device,
            compute_type=settings.compute_type,
            inter_threads=settings.workers,
            intra_threads=settings.threads,
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(
            f"{folder}: CTranslate2 cannot load the model on device {settings.device!r} with compute type "
            f"{settings.compute_type!r} ({error}); "
            "correct [stt] device or compute_type, or copy the model again"
        ) from error
    return SpeechModel(
        name=settings.model,
        folder=folder,
        embedded=settings.model == EMBEDDED,
        whisper=whisper,
        vocabulary=vocabulary,
        log_mel=LogMel(shape.mel_bands),
        window=rule_for(shape.longest_window_frames, settings.window_floor_s),
        longest_text_tokens=shape.longest_text_tokens,
    )


def find_folder(name: str) -> Path:
    """The folder of ``embedded``, of a folder's own path, or of a Whisper name (fetched once, then cached).

    Raises:
        ModelError: There is no such folder or name, or the name is not cached and cannot be fetched.
    """
    if name == EMBEDDED:
        return data_dir("models") / _EMBEDDED_FOLDER
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    known = available_models()
    if name not in known and not _HUB_NAME.fullmatch(name):
        raise ModelError(
            f"[stt] model = {name!r}: no such folder; give 'embedded', a folder, or one of {', '.join(known)}"
        )
    try:
        return Path(download_model(name, local_files_only=True))
    except Exception:  # noqa: BLE001 - the hub client raises from several libraries; any means "not cached"
        logger.info("fetching a speech model", extra={"action": "model_fetch", "model": name})
    try:
        return Path(download_model(name))
    except Exception as error:  # several libraries again; the operator gets their word for it
        raise ModelError(
            f"[stt] model = {name!r}: not on this machine and cannot be fetched "
            f"({type(error).__name__}); connect once to the internet, or give the folder of a copy"
        ) from error


def check_folder(folder: Path) -> WhisperShape:
    """Check that a folder holds a whole Whisper model that this recogniser can feed.

    Raises:
        ModelError: A file is missing, damaged, or asks for other features than Whisper's.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such model folder; copy the model there or correct [stt] model")
    for name in _REQUIRED:
        if (folder / name).is_file():
            continue
        if any((folder / other).is_file() for other in _UNCONVERTED):
            raise ModelError(
                f"{folder}: has no {name}, since it is not converted; run ct2-transformers-converter "
                f"--model {folder} --output_dir NEW --copy_files tokenizer.json preprocessor_config.json"
            )
        raise ModelError(f"{folder}: has no {name}; copy the whole model folder again")
    shape = read_whisper_shape(folder / "model.bin")
    _check_token_lists(folder / "config.json", shape)
    verify_checksums(folder)
    preprocessor = folder / "preprocessor_config.json"
    if preprocessor.is_file():
        _check_preprocessor(preprocessor, shape)
    return shape


def _check_token_lists(path: Path, shape: WhisperShape) -> None:
    """CTranslate2 takes these numbers for places in memory, unchecked: a wrong one ends the process."""
    settings = _read_object(path)
    for key in _TOKEN_LISTS:
        tokens = settings.get(key) or []
        if not isinstance(tokens, list) or not all(
            isinstance(token, int) and 0 <= token < shape.vocabulary_size for token in tokens
        ):
            raise ModelError(
                f"{path}: {key} must list tokens from 0 to {shape.vocabulary_size - 1}; "
                "copy the whole model folder again"
            )


def _check_preprocessor(path: Path, shape: WhisperShape) -> None:
    settings = _read_object(path)
    expected = {
        "sampling_rate": MODEL_RATE_HZ,
        "n_fft": WINDOW_SAMPLES,
        "hop_length": _HOP_SAMPLES,
        "feature_size": shape.mel_bands,
    }
    for key, value in expected.items():
        if settings.get(key, value) != value:
            raise ModelError(
                f"{path}: {key} is {settings[key]!r} but model.bin and Whisper's features need {value}; "
                "copy the whole model folder again"
            )


def _read_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); copy the model again") from error
    except ValueError as error:
        raise ModelError(f"{path}: not valid JSON in UTF-8 ({error}); copy the model again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: not a JSON object; copy the model again")
    return content
