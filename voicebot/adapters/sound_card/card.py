"""A sound card through PortAudio: the microphone to the event loop, the event loop to the loudspeaker.

PortAudio calls back from threads of its own. The microphone's only hands its piece to the event loop, the
loudspeaker's only takes one from a queue, so neither ever waits for the engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np

from voicebot.adapters.sound_card.capture import FRAME_MS, FrameCutter
from voicebot.adapters.sound_card.library import Device, choose_device, open_library, silenced
from voicebot.adapters.sound_card.playback import PlaybackQueue
from voicebot.audio.resample import Resampler
from voicebot.errors import SoundCardError
from voicebot.ports import Samples

_OTHER_RATES_HZ = (16_000, 48_000, 44_100, 32_000)
"""Tried in this order where the telephone's own rate is refused: the even ratios are the cheaper ones."""

_INT16 = 8  # PortAudio's paInt16 (portaudio.h)
_CONTINUE = 0  # paContinue

_MOST_UNHANDLED = 50
"""Pieces of the microphone that may wait for the event loop (one second); more are dropped. A device that
runs ahead of time, as ALSA's null device does, must not fill the memory."""

_WATCH_S = 1.0
_DEAD_AFTER = 3
"""Looks, a second apart, without a single piece: the device was unplugged, or its server has gone."""


class SoundCard:
    """Microphone and loudspeaker at one rate; see ``engine.talk.SoundDevice``.

    Args:
        sample_rate_hz: Of the frames in both directions; the devices may run at another one.
        microphone: Its number or a part of its name; nothing for the system's own choice.
        loudspeaker: Likewise.

    Raises:
        ConfigurationError: PyAudio is not installed, or the wanted device is not there.
        SoundCardError: The machine has no such device, or it cannot be opened.
    """

    def __init__(self, sample_rate_hz: int, microphone: str = "", loudspeaker: str = "") -> None:
        self._rate = sample_rate_hz
        self._loop: asyncio.AbstractEventLoop | None = None
        self._heard: Callable[[Samples], None] = lambda samples: None
        self._failed: Callable[[SoundCardError], None] = lambda error: None
        self._watch: asyncio.TimerHandle | None = None
        # Each counter has one writer: the event loop, or the thread that is named.
        self._captured = 0  # microphone's thread
        self._handled = 0
        self._played = 0  # loudspeaker's thread
        self.pieces_dropped = 0
        """Pieces of the microphone that the event loop was too busy for."""
        with ExitStack() as opened:
            library = opened.enter_context(open_library())
            self._microphone = choose_device(library, "input", microphone)
            self._loudspeaker = choose_device(library, "output", loudspeaker)
            self._input, input_hz = self._open(library, "input", self._microphone, self._capture)
            opened.callback(self._input.close)
            self._output, output_hz = self._open(library, "output", self._loudspeaker, self._give)
            opened.callback(self._output.close)
            self._opened = opened.pop_all()
        self._cutter = FrameCutter(input_hz, sample_rate_hz)
        self._resampler = Resampler(sample_rate_hz, output_hz) if output_hz != sample_rate_hz else None
        self._queue = PlaybackQueue(output_hz)
        self.description = (
            f"microphone {self._microphone.name} ({input_hz} Hz), "
            f"loudspeaker {self._loudspeaker.name} ({output_hz} Hz)"
        )
        """For people: what was opened."""

    def _open(
        self, library: Any, direction: str, device: Device, callback: Callable[..., object]
    ) -> tuple[Any, int]:
        """Open a device at the first rate that it takes."""
        problem = ""
        for rate in dict.fromkeys((self._rate, *_OTHER_RATES_HZ)):
            arguments = {direction: True, f"{direction}_device_index": device.index}
            try:
                with silenced():
                    stream = library.open(
                        format=_INT16,
                        channels=1,
                        rate=rate,
                        frames_per_buffer=rate * FRAME_MS // 1000,
                        stream_callback=callback,
                        start=False,
                        **arguments,
                    )
            except (OSError, ValueError) as error:  # PyAudio raises either, by the kind of refusal
                problem = str(error)
                continue
            return stream, rate
        what = "microphone" if direction == "input" else "loudspeaker"
        raise SoundCardError(
            f"{what} {device.name!r} cannot be opened ({problem}); "
            f"is another program using it? choose another: --{what}, listed by voicebot talk --devices"
        )

    # --- for the engine -------------------------------------------------------------------------------------

    def start(self, heard: Callable[[Samples], None], failed: Callable[[SoundCardError], None]) -> None:
        """Begin, in a running event loop.

        Args:
            heard: Given each 20 ms of the microphone, in the event loop's thread.
            failed: Told once if a device breaks.

        Raises:
            SoundCardError: A device cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._heard, self._failed = heard, failed
        try:
            with silenced():
                self._input.start_stream()
                self._output.start_stream()
        except OSError as error:
            raise SoundCardError(f"{self.description}: cannot be started ({error})") from error
        self._watch = self._loop.call_later(_WATCH_S, self._look, (0, 0), 0, 0)

    def play(self, samples: Samples) -> None:
        """Play 20 ms after what has been given so far."""
        self._queue.push(samples if self._resampler is None else self._resampler.push(samples))

    def close(self) -> None:
        """Fall silent and give the devices back. May be called twice."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        with silenced():
            self._opened.close()

    # --- for PortAudio, in its threads ----------------------------------------------------------------------

    def _capture(self, data: bytes, count: int, times: object, status: int) -> tuple[None, int]:
        if self._captured - self._handled < _MOST_UNHANDLED:
            assert self._loop is not None, "streams are started by start"
            self._captured += 1
            self._loop.call_soon_threadsafe(self._handle, data)
        else:
            self.pieces_dropped += 1
        return None, _CONTINUE

    def _give(self, data: None, count: int, times: object, status: int) -> tuple[bytes, int]:
        self._played += 1
        return self._queue.pull(count).tobytes(), _CONTINUE

    # --- in the event loop ----------------------------------------------------------------------------------

    def _handle(self, data: bytes) -> None:
        self._handled += 1
        if self._watch is not None:  # not closed meanwhile
            for frame in self._cutter.push(np.frombuffer(data, np.int16)):
                self._heard(frame)

    def _look(self, before: tuple[int, int], deaf: int, mute: int) -> None:
        """See whether both devices are alive."""
        assert self._loop is not None, "the watch is begun by start"
        captured, played = before
        deaf = deaf + 1 if self._captured == captured else 0
        mute = mute + 1 if self._played == played else 0
        for looks, what, device in (
            (deaf, "microphone", self._microphone),
            (mute, "loudspeaker", self._loudspeaker),
        ):
            if looks >= _DEAD_AFTER:
                self._failed(
                    SoundCardError(
                        f"{what} {device.name!r} has stopped; is it still connected? then try again"
                    )
                )
                return
        now = (self._captured, self._played)
        self._watch = self._loop.call_later(_WATCH_S, self._look, now, deaf, mute)
