"""WAV files in place of a microphone and a loudspeaker, at the speed of speech."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np

from voicebot.adapters.sound_card.capture import FRAME_MS, FrameCutter
from voicebot.adapters.sound_card.playback import PlaybackQueue
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.errors import ConfigurationError, ProtocolError, SoundCardError
from voicebot.ports import Samples

_FRAME_S = FRAME_MS / 1000


class WavFiles:
    """Hears one file, then silence, and writes what is played to another; see ``engine.talk.SoundDevice``.

    Both files begin at the same moment: what was said against what stands at the same place in the other.

    Args:
        sample_rate_hz: Of the frames in both directions, and of the file that is written.
        source: What the microphone would hear.
        target: What the loudspeaker would play; written by ``close``.

    Raises:
        ConfigurationError: The source is not a usable WAV file, or the target cannot be written.
    """

    def __init__(self, sample_rate_hz: int, source: Path, target: Path) -> None:
        self._rate = sample_rate_hz
        self._target = target
        self._said = _read_frames(source, sample_rate_hz)
        if target.exists() and target.samefile(source):
            raise ConfigurationError(f"--output {target}: is the --input; choose another file")
        self._silence: Samples = np.zeros(sample_rate_hz * FRAME_MS // 1000, np.int16)
        self._queue = PlaybackQueue(sample_rate_hz)
        self._heard: Callable[[Samples], None] = lambda samples: None
        self._timer: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._recorded: list[Samples] = []
        self.description = f"{source} for the microphone, {target} for the loudspeaker"
        """For people: what was opened."""
        self._write(b"")  # refused now rather than after the conversation

    def start(self, heard: Callable[[Samples], None], failed: Callable[[SoundCardError], None]) -> None:
        """Begin, in a running event loop.

        Args:
            heard: Given each 20 ms of the file, then of silence.
            failed: Files do not break while they are played.
        """
        self._heard = heard
        self._began = asyncio.get_running_loop().time()
        self._tick()

    def play(self, samples: Samples) -> None:
        """Record 20 ms after what has been given so far."""
        self._queue.push(samples)

    def close(self) -> None:
        """Write the file. May be called twice.

        Raises:
            ConfigurationError: It cannot be written any more.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._write(serialise_wav(np.concatenate([self._silence[:0], *self._recorded]), self._rate))

    def _tick(self) -> None:
        """One frame each way; the next one is due by the clock, not by when this one was done."""
        loop = asyncio.get_running_loop()
        number = len(self._recorded)
        self._recorded.append(self._queue.pull(len(self._silence)))
        self._timer = loop.call_at(self._began + (number + 1) * _FRAME_S, self._tick)
        self._heard(self._said[number] if number < len(self._said) else self._silence)

    def _write(self, data: bytes) -> None:
        try:
            self._target.write_bytes(data)
        except OSError as error:
            raise ConfigurationError(f"{self._target}: cannot be written ({error.strerror})") from error


def _read_frames(path: Path, sample_rate_hz: int) -> list[Samples]:
    try:
        audio = parse_wav(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except ProtocolError as error:
        raise ConfigurationError(str(error)) from error
    # Half a second of silence brings the end of the file out of the cutter.
    padding = np.zeros(audio.sample_rate_hz // 2, np.int16)
    cutter = FrameCutter(audio.sample_rate_hz, sample_rate_hz)
    return cutter.push(np.concatenate([audio.samples, padding]))
