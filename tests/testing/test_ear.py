import numpy as np

from voicebot.errors import RecognitionError
from voicebot.speech.events import DecodeKind
from voicebot.testing.ear import LATEST_PIECES, BotEar, recognise_turn
from voicebot.testing.fakes import FakeRecogniser

SILENT = b"\xd5" * 160
LOUD = b"\x10" * 160


def _ear(packets: str, from_at: float = 0.0) -> BotEar:
    ear = BotEar()
    for index, packet in enumerate(packets):
        ear.keep(LOUD if packet == "x" else SILENT, from_at + index * 0.02)
    return ear


def _packet_counts(ear: BotEar, from_at: float = 0.0) -> list[int]:
    return [len(piece) // 160 for piece in ear.pieces(from_at)]


def test_a_turn_is_split_at_its_pauses() -> None:
    assert _packet_counts(_ear("." * 10 + "x" * 40 + "." * 20 + "x" * 30 + "." * 40)) == [45, 35]


def test_a_short_closure_inside_a_word_does_not_split() -> None:
    assert _packet_counts(_ear("....." + "x" * 20 + "." * 5 + "x" * 20 + "." * 20)) == [50]


def test_a_long_piece_is_split_at_the_recognisers_window() -> None:
    counts = _packet_counts(_ear("x" * 600 + "." * 20))
    assert len(counts) == 3 and max(counts) <= 230


def test_only_what_belongs_to_the_turn_is_kept() -> None:
    ear = _ear("x" * 50 + "." * 50 + "x" * 30)
    assert _packet_counts(ear, from_at=100 * 0.02) == [33]
    assert _packet_counts(ear, from_at=100 * 0.02) == [33], "asked again, when the bot went on"


def test_silence_has_no_pieces() -> None:
    assert _packet_counts(_ear("." * 50)) == []


async def test_the_latest_pieces_are_recognised_and_failures_left_out() -> None:
    recogniser = FakeRecogniser(["하나", RecognitionError("broken"), "", "넷"])
    pieces = [np.zeros(1600, np.int16)] * (LATEST_PIECES + 2)
    assert await recognise_turn(recogniser, pieces) == "하나 넷"
    assert len(recogniser.asked) == LATEST_PIECES
    assert recogniser.asked[0].voiced_ms == 200 and recogniser.asked[0].kind is DecodeKind.FINAL
