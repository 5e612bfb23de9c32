"""PortAudio through PyAudio: is it here, which devices are there, which one is meant."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from voicebot.errors import ConfigurationError, SoundCardError

_INSTEAD = "or hold the conversation with files: --input WAV --output WAV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of the machine, in one direction."""

    index: int
    name: str


@contextmanager
def open_library() -> Iterator[Any]:
    """PortAudio, from its start to its end: a ``pyaudio.PyAudio``.

    Raises:
        ConfigurationError: PyAudio or PortAudio is not installed.
    """
    library = start_library()
    try:
        yield library
    finally:
        with silenced():
            library.terminate()


def start_library() -> Any:
    """Start PortAudio; whoever asks for it calls ``terminate``.

    Raises:
        ConfigurationError: PyAudio or PortAudio is not installed.
    """
    try:
        pyaudio = importlib.import_module("pyaudio")
    except ImportError as error:
        raise ConfigurationError(
            f"PyAudio cannot be loaded ({error}); install Debian's portaudio19-dev, gcc and python3-dev, "
            f"then: {sys.executable} -m pip install pyaudio; {_INSTEAD}"
        ) from error
    with silenced():
        return pyaudio.PyAudio()


def list_devices() -> tuple[list[Device], list[Device]]:
    """The microphones and the loudspeakers of this machine.

    Raises:
        ConfigurationError: PyAudio or PortAudio is not installed.
    """
    with open_library() as library:
        return _devices(library, "input"), _devices(library, "output")


def choose_device(library: Any, direction: str, wanted: str) -> Device:
    """The device that is meant.

    Args:
        library: Of ``start_library``.
        direction: ``input`` or ``output``.
        wanted: Its number, a part of its name, or nothing for the system's own choice.

    Raises:
        ConfigurationError: No device, or more than one, fits what is wanted.
        SoundCardError: The machine has none.
    """
    what, option = _WORDS[direction]
    devices = _devices(library, direction)
    if not devices:
        raise SoundCardError(f"this machine has no {what}; connect one, {_INSTEAD}")
    if not wanted:
        try:
            return _device(getattr(library, f"get_default_{direction}_device_info")())
        except OSError:
            return devices[0]  # a system without a default
    fitting = [
        device
        for device in devices
        if (
            device.index == int(wanted) if wanted.isdecimal() else wanted.casefold() in device.name.casefold()
        )
    ]
    exact = [device for device in fitting if device.name == wanted]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    problem = "fits several" if fitting else "is not there"
    names = ", ".join(f"{device.index} ({device.name})" for device in fitting or devices)
    raise ConfigurationError(f"{option} {wanted!r}: {what} {problem}; choose one of {names}")


@contextmanager
def silenced() -> Iterator[None]:
    """Keep PortAudio's libraries from writing to the terminal.

    ALSA and JACK write a line to the standard error of the process for each of the many kinds of device that
    this machine does not have; what matters comes back as an error.
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield  # there is no standard error
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


_WORDS = {"input": ("microphone", "--microphone"), "output": ("loudspeaker", "--loudspeaker")}
"""Direction → what it is called, and the option that chooses it."""


def _devices(library: Any, direction: str) -> list[Device]:
    found = (library.get_device_info_by_index(index) for index in range(library.get_device_count()))
    key = f"max{direction.capitalize()}Channels"
    return [_device(information) for information in found if information[key] > 0]


def _device(information: Any) -> Device:
    return Device(index=int(information["index"]), name=str(information["name"]))
