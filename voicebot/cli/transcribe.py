"""``voicebot transcribe``: recognises WAV files with the configured model."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import av
import numpy as np
import typer
from faster_whisper.audio import decode_audio
from rich.console import Console
from rich.progress import Progress

from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.config import load_settings
from voicebot.errors import RecognitionError, VoicebotError
from voicebot.ports import Recognition, Samples, Utterance
from voicebot.speech.events import DecodeKind

# A telephone line has noise near −60 dBFS; 10 ms above −50 dBFS count as voiced. Recordings pass no voice
# activity detection, and only silence must be kept from the model here.
_VOICED_DBFS = -50.0
_FRAMES_PER_SECOND = 100

_AT_ONCE = 8  # pieces of a recording under way: enough to fill batches, few enough for the queue
_PROGRESS_FROM_PIECES = 10  # about a minute of audio, a second of work


@dataclass(frozen=True, slots=True)
class _Recording:
    samples: Samples
    sample_rate_hz: int
    channels: int

    @property
    def duration_s(self) -> float:
        return float(self.samples.shape[0] / self.sample_rate_hz)


def transcribe(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="WAV files of any rate.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file and line.")] = False,
    config: Annotated[Path | None, typer.Option(help="Settings file (default: voicebot.toml here).")] = None,
    model: Annotated[str | None, typer.Option(help="embedded, a folder or a Whisper name.")] = None,
) -> None:
    """Recognise what is said in WAV files.

    The channels of a stereo recording are mixed into one. Long recordings are cut at pauses.
    """
    settings = load_settings(config).stt
    if model is not None:
        settings = settings.model_copy(update={"model": model})
    recogniser = WhisperRecogniser.load(settings)
    failed = asyncio.run(_transcribe_all(recogniser, files, as_json))
    if failed:
        raise typer.Exit(1)


async def _transcribe_all(recogniser: WhisperRecogniser, files: list[Path], as_json: bool) -> int:
    """Transcribe file after file; a broken one does not stop the others. Returns how many failed."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    failed = 0
    try:
        for path in files:
            try:
                recording = await asyncio.to_thread(_read, path, recogniser.native_rate_hz)
                recognition = await _transcribe(recogniser, path, recording, errors)
            except VoicebotError as error:
                failed += 1
                errors.print(f"{path}: {error}", markup=False)
                if as_json:
                    typer.echo(json.dumps({"file": str(path), "error": str(error)}, ensure_ascii=False))
                continue
            if recording.channels > 1 and not as_json:
                errors.print(f"{path}: {recording.channels} channels mixed into one", markup=False)
            typer.echo(_line(path, recording, recognition, as_json=as_json, named=len(files) > 1))
    finally:
        await recogniser.close()
    return failed


def _line(path: Path, recording: _Recording, recognition: Recognition, *, as_json: bool, named: bool) -> str:
    if not as_json:
        return f"{path}: {recognition.text}" if named else recognition.text
    return json.dumps(
        {
            "file": str(path),
            "text": recognition.text,
            "confidence": round(recognition.confidence, 4),
            "duration_s": round(recording.duration_s, 3),
            "channels": recording.channels,
            "decode_ms": round(recognition.decode_ms, 1),
            "rejected": recognition.rejected,
        },
        ensure_ascii=False,
    )


def _read(path: Path, sample_rate_hz: int) -> _Recording:
    """Read and resample a recording, channels mixed.

    Raises:
        RecognitionError: The file cannot be read or holds no audio.
    """
    try:
        with av.open(str(path), mode="r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise RecognitionError("holds no audio; give a WAV file")
            channels = container.streams.audio[0].channels
        samples = decode_audio(str(path), sampling_rate=sample_rate_hz)
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecognitionError(f"cannot be read as audio ({reason}); give a WAV file") from error
    scaled = np.clip(np.rint(np.asarray(samples) * 32768.0), -32768, 32767).astype(np.int16)
    return _Recording(scaled, sample_rate_hz, channels)


async def _transcribe(
    recogniser: WhisperRecogniser, path: Path, recording: _Recording, errors: Console
) -> Recognition:
    """Recognise a recording piece by piece, several pieces at once, and join their texts."""
    samples, rate_hz = recording.samples, recording.sample_rate_hz
    pieces = recogniser.pieces(samples, rate_hz)
    turn = asyncio.Semaphore(_AT_ONCE)
    with Progress(console=errors, transient=True, disable=len(pieces) < _PROGRESS_FROM_PIECES) as progress:
        task = progress.add_task(path.name, total=len(pieces))

        async def recognise(piece: slice) -> Recognition:
            part = samples[piece]
            async with turn:
                recognition = await recogniser.recognise(
                    Utterance(
                        samples=part,
                        sample_rate_hz=rate_hz,
                        kind=DecodeKind.FINAL,
                        voiced_ms=_voiced_ms(part, rate_hz),
                    )
                )
            progress.advance(task)
            assert recognition is not None, "only partials are dropped"
            return recognition

        recognitions = await asyncio.gather(*map(recognise, pieces))
    return _join(recognitions)


def _join(recognitions: list[Recognition]) -> Recognition:
    spoken = [recognition for recognition in recognitions if recognition.text]
    letters = sum(len(recognition.text) for recognition in spoken)
    return Recognition(
        text=" ".join(recognition.text for recognition in spoken),
        confidence=sum(one.confidence * len(one.text) for one in spoken) / letters if letters else 0.0,
        rejected="" if spoken else recognitions[0].rejected,
        decode_ms=sum(recognition.decode_ms for recognition in recognitions),
    )


def _voiced_ms(samples: Samples, sample_rate_hz: int) -> float:
    """Milliseconds louder than silence, in steps of 10 ms."""
    length = sample_rate_hz // _FRAMES_PER_SECOND
    frames = samples[: samples.shape[0] // length * length].reshape(-1, length).astype(np.float64)
    power = np.square(frames).mean(axis=1) if frames.size else np.zeros(0)
    loud = power > (32768.0 * 10.0 ** (_VOICED_DBFS / 20.0)) ** 2
    return float(np.count_nonzero(loud)) * 1000.0 / _FRAMES_PER_SECOND
