"""What comes back of the bot's voice: how late, how weak, and mixed into what the citizen says."""

import numpy as np
import pytest
from pydantic import ValidationError

from voicebot.audio.g711 import decode_alaw, encode_alaw
from voicebot.audio.level import level_dbfs
from voicebot.ports import Samples
from voicebot.rtp.packet import parse_packet
from voicebot.testing.citizen import Action, Frame
from voicebot.testing.line import DTX_HANGOVER_PACKETS, SendingLine
from voicebot.testing.line_echo import LineEcho
from voicebot.testing.media import Leg
from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Echo, Line

SILENT = b"\xd5" * 160


def _tone(amplitude: float, hertz: float) -> bytes:
    samples = amplitude * np.sin(2 * np.pi * hertz * np.arange(160) / 8000)
    return encode_alaw(samples.astype(np.int16)).tobytes()


def _samples(payload: bytes) -> Samples:
    return decode_alaw(np.frombuffer(payload, dtype=np.uint8))


BOT, CITIZEN = _tone(8000, 400), _tone(6000, 1000)


@pytest.mark.parametrize("loss_db", [10, 13, 20, 30])
def test_the_echo_is_as_much_weaker_as_asked(loss_db: float) -> None:
    echo = LineEcho(Echo(loss_db=loss_db, delay_ms=0))
    echo.hear(BOT, 1.0)
    weaker = level_dbfs(_samples(BOT)) - level_dbfs(_samples(echo.mix(SILENT, 1.0)))
    assert weaker == pytest.approx(loss_db, abs=0.5)


@pytest.mark.parametrize("delay_ms", [60, 130, 250])
def test_the_echo_comes_when_it_is_due_and_in_order(delay_ms: int) -> None:
    echo = LineEcho(Echo(loss_db=6, delay_ms=delay_ms))
    came: list[int] = []
    for index in range(40):
        now = index * PACKET_S
        echo.hear(BOT if index in (3, 4) else SILENT, now + 0.007)
        if echo.mix(SILENT, now) is not SILENT:
            came.append(index)
    due = -(-(3 * 20 + 7 + delay_ms) // 20)
    assert came == [due, due + 1]


def test_citizen_and_echo_are_added() -> None:
    echo = LineEcho(Echo(loss_db=10, delay_ms=20))
    echo.hear(BOT, 0.0)
    mixed = _samples(echo.mix(CITIZEN, 0.02)).astype(float)
    expected = _samples(CITIZEN) + _samples(BOT) * 10 ** (-10 / 20)
    assert np.abs(mixed - expected).max() < 400  # the steps of A-law at this amplitude


def test_silence_comes_back_as_nothing_and_a_burst_is_left_out() -> None:
    echo = LineEcho(Echo(loss_db=10, delay_ms=20))
    echo.hear(SILENT, 0.0)
    assert echo.mix(CITIZEN, 0.02) is CITIZEN
    for _ in range(5):
        echo.hear(BOT, 1.0)
    assert echo.mix(CITIZEN, 2.0) is CITIZEN and echo.mix(SILENT, 2.02) is SILENT


def test_a_loss_or_delay_that_no_line_has_is_refused() -> None:
    for line in ({"loss_db": -3, "delay_ms": 100}, {"loss_db": 10, "delay_ms": 5000}, {"loss_db": 10}):
        with pytest.raises(ValidationError):
            Line.model_validate({"echo": line})


class _Listener:
    """Says nothing."""

    def hear(self, audible: bool, at: float) -> None:
        pass

    def next_frame(self, now: float) -> Frame:
        return Frame(SILENT, 0, True)

    def take_actions(self) -> list[Action]:
        return []


def test_an_echo_is_sent_as_the_citizens_packet_even_where_silence_is_not() -> None:
    line = Line(dtx=True, echo=Echo(loss_db=10, delay_ms=100))
    assert line.echo is not None
    echo = LineEcho(line.echo)
    leg = Leg(_Listener(), SendingLine(line, 1), ssrc=1, act=lambda action: None, echo=echo)
    for index in range(DTX_HANGOVER_PACKETS + 5):
        leg.next_packet(index * PACKET_S)
    assert leg.next_packet(0.6) is None
    leg.receive(bytes([0x80, 8]) + bytes(10) + BOT, 0.6)
    assert leg.next_packet(0.62) is None
    due = leg.next_packet(0.71)
    assert due is not None and due[1].utterance == 0
    expected_dbfs = level_dbfs(_samples(BOT)) - 10
    assert level_dbfs(_samples(parse_packet(due[0]).payload)) == pytest.approx(expected_dbfs, abs=0.5)
