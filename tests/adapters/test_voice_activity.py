"""Voice activity on real sound: speech from espeak-ng, silence, noise; and the batch against one by one."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from voicebot.adapters.voice_activity import TwoStageVoiceActivity
from voicebot.adapters.voice_activity.silero import SileroModel
from voicebot.adapters.voice_activity.two_stage import HANGOVER_FRAMES
from voicebot.audio.level import audible_span, level_dbfs
from voicebot.audio.resample import resample
from voicebot.audio.wav import parse_wav
from voicebot.errors import ModelError
from voicebot.paths import data_dir
from voicebot.ports import Samples, VoiceActivity, VoiceStream

RATES = [8000, 16000]
NEEDS_ESPEAK = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt-get install espeak-ng"
)


def noise(level: float, samples: int, seed: int = 1) -> Samples:
    values = np.random.default_rng(seed).normal(size=samples) * 32768 * 10 ** (level / 20)
    return np.clip(values, -32768, 32767).astype(np.int16)


def sentence(text: str, rate_hz: int, level: float = -26.0) -> tuple[Samples, int, int]:
    """A second of line noise, the sentence, a second of noise; with the sentence's first and last sample."""
    command = ["espeak-ng", "-v", "ko", "-s", "150", "--stdout", text]
    audio = parse_wav(subprocess.run(command, capture_output=True, check=True).stdout, "espeak-ng")
    spoken = resample(audio.samples, audio.sample_rate_hz, rate_hz).astype(np.float64)
    spoken *= 10 ** ((level - level_dbfs(spoken.astype(np.int16))) / 20)
    span = audible_span(spoken.astype(np.int16), rate_hz)
    assert span is not None
    spoken = spoken[span[0] : span[1]]
    line = noise(-62, 2 * rate_hz + len(spoken)).astype(np.float64)
    line[rate_hz : rate_hz + len(spoken)] += spoken
    frame = rate_hz // 50
    return (
        np.clip(line[: len(line) // frame * frame], -32768, 32767).astype(np.int16),
        rate_hz,
        rate_hz + len(spoken),
    )


def judge_all(activity: VoiceActivity, stream: VoiceStream, audio: Samples, rate_hz: int) -> list[float]:
    return [activity.judge([stream], [frame])[0] for frame in audio.reshape(-1, rate_hz // 50)]


@NEEDS_ESPEAK
@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("text", ["네.", "집 앞 가로등이 어제부터 꺼져 있어요."])
def test_speech_is_found_at_its_place(rate_hz: int, text: str) -> None:
    activity = TwoStageVoiceActivity(rate_hz)
    audio, first, last = sentence(text, rate_hz)
    voiced = np.flatnonzero(np.array(judge_all(activity, activity.open(), audio, rate_hz)) > 0.5)
    frame = rate_hz // 50
    onset_ms = ((voiced[0] + 1) * frame - first) * 1000 / rate_hz
    offset_ms = ((voiced[-1] + 1) * frame - last) * 1000 / rate_hz
    assert -20 <= onset_ms <= 120
    assert -60 <= offset_ms <= 120, "the end is known soon, since each frame's probability is its own"
    assert len(voiced) * frame >= 0.7 * (last - first)


@pytest.mark.parametrize("rate_hz", RATES)
def test_silence_and_line_noise_never_reach_the_model(rate_hz: int) -> None:
    activity = TwoStageVoiceActivity(rate_hz)
    streams = [activity.open() for _ in range(2)]
    for index in range(100):
        frames = [np.zeros(rate_hz // 50, np.int16), noise(-63, rate_hz // 50, seed=index)]
        assert activity.judge(streams, frames) == [0.0, 0.0]
    assert activity.model_rows == 0


@pytest.mark.parametrize("rate_hz", RATES)
def test_loud_noise_opens_the_gate_but_is_no_voice(rate_hz: int) -> None:
    activity = TwoStageVoiceActivity(rate_hz)
    stream = activity.open()
    probabilities = judge_all(activity, stream, noise(-30, 2 * rate_hz), rate_hz)
    assert activity.model_rows > 50
    assert max(probabilities) < 0.5


@NEEDS_ESPEAK
def test_the_model_goes_on_over_short_pauses_and_stops_after_the_hangover() -> None:
    activity = TwoStageVoiceActivity(8000)
    stream = activity.open()
    audio, first, last = sentence("여보세요", 8000)
    judge_all(activity, stream, audio[: last // 160 * 160], 8000)
    before = activity.model_rows
    assert before * 160 >= (last - first) * 0.8
    judge_all(activity, stream, np.zeros(160 * 100, np.int16), 8000)
    assert HANGOVER_FRAMES - 2 <= activity.model_rows - before <= HANGOVER_FRAMES + 2


@NEEDS_ESPEAK
@pytest.mark.parametrize("rate_hz", RATES)
def test_a_batch_gives_what_one_by_one_gives(rate_hz: int) -> None:
    """Calls that begin and end at different times, so that batches and rows keep changing."""
    audio, _, _ = sentence("수도관이 터져서 물이 새요.", rate_hz)
    frames = audio.reshape(-1, rate_hz // 50)
    begins = [0, 7, 31, 50]
    single = TwoStageVoiceActivity(rate_hz)
    alone = judge_all(single, single.open(), audio, rate_hz)
    activity = TwoStageVoiceActivity(rate_hz)
    streams: dict[int, VoiceStream] = {}
    results: dict[int, list[float]] = {call: [] for call in range(len(begins))}
    for tick in range(len(frames) + max(begins)):
        for call, begin in enumerate(begins):
            if tick == begin:
                streams[call] = activity.open()
            if tick == begin + len(frames):
                del streams[call]
        calls = sorted(streams, reverse=bool(tick % 2))
        judged = activity.judge([streams[c] for c in calls], [frames[tick - begins[c]] for c in calls])
        for call, probability in zip(calls, judged, strict=True):
            results[call].append(probability)
    for result in results.values():
        assert result == pytest.approx(alone, abs=1e-4)


def test_a_row_is_used_again_and_begins_anew() -> None:
    activity = TwoStageVoiceActivity(8000)
    loud = noise(-20, 160)
    stream = activity.open()
    first = [activity.judge([stream], [loud])[0] for _ in range(30)]
    del stream
    gc.collect()
    stream = activity.open()
    assert [activity.judge([stream], [loud])[0] for _ in range(30)] == first


def test_more_calls_than_there_was_room_for() -> None:
    activity = TwoStageVoiceActivity(8000)
    loud = noise(-20, 160)
    first = activity.open()
    alone = TwoStageVoiceActivity(8000)
    one = alone.open()
    for _ in range(5):
        assert activity.judge([first], [loud]) == alone.judge([one], [loud])
    many = [activity.open() for _ in range(200)]
    assert activity.judge([first], [loud])[0] == pytest.approx(alone.judge([one], [loud])[0], abs=1e-4)
    judged = activity.judge(many, [loud] * 200)
    assert judged == pytest.approx([judged[0]] * 200, abs=1e-4)


def test_nothing_to_judge_and_frames_of_wrong_length() -> None:
    activity = TwoStageVoiceActivity(8000)
    assert activity.judge([], []) == []
    with pytest.raises(ValueError, match=r"must be \(1, 160\)"):
        activity.judge([activity.open()], [np.zeros(80, np.int16)])


def test_a_missing_or_wrong_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is missing; restore the folder models/silero-vad"):
        SileroModel(tmp_path, 8000)
    (tmp_path / "silero_vad.onnx").write_bytes(b"not a model at all")
    with pytest.raises(ModelError, match="cannot be loaded as an ONNX model"):
        SileroModel(tmp_path, 8000)
    with pytest.raises(ModelError, match="takes 8000 or 16000 Hz"):
        SileroModel(data_dir("models") / "silero-vad", 44_100)


def test_it_is_what_the_engine_asks_for() -> None:
    activity: VoiceActivity = TwoStageVoiceActivity(8000)
    frames: Sequence[Samples] = [np.zeros(160, np.int16)]
    assert activity.judge([activity.open()], frames) == [0.0]
