"""The citizen's memory of what the bot said, and its recognition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voicebot.errors import RecognitionError
from voicebot.ports import Recogniser, Samples, Utterance
from voicebot.speech.events import DecodeKind
from voicebot.testing.telephone import FRAME_SAMPLES, SAMPLE_RATE_HZ, from_payloads, is_audible

_SPLIT_PACKETS = 8
"""A pause of 160 ms splits a turn: between the words of a clause espeak-ng makes none so long."""

_LONGEST_PACKETS = 225
"""4.5 s: the embedded recogniser's window is 5 s."""

_LEAD_PACKETS = 3
"""60 ms kept before the first audible packet: soft consonants begin below the threshold."""

LATEST_PIECES = 4
"""Pieces recognised of a turn, the latest ones: a question stands at its end."""


class BotEar:
    """Keeps the packets of the bot's current turn."""

    def __init__(self) -> None:
        self._payloads: list[bytes] = []
        self._times: list[float] = []

    def keep(self, payload: bytes, at: float) -> None:
        """Keep one packet's A-law payload."""
        self._payloads.append(payload)
        self._times.append(at)

    def pieces(self, from_at: float) -> list[Samples]:
        """The speech since ``from_at`` (monotonic seconds), split at pauses; what is older is forgotten."""
        first = next((index for index, at in enumerate(self._times) if at >= from_at), len(self._times))
        first = max(0, first - _LEAD_PACKETS)
        payloads = self._payloads[first:]
        del self._payloads[:first], self._times[:first]
        return [from_payloads(b"".join(piece)) for piece in _split(payloads)]


def _split(payloads: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Split where nothing was audible for ``_SPLIT_PACKETS``, and at the longest length."""
    pieces: list[Sequence[bytes]] = []
    start: int | None = None
    last = 0
    for index, payload in enumerate(payloads):
        audible = is_audible(payload)
        if start is None:
            if audible:
                start, last = max(0, index - _LEAD_PACKETS), index
            continue
        if audible:
            last = index
        if index - last >= _SPLIT_PACKETS or index - start >= _LONGEST_PACKETS:
            pieces.append(payloads[start : last + _LEAD_PACKETS])
            start = None
    if start is not None:
        pieces.append(payloads[start : last + _LEAD_PACKETS])
    return pieces


async def recognise_turn(recogniser: Recogniser, pieces: Sequence[Samples]) -> str:
    """The words of the turn's latest pieces; empty when none was understood."""
    words: list[str] = []
    for samples in pieces[-LATEST_PIECES:]:
        frames = len(samples) // FRAME_SAMPLES
        utterance = Utterance(
            samples=np.ascontiguousarray(samples),
            sample_rate_hz=SAMPLE_RATE_HZ,
            kind=DecodeKind.FINAL,
            voiced_ms=frames * 20.0,
        )
        try:
            recognition = await recogniser.recognise(utterance)
        except RecognitionError:
            continue  # a piece that is not understood is no reason to hang up
        if recognition is not None and recognition.text:
            words.append(recognition.text)
    return " ".join(words)
