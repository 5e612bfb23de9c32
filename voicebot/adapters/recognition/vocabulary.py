"""The words of a model: prompt, text of tokens, tokens of text, and where a word can end."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from voicebot.errors import ModelError

# The prompt of a Korean transcription without timestamps (Radford et al. 2022, figure 1).
_PROMPT = ("<|startoftranscript|>", "<|ko|>", "<|transcribe|>", "<|notimestamps|>")
_END_OF_TEXT = "<|endoftext|>"
_FILES = ("vocabulary.json", "vocabulary.txt")  # the second is written by converters before 2023

# In the byte-level alphabet (GPT-2) "Ġ" is the space. A token that starts so, or with a mark, ends a word.
_WORD_BREAK = re.compile(r"[Ġ\s.,?!~;:…\"')\]-]")

# A final or a vowel jamo cannot follow a space: a model that writes jamo put the space inside a syllable.
_SPACE_INSIDE_SYLLABLE = re.compile("\\s+(?=[\u1160-\u11ff])")


class Vocabulary:
    """Tokens and their text, read from a model folder.

    Args:
        folder: Holds ``tokenizer.json`` and ``vocabulary.json`` (or ``vocabulary.txt``).
        size: How many tokens the model's embeddings hold.

    Raises:
        ModelError: A file is missing or broken, the two disagree, or the model does not know Korean.
    """

    def __init__(self, folder: Path, size: int) -> None:
        tokens = _read_tokens(folder)
        tokenizer_path = folder / "tokenizer.json"
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        except Exception as error:  # the Rust binding raises nothing more precise
            raise ModelError(
                f"{tokenizer_path}: not a readable tokenizer ({error}); copy the model again"
            ) from error
        if len(tokens) != size:
            raise ModelError(
                f"{folder}: the vocabulary has {len(tokens)} tokens but model.bin has {size}: "
                "files of different models; copy the folder again as a whole"
            )
        self._check_same(folder, tokens)
        self.prompt = tuple(self._special(folder, token) for token in _PROMPT)
        self.end_of_text = self._special(folder, _END_OF_TEXT)
        self.word_ends: npt.NDArray[np.bool_] = np.array(
            [bool(_WORD_BREAK.match(token)) for token in tokens], dtype=np.bool_
        )
        """Which tokens, shape ``[size]``, show that the word before them was complete."""
        self.word_ends[self.end_of_text] = True

    def text(self, tokens: Sequence[int]) -> str:
        """Text of decoded tokens, NFC, specials and timestamps left out."""
        spoken = [token for token in tokens if token < self.end_of_text]
        decoded = str(self._tokenizer.decode(spoken)).replace("\ufffd", "")  # bytes of half a character
        mended = _SPACE_INSIDE_SYLLABLE.sub("", unicodedata.normalize("NFD", decoded))
        return " ".join(unicodedata.normalize("NFC", mended).split())

    def tokens(self, text: str) -> tuple[int, ...]:
        """Tokens of a text as the model would write it."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _special(self, folder: Path, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            reason = "it does not know Korean" if token == "<|ko|>" else "it is no Whisper vocabulary"
            raise ModelError(
                f"{folder / 'tokenizer.json'}: has no {token}, so {reason}; give a multilingual model"
            )
        return int(number)

    def _check_same(self, folder: Path, tokens: Sequence[str]) -> None:
        for number, token in enumerate(tokens):
            other = self._tokenizer.id_to_token(number)
            # An empty entry stands for a token that one of the two files does not spell.
            if other and token and other != token:
                raise ModelError(
                    f"{folder}: token {number} is {token!r} in the vocabulary but {other!r} in "
                    "tokenizer.json: files of different models; copy the folder again as a whole"
                )


def _read_tokens(folder: Path) -> list[str]:
    path = next((folder / name for name in _FILES if (folder / name).is_file()), folder / _FILES[0])
    try:
        content = path.read_text(encoding="utf-8")
        tokens = json.loads(content) if path.suffix == ".json" else content.splitlines()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); copy the model again") from error
    except ValueError as error:
        raise ModelError(f"{path}: not valid JSON in UTF-8 ({error}); copy the model again") from error
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise ModelError(f"{path}: not a list of tokens; copy the model again")
    return tokens
