"""How soon Silero VAD knows that speech has ended, and how well it tells speech from noise, by hop.

``python -m benchmarks.voice_activity [--json FILE] [--recordings FOLDER]``

The model sees 36 ms; the hop says how often: 256 samples (its authors' 32 ms) or 160 (each 20 ms frame).
Speech is the Korean sentences of the media benchmarks, or the WAV files of a folder, at −26 dBFS in white
noise.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.media_callers import VOICES, speech
from benchmarks.media_capacity import report
from voicebot.adapters.voice_activity.silero import SileroModel
from voicebot.audio.level import audible_span, level_dbfs, levels_dbfs
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.paths import data_dir
from voicebot.ports import Samples

RATE_HZ, FRAME = 8000, 160
HOPS = (256, 160)
NOISES_DBFS = (-75.0, -50.0, -40.0)
SPEECH_DBFS = -26.0
THRESHOLD = 0.5
_SPEECH_FLOOR_DBFS = -42.0  # frames of the clean recording above this are speech: 16 dB below its level
_LEAD, _TAIL = 8000, 8000  # samples of noise before and after

Floats = npt.NDArray[np.float64]


def recordings(folder: Path | None) -> list[Samples]:
    """Trimmed utterances at the nominal level."""
    if folder is None:
        found = [sentence for voice in VOICES[:3] for sentence in speech(voice, RATE_HZ)]
    else:
        files = [parse_wav(file.read_bytes(), file.name) for file in sorted(folder.glob("*.wav"))]
        found = [resample(file.samples, file.sample_rate_hz, RATE_HZ) for file in files]
    utterances = []
    for samples in found:
        level = samples * 10 ** ((SPEECH_DBFS - level_dbfs(samples)) / 20)
        loud = np.clip(level, -32768, 32767).astype(np.int16)
        span = audible_span(loud, RATE_HZ)
        if span is not None:
            utterances.append(loud[span[0] : span[1]])
    return utterances


def probabilities(model: SileroModel, audio: Floats, hop: int) -> Floats:
    """The latest probability known at the end of each 20 ms frame."""
    padded = np.concatenate([np.zeros(model.window_samples), audio / 32768]).astype(np.float32)
    state, place, latest, known = model.initial_state(1), 0, 0.0, []
    for end in range(FRAME, len(audio) + 1, FRAME):
        while place + hop <= end:
            place += hop
            judged, state = model.run(padded[None, place : place + model.window_samples], state)
            latest = float(judged[0])
        known.append(latest)
    return np.array(known)


def ranking(values: Floats, labels: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve (Mann-Whitney)."""
    ranks = np.argsort(np.argsort(values)) + 1
    positives = int(labels.sum())
    negatives = len(labels) - positives
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def measure(folder: Path | None) -> dict[str, Any]:
    """All noises and hops."""
    model = SileroModel(data_dir("models") / "silero-vad", RATE_HZ)
    utterances, dice = recordings(folder), np.random.default_rng(5)
    results = []
    for noise_dbfs in NOISES_DBFS:
        for hop in HOPS:
            delays, values, labels, missed = [], [], [], 0
            for number, utterance in enumerate(utterances):
                lead = _LEAD + number * 37 % FRAME  # any phase between speech and frames
                clean = np.concatenate([np.zeros(lead), utterance, np.zeros(_TAIL)])
                clean = clean[: len(clean) // FRAME * FRAME]
                noise = dice.normal(size=len(clean)) * 32768 * 10 ** (noise_dbfs / 20)
                judged = probabilities(model, clean + noise, hop)
                frames = clean.astype(np.int16).reshape(-1, FRAME)
                values.append(judged)
                labels.append(levels_dbfs(frames) > _SPEECH_FLOOR_DBFS)
                voiced = np.flatnonzero(judged > THRESHOLD)
                if len(voiced) == 0:
                    missed += 1
                    continue
                # The frame after the last voiced one is the first that is known to be silent.
                delays.append(((voiced[-1] + 2) * FRAME - lead - len(utterance)) * 1000 / RATE_HZ)
            results.append(
                {
                    "noise_dbfs": noise_dbfs,
                    "hop_samples": hop,
                    "end_known_after_ms_p50": float(np.median(delays)),
                    "end_known_after_ms_p90": float(np.percentile(delays, 90)),
                    "roc_auc": ranking(np.concatenate(values), np.concatenate(labels)),
                    "utterances_missed": missed,
                }
            )
    return {"benchmark": "voice_activity", "utterances": len(utterances), "results": results}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", help="WAV files, one utterance each")
    chosen = parser.parse_args()
    report(measure(chosen.recordings), chosen.json)


if __name__ == "__main__":
    main()
