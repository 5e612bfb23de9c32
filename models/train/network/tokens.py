"""Tokens of the decoder and sounds of the CTC head.

A Korean syllable is an onset, a vowel and perhaps a coda: three jamo in Unicode's decomposed form (NFD).
The tokens are a byte-level BPE over that form whose merges never leave a syllable: every onset with its
vowel is one token, the most frequent syllables with a coda are one, in any other the coda is a token of its
own, and so is the space. Compared with jamo as tokens the decoder takes half the steps, which are a third
of the time of an utterance; and unlike with merges across syllables, a word is written the same way in
every sentence, which is what the scoring of closed answers relies on.

The merges follow from the table of syllables and a count of those with a coda: there is nothing to train.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE

from models.train.errors import TrainingError

# Unicode 3.12, conjoining jamo of modern Korean.
ONSETS = tuple(chr(0x1100 + number) for number in range(19))
VOWELS = tuple(chr(0x1161 + number) for number in range(21))
CODAS = tuple(chr(0x11A8 + number) for number in range(27))
JAMO = ONSETS + VOWELS + CODAS

SOUNDS = len(JAMO) + 1
"""Symbols of the CTC head: 0 is the blank, then the jamo."""

WHOLE_SYLLABLES = 256
"""Syllables with a coda that are one token: measured, they are 86 % of all such syllables in
the training's texts, of which there are 2,000 kinds, and 91 % in the evaluation's."""

END_OF_TEXT = "<|endoftext|>"
START = "<|startoftranscript|>"
KOREAN = "<|ko|>"
NO_SPEECH = "<|nospeech|>"
NO_TIMESTAMPS = "<|notimestamps|>"
# Whisper's order, which CTranslate2 and faster-whisper rely on: text, end, start, languages, then these.
SPECIALS = (
    *(END_OF_TEXT, START, KOREAN, "<|translate|>", "<|transcribe|>"),
    *("<|startoflm|>", "<|startofprev|>", NO_SPEECH, NO_TIMESTAMPS),
)
PROMPT = (START, KOREAN, "<|transcribe|>", NO_TIMESTAMPS)
_TIMESTAMP_S = 0.02

# CTranslate2 from 4.7 on takes a vocabulary without the empty token for an English model.
_EMPTY = ""

_SOUND_OF = {jamo: number for number, jamo in enumerate(JAMO, start=1)}
_TOKENIZER_FILE, _VOCABULARY_FILE = "tokenizer.json", "vocabulary.json"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Text to tokens and back."""

    tokenizer: Tokenizer
    prompt: tuple[int, ...]
    end_of_text: int
    korean: int
    no_speech: int

    @property
    def size(self) -> int:
        """Tokens of the decoder, specials and timestamps included."""
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """Tokens of a text, without prompt and end."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of tokens, NFC; specials and timestamps left out."""
        text = self.tokenizer.decode([token for token in tokens if token < self.end_of_text])
        return " ".join(unicodedata.normalize("NFC", text).split())

    def save(self, folder: Path) -> None:
        """Write ``tokenizer.json`` and ``vocabulary.json``."""
        (folder / _TOKENIZER_FILE).write_text(self.tokenizer.to_str(pretty=False) + "\n", encoding="utf-8")
        content = json.dumps(self.listed(), ensure_ascii=False, indent=0)
        (folder / _VOCABULARY_FILE).write_text(content + "\n", encoding="utf-8")

    def listed(self) -> list[str]:
        """Every token as the vocabulary file spells it, in order."""
        return [str(self.tokenizer.id_to_token(number)) for number in range(self.size)]


def build_tokens(whole_syllables: Sequence[str], longest_s: float) -> Tokens:
    """Tokens that write these syllables with a coda whole.

    Args:
        whole_syllables: Composed, most frequent first.
        longest_s: Length of the longest window: timestamps reach up to it.
    """
    spelling = _byte_alphabet()

    def spelled(text: str) -> str:
        return "".join(spelling[byte] for byte in text.encode("utf-8"))

    vocabulary = dict.fromkeys(spelling)
    merges: list[tuple[str, str]] = []

    def merge(left: str, right: str) -> None:
        if left + right not in vocabulary:
            merges.append((left, right))
            vocabulary[left + right] = None

    for jamo in JAMO:  # three bytes, of which the first two are shared
        letters = spelled(jamo)
        merge(letters[0], letters[1])
        merge(letters[:2], letters[2])
    for onset in ONSETS:
        for vowel in VOWELS:
            merge(spelled(onset), spelled(vowel))
    for syllable in whole_syllables:
        jamo = unicodedata.normalize("NFD", syllable)
        merge(spelled(jamo[:2]), spelled(jamo[2]))
    ids = {token: number for number, token in enumerate([*vocabulary, _EMPTY])}
    return _wrap(_tokenizer(ids, merges, longest_s))


def load_tokens(folder: Path) -> Tokens:
    """Tokens that ``Tokens.save`` has written.

    Raises:
        TrainingError: The file is missing or damaged.
    """
    path = folder / _TOKENIZER_FILE
    try:
        return _wrap(Tokenizer.from_str(path.read_text(encoding="utf-8")))
    except Exception as error:  # the Rust binding raises nothing more precise
        raise TrainingError(
            f"{path}: not a readable tokenizer ({error}); remove {folder} and train anew"
        ) from error


def frequent_syllables(texts: Iterable[str], count: int = WHOLE_SYLLABLES) -> list[str]:
    """The syllables with a coda that texts use most, most frequent first, in one order for equal counts."""
    seen = Counter(
        syllable
        for text in texts
        for syllable in unicodedata.normalize("NFC", text)
        if "가" <= syllable <= "힣" and (ord(syllable) - ord("가")) % (len(CODAS) + 1)
    )
    ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    return [syllable for syllable, _ in ranked[:count]]


def sounds(text: str) -> list[int]:
    """CTC targets of a text: its jamo without spaces, in 1 to ``SOUNDS`` − 1."""
    return [_SOUND_OF[jamo] for jamo in unicodedata.normalize("NFD", text) if jamo in _SOUND_OF]


def _byte_alphabet() -> list[str]:
    """GPT-2's printable letter for each byte: itself where it prints, else the next free one from U+0100."""
    prints = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in prints]
    return [chr(byte) if byte in prints else chr(256 + hidden.index(byte)) for byte in range(256)]


def _tokenizer(ids: dict[str, int], merges: list[tuple[str, str]], longest_s: float) -> Tokenizer:
    tokenizer = Tokenizer(BPE(vocab=ids, merges=merges))
    tokenizer.normalizer = normalizers.NFD()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIALS])
    steps = round(longest_s / _TIMESTAMP_S)
    stamps = [f"<|{step * _TIMESTAMP_S:.2f}|>" for step in range(steps + 1)]
    tokenizer.add_tokens([AddedToken(stamp, special=False, normalized=False) for stamp in stamps])
    return tokenizer


def _wrap(tokenizer: Tokenizer) -> Tokens:
    def number(token: str) -> int:
        found = tokenizer.token_to_id(token)
        if found is None:
            raise TrainingError(f"the tokenizer has no {token}; train anew in an empty folder")
        return int(found)

    return Tokens(
        tokenizer=tokenizer,
        prompt=tuple(number(token) for token in PROMPT),
        end_of_text=number(END_OF_TEXT),
        korean=number(KOREAN),
        no_speech=number(NO_SPEECH),
    )
