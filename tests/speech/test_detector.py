"""Voice on and off, on levels and probabilities as lines and Silero give them."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from voicebot.speech.detector import VoiceDetector
from voicebot.speech.events import FrameHeard
from voicebot.speech.turn_taker import TurnSettings


def push(detector: VoiceDetector, frames: Iterable[tuple[float, float]], echo: float = 0.0) -> list[bool]:
    """Push (probability, level) frames."""
    return [
        detector.push(
            FrameHeard(end_sample=0, duration_ms=20.0, probability=probability, level_dbfs=level, echo=echo)
        )
        for probability, level in frames
    ]


def quiet_line(frames: int = 50) -> list[tuple[float, float]]:
    return [(0.01, -65.0)] * frames


def test_voice_ends_with_the_frame_in_which_its_level_falls() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    assert all(push(detector, [(0.9, -20.0)] * 10))
    # Silero fades over several chunks.
    assert not any(push(detector, [(0.8, -62.0), (0.6, -64.0), (0.4, -65.0)]))


def test_onset_is_dated_back_to_where_the_level_rose() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    assert push(detector, [(0.1, -25.0), (0.3, -22.0)]) == [False, False]
    assert detector.perhaps_voice
    assert push(detector, [(0.7, -20.0)]) == [True]
    assert detector.onset_back_ms == 40.0
    push(detector, [(0.9, -20.0)])
    assert detector.onset_back_ms == 0.0


def test_held_vowel_stays_voice_while_its_level_holds_and_not_for_ever() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    push(detector, [(0.9, -20.0)] * 10)
    held = push(detector, [(0.2, -24.0)] * 30)
    assert held == [True] * 15 + [False] * 15


def test_line_noise_does_not_hold_voice() -> None:
    detector = VoiceDetector(TurnSettings())
    random = Random(1)
    noise = [(0.03, -35.0 + random.gauss(0, 1)) for _ in range(100)]
    push(detector, noise)
    assert -38 < detector.noise_floor_dbfs < -33
    push(detector, [(0.9, -20.0)] * 20)
    assert detector.noisy_line
    # Silero still believes in voice, the level says noise.
    assert not any(push(detector, [(0.6, -35.0 + random.gauss(0, 1)) for _ in range(10)]))


def test_steady_tone_that_silero_takes_for_voice_is_noise_within_two_seconds() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    assert not any(push(detector, [(0.9, -30.0)] * 120)[100:])


def test_quieter_person_is_heard_after_a_loud_one() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    push(detector, [(0.9, -12.0)] * 20)
    push(detector, quiet_line(100))
    assert all(push(detector, [(0.9, -44.0)] * 10))


def test_echo_is_no_voice() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, quiet_line())
    assert not any(push(detector, [(0.9, -25.0)] * 40, echo=0.8))
    assert all(push(detector, [(0.9, -25.0)] * 5))


def test_digital_silence_does_not_make_the_detector_deaf_or_nervous() -> None:
    detector = VoiceDetector(TurnSettings())
    push(detector, [(0.0, -100.0)] * 100)
    assert not any(push(detector, [(0.6, -63.0)] * 5))
    assert all(push(detector, [(0.9, -40.0)] * 5))
