"""CPU seconds of recognition: ours against faster-whisper's own ``transcribe``, same model, same audio.

``python -m benchmarks.recognition_cost [--model NAME] [--json FILE]``

How stock is made to run on a model for short windows: ``recognition_stock``. Each way runs in a process of
its own with one inference thread, so that no thread pool is counted against another; the cheapest of three
rounds counts, since other work on the machine makes every round dearer. NumPy keeps its threads unless the
row says otherwise: stock wakes them for its features and they spin, ours does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import faster_whisper
import numpy as np

from benchmarks.recognition_corpus import Spoken, character_error_percent, load_corpus
from benchmarks.recognition_stock import short_windows, transcribe, with_thirty_seconds
from voicebot.adapters.recognition.model import find_folder, load_model
from voicebot.adapters.recognition.pipeline import Pipeline
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.config import RecogniserSettings
from voicebot.ports import Samples, Utterance
from voicebot.speech.events import DecodeKind

TARGET_RATIO = 5.0  # PRODUCT.md section 4: CPU seconds of stock transcribe over ours
_LENGTHS_S = (0.5, 1.0, 2.0, 4.0)
_BATCHES = (1, 2, 4, 8)
_ROUNDS = 3
_AS_SHIPPED = 10  # utterances for 30 s windows: half a second each
_TUNED = {"beam_size": 1, "temperature": 0.0, "without_timestamps": True}
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
_YES_NO = {
    "yes": ("네", "예", "응", "맞아요", "그래요", "그렇습니다", "했어요", "있어요"),
    "no": ("아니요", "아니", "아뇨", "없어요", "안 했어요", "못 했어요", "괜찮아요", "싫어요"),
}


def main() -> None:
    """Measure and print; write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    corpus = load_corpus()
    costs = _costs(arguments.model, corpus)
    own = costs[0]["cpu_ms_per_utterance"]
    pipeline = _pipeline(arguments.model)
    result = {
        "benchmark": "recognition_cost",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "model": arguments.model,
        "utterances": len(corpus),
        "audio_s": round(sum(spoken.duration_s for spoken in corpus), 1),
        "costs": [cost | {"times_ours": round(cost["cpu_ms_per_utterance"] / own, 2)} for cost in costs],
        "target_ratio": TARGET_RATIO,
        "latency_ms": _latencies(pipeline, corpus),
        "wire_format_cer_percent": _wire_formats(pipeline, corpus),
        "tick_lateness_ms": asyncio.run(_tick_lateness(RecogniserSettings(model=arguments.model), corpus)),
    }
    text = json.dumps(result, ensure_ascii=False, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


def _costs(model: str, corpus: Sequence[Spoken]) -> list[dict[str, Any]]:
    """Every way, each in a fresh process."""
    folder = find_folder(model)
    rows = [_apart(partial(_ours, model, corpus, size)) for size in _BATCHES]
    rows.append(_apart(partial(_stock, folder, corpus, "stock, own window, defaults", {})))
    for kind, options in (("defaults", {}), ("greedy, no timestamps", _TUNED)):
        name = f"stock, own window, {kind}, one NumPy thread"
        rows.append(_apart(partial(_stock, folder, corpus, name, options), _ONE_THREAD))
    if load_model(RecogniserSettings(model=model)).window.longest_frames < 3000:
        with tempfile.TemporaryDirectory() as parent:
            longer = with_thirty_seconds(folder, Path(parent) / "model")
            shipped = partial(
                _stock, longer, corpus[:_AS_SHIPPED], "stock as shipped, 30 s (text is wrong)", {}
            )
            rows.append(_apart(shipped))
    return rows


def _apart(work: Callable[[], dict[str, Any]], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run in a fresh process with these variables set before NumPy is imported."""
    before = dict(os.environ)
    os.environ.update(environment or {})
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
            return processes.submit(work).result()
    finally:
        os.environ.clear()
        os.environ.update(before)


def _pipeline(model: str) -> Pipeline:
    pipeline = Pipeline(load_model(RecogniserSettings(model=model)), max(_BATCHES))
    pipeline.warm_up()
    return pipeline


def _utterance(samples: Samples, rate_hz: int = 8000, *, closed: bool = False) -> Utterance:
    return Utterance(
        samples=samples,
        sample_rate_hz=rate_hz,
        kind=DecodeKind.FINAL,
        voiced_ms=1000.0,
        choices=_YES_NO if closed else {},
    )


def _cost(name: str, corpus: Sequence[Spoken], recognise: Callable[[], list[str]]) -> dict[str, Any]:
    heard: list[str] = []
    rounds = []
    for _ in range(_ROUNDS):
        cpu, wall = time.process_time(), time.perf_counter()
        heard = recognise()
        rounds.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(rounds)
    return {
        "name": name,
        "utterances": len(corpus),
        "cpu_s": round(cpu, 3),
        "cpu_ms_per_utterance": round(cpu * 1000.0 / len(corpus), 2),
        "wall_s": round(wall, 3),
        "cer_percent": round(character_error_percent([one.text for one in corpus], heard), 2),
    }


def _ours(model: str, corpus: Sequence[Spoken], size: int) -> dict[str, Any]:
    pipeline = _pipeline(model)

    def recognise() -> list[str]:
        order = sorted(range(len(corpus)), key=lambda index: corpus[index].duration_s)
        texts = [""] * len(corpus)
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            recognitions = pipeline.recognise([_utterance(corpus[index].alaw_8k) for index in chosen])
            for index, recognition in zip(chosen, recognitions, strict=True):
                texts[index] = recognition.text
        return texts

    return _cost(f"ours, batches of {size}", corpus, recognise)


def _stock(folder: Path, corpus: Sequence[Spoken], name: str, options: dict[str, Any]) -> dict[str, Any]:
    model = faster_whisper.WhisperModel(str(folder), device="cpu", cpu_threads=1)
    # Resampled before the clock starts: stock takes 16 kHz only.
    recordings = [one.linear_16k.astype(np.float32) / 32768.0 for one in corpus]
    with short_windows(model):
        transcribe(model, recordings[:1], options)
        return _cost(name, corpus, lambda: transcribe(model, recordings, options))


def _median_ms(work: Callable[[], object], rounds: int = 30) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return round(float(np.median(times)) * 1000.0, 2)


def _latencies(pipeline: Pipeline, corpus: Sequence[Spoken]) -> dict[str, dict[str, float]]:
    """Median milliseconds by length of audio, features included."""
    rows: dict[str, dict[str, float]] = {}
    for seconds in _LENGTHS_S:
        spoken = min(corpus, key=lambda one: abs(one.duration_s - seconds))
        samples = np.resize(spoken.alaw_8k, round(seconds * 8000))
        free, closed = _utterance(samples), _utterance(samples, closed=True)
        rows[f"{seconds} s"] = {
            "open": _median_ms(partial(pipeline.recognise, [free])),
            "closed": _median_ms(partial(pipeline.recognise, [closed])),
            "open_batch_of_8": _median_ms(partial(pipeline.recognise, [free] * 8), 10),
        }
    return rows


def _wire_formats(pipeline: Pipeline, corpus: Sequence[Spoken]) -> dict[str, float]:
    """Character errors of the same speech in the forms in which it could reach the engine."""
    forms: dict[str, list[Utterance]] = {
        "A-law 8 kHz": [_utterance(one.alaw_8k) for one in corpus],
        "linear 8 kHz": [_utterance(one.linear_8k) for one in corpus],
        "slin16 of the A-law call": [_utterance(one.linear_16k, 16000) for one in corpus],
        "wideband 16 kHz": [_utterance(one.wideband_16k, 16000) for one in corpus],
    }
    texts = [one.text for one in corpus]
    return {
        name: round(
            character_error_percent(texts, [pipeline.recognise([one])[0].text for one in utterances]), 2
        )
        for name, utterances in forms.items()
    }


async def _tick_lateness(settings: RecogniserSettings, corpus: Sequence[Spoken]) -> dict[str, float]:
    """How late a 20 ms tick on the event loop comes, idle and while the recogniser decodes without pause."""
    recogniser = WhisperRecogniser.load(settings)
    idle = await _ticks(300)

    async def decode_for_ever() -> None:
        while True:
            for spoken in corpus:
                await recogniser.recognise(_utterance(spoken.alaw_8k))

    decoding = [asyncio.ensure_future(decode_for_ever()) for _ in range(4)]
    busy = await _ticks(300)
    for task in decoding:
        task.cancel()
    await asyncio.gather(*decoding, return_exceptions=True)
    await recogniser.close()
    return {
        f"{name}_p{share}": round(float(np.percentile(late, share)), 2)
        for name, late in (("idle", idle), ("decoding", busy))
        for share in (50, 99)
    }


async def _ticks(count: int) -> list[float]:
    loop = asyncio.get_running_loop()
    late = []
    due = loop.time()
    for _ in range(count):
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
        late.append((loop.time() - due) * 1000.0)
    return late


if __name__ == "__main__":
    main()
