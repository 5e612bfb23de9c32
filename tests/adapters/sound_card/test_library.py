"""PortAudio's devices: chosen by the system, by number, by name; and what is said where there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest

from tests.adapters.sound_card.fake_pyaudio import FakePyAudio
from voicebot.adapters.sound_card import SoundCard, list_devices
from voicebot.adapters.sound_card.library import Device, choose_device, silenced
from voicebot.errors import ConfigurationError, SoundCardError

Install = Callable[[FakePyAudio], FakePyAudio]

HEADSET = [("HDMI 0", 0, 8), ("USB Headset", 1, 2), ("USB Camera", 2, 0), ("default", 32, 32)]


@pytest.mark.parametrize(
    ("direction", "wanted", "expected"),
    [
        ("input", "", Device(index=3, name="default")),
        ("input", "1", Device(index=1, name="USB Headset")),
        ("input", "headset", Device(index=1, name="USB Headset")),
        ("output", "usb", Device(index=1, name="USB Headset")),
        ("output", "HDMI 0", Device(index=0, name="HDMI 0")),
    ],
)
def test_a_device_is_chosen(direction: str, wanted: str, expected: Device) -> None:
    assert choose_device(FakePyAudio(HEADSET), direction, wanted) == expected


def test_the_whole_name_decides_where_several_contain_it() -> None:
    fake = FakePyAudio([("front speaker", 0, 2), ("front", 0, 2)])
    assert choose_device(fake, "output", "front").index == 1


def test_without_a_choice_of_the_system_the_first_is_taken() -> None:
    assert choose_device(FakePyAudio(HEADSET, default=False), "input", "").name == "USB Headset"


@pytest.mark.parametrize(
    ("direction", "wanted", "message"),
    [
        ("input", "USB", r"--microphone 'USB': microphone fits several; .* 1 \(USB Headset\), 2 \(USB Cam"),
        ("input", "0", r"--microphone '0': microphone is not there; choose one of 1 \(USB Headset\)"),
        ("output", "camera", r"--loudspeaker 'camera': loudspeaker is not there; choose one of 0 \(HDMI 0\)"),
    ],
)
def test_a_choice_that_fits_nothing_names_what_there_is(direction: str, wanted: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        choose_device(FakePyAudio(HEADSET), direction, wanted)


def test_a_machine_without_a_sound_card_is_told_what_to_do(install: Install) -> None:
    fake = install(FakePyAudio([]))
    with pytest.raises(SoundCardError, match=r"no microphone; connect one, or .* --input WAV --output WAV"):
        SoundCard(8000)
    assert fake.terminated == 1
    with pytest.raises(SoundCardError, match="no loudspeaker"):
        choose_device(FakePyAudio([("line in", 2, 0)]), "output", "")


def test_without_pyaudio_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(ConfigurationError) as caught:
        SoundCard(8000)
    for remedy in ("portaudio19-dev", "-m pip install pyaudio", "--input WAV --output WAV"):
        assert remedy in str(caught.value)


def test_devices_are_listed_by_direction(install: Install) -> None:
    fake = install(FakePyAudio(HEADSET))
    microphones, loudspeakers = list_devices()
    assert [device.index for device in microphones] == [1, 2, 3]
    assert [device.index for device in loudspeakers] == [0, 1, 3]
    assert fake.terminated == 1


def test_libraries_cannot_write_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced():
        os.write(2, b"ALSA lib pcm.c: Unknown PCM\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"
