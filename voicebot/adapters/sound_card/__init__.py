"""A microphone and a loudspeaker at the rate of a telephone: PortAudio's, or WAV files in their place."""

from __future__ import annotations

from voicebot.adapters.sound_card.card import SoundCard
from voicebot.adapters.sound_card.library import list_devices
from voicebot.adapters.sound_card.wav_files import WavFiles

__all__ = ["SoundCard", "WavFiles", "list_devices"]
