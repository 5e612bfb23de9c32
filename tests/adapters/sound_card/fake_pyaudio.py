"""PyAudio as far as we use it, without a sound card."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass
class FakeStream:
    """One opened stream; the test plays PortAudio's thread by calling ``callback``."""

    rate: int
    frames_per_buffer: int
    is_input: bool
    index: int
    callback: Callable[[bytes | None, int, object, int], tuple[bytes | None, int]]
    refuses_start: bool = False
    started: bool = False
    closed: bool = False

    def start_stream(self) -> None:
        if self.refuses_start:
            raise OSError("[Errno -9985] Device unavailable")
        self.started = True

    def close(self) -> None:
        self.closed = True


@dataclass
class FakePyAudio:
    """A machine's devices: ``(name, inputs, outputs)``.

    ``rates`` are those that devices take; ``default`` says whether the system has made a choice of its own.
    """

    devices: list[tuple[str, int, int]] = field(default_factory=lambda: [("card", 1, 2)])
    rates: Iterable[int] = (8000,)
    default: bool = True
    refuses_start: bool = False
    streams: list[FakeStream] = field(default_factory=list)
    terminated: int = 0

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, index: int) -> dict[str, object]:
        name, inputs, outputs = self.devices[index]
        return {"index": index, "name": name, "maxInputChannels": inputs, "maxOutputChannels": outputs}

    def get_default_input_device_info(self) -> dict[str, object]:
        return self._default(1)

    def get_default_output_device_info(self) -> dict[str, object]:
        return self._default(2)

    def open(
        self,
        *,
        format: int,
        channels: int,
        rate: int,
        frames_per_buffer: int,
        stream_callback: Callable[[bytes | None, int, object, int], tuple[bytes | None, int]],
        start: bool,
        input: bool = False,
        output: bool = False,
        input_device_index: int = -1,
        output_device_index: int = -1,
    ) -> FakeStream:
        assert (format, channels, start) == (8, 1, False)
        assert input is not output
        if rate not in self.rates:
            raise OSError("[Errno -9997] Invalid sample rate")
        stream = FakeStream(
            rate,
            frames_per_buffer,
            input,
            input_device_index if input else output_device_index,
            stream_callback,
            refuses_start=self.refuses_start,
        )
        self.streams.append(stream)
        return stream

    def terminate(self) -> None:
        self.terminated += 1

    def _default(self, column: int) -> dict[str, object]:
        fitting = [index for index, device in enumerate(self.devices) if device[column]]
        if not self.default or not fitting:
            raise OSError("No Default Device Available")
        return self.get_device_info_by_index(fitting[-1])
