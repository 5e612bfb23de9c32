"""The spoken notices and the waiting music that Asterisk plays when the engine is away."""

from __future__ import annotations

import logging
import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.audio.chimes import BAR_S, chimes
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav, serialise_wav
from voicebot.errors import ProtocolError

_log = logging.getLogger(__name__)

SAMPLE_RATE_HZ = 8000
"""What the trunk speaks; Asterisk's ``format_wav`` reads 8 kHz mono."""

WORDS_PER_MINUTE = 140
"""Slower than espeak-ng's 175: many callers are old, and these sentences are not repeated on demand."""

NOTICES = {
    "hold/1-notice": "잠시만 기다려 주세요. 당직자에게 연결해 드리겠습니다.",
    "closed": "지금은 상담 시간이 아닙니다. 급한 민원은 110번으로 전화해 주세요. 고맙습니다.",
    "leave-message": "지금은 당직자가 전화를 받을 수 없습니다. 위급하면 119로 전화해 주세요. "
    "삐 소리가 나면 성함과 연락처, 내용을 말씀해 주세요.",
    "message-kept": "말씀을 남겼습니다. 확인하고 연락드리겠습니다.",
    "call-again": "죄송합니다. 지금은 통화가 어렵습니다. 시청에서 다시 전화드리겠습니다.",
    "override-on": "모든 전화를 당직자가 받습니다.",
    "override-off": "자동 응답을 다시 시작합니다.",
    "on-duty": "당직을 시작합니다.",
    "off-duty": "당직을 마칩니다.",
    "officer/gone": "연결하려던 전화가 끊어졌습니다.",
}
"""File name without ending → what is said. Files of ``hold`` are played in the order of their names."""

_CHIME_FILE = "hold/2-chime"
_CHIME_SECONDS = 16
"""Between two notices: long enough not to nag, short enough to show that the line is alive."""

_MARKER = ".rendered"


def write_sounds(folder: Path) -> bool:
    """Write every notice and the chimes as WAV files; what is there already is kept.

    Returns:
        Whether the notices could be spoken. Without espeak-ng they are chimes, so that a rescue works anyway.
    """
    for name in ("hold", "officer"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write_wave(folder / f"{_CHIME_FILE}.wav", _chimes(_CHIME_SECONDS))
    spoken = True
    for name, text in NOTICES.items():
        target = folder / f"{name}.wav"
        stamp = target.with_suffix(_MARKER)
        if stamp.exists() and stamp.read_text(encoding="utf-8") == text and target.exists():
            continue
        if _speak(text, target):
            stamp.write_text(text, encoding="utf-8")
        else:
            spoken = False
            _write_wave(target, _chimes(2))
    return spoken


def _speak(text: str, target: Path) -> bool:
    program = shutil.which("espeak-ng")
    if program is None:
        _log.warning(
            "notices are chimes only: espeak-ng is not installed", extra={"action": "asterisk_sounds"}
        )
        return False
    raw = target.with_suffix(".espeak")
    try:
        subprocess.run(
            [program, "-v", "ko", "-s", str(WORDS_PER_MINUTE), "-w", str(raw), text],
            check=True,
            capture_output=True,
            timeout=30,
        )
        spoken = parse_wav(raw.read_bytes(), raw.name)
    except (OSError, subprocess.SubprocessError, ProtocolError):
        _log.warning("espeak-ng could not speak a notice", extra={"action": "asterisk_sounds"}, exc_info=True)
        return False
    finally:
        raw.unlink(missing_ok=True)
    _write_wave(target, resample(spoken.samples, spoken.sample_rate_hz, SAMPLE_RATE_HZ))
    return True


def _chimes(seconds: int) -> npt.NDArray[np.int16]:
    return chimes(SAMPLE_RATE_HZ, -(-seconds // BAR_S))[: seconds * SAMPLE_RATE_HZ]


def _write_wave(path: Path, samples: npt.NDArray[np.int16]) -> None:
    path.write_bytes(serialise_wav(samples, SAMPLE_RATE_HZ))
