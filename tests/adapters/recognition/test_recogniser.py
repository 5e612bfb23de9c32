from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.recognition import stock_shaped
from tests.adapters.recognition.speech import say, utterance
from voicebot.adapters.recognition.model import load_model
from voicebot.adapters.recognition.recogniser import DEMO_WARNING, WhisperRecogniser
from voicebot.config import RecogniserSettings
from voicebot.errors import RecognitionError
from voicebot.ports import Recogniser, Recognition, Utterance
from voicebot.speech.events import DecodeKind

YES_NO = {"yes": ("네", "예", "맞아요", "그래요"), "no": ("아니요", "아니", "안 했어요")}


@pytest.fixture
async def recogniser() -> AsyncIterator[WhisperRecogniser]:
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    yield recogniser
    await recogniser.close()


async def heard(recogniser: Recogniser, said: Utterance) -> Recognition:
    recognition = await recogniser.recognise(said)
    assert recognition is not None
    return recognition


async def test_the_embedded_model_hears_telephone_speech_and_warns(recogniser: WhisperRecogniser) -> None:
    assert (await heard(recogniser, utterance(say("아니요")))).text == "아니요"
    wide = await heard(recogniser, utterance(say("아니요", 16000), rate_hz=16000))
    assert wide.text == "아니요" and 0.5 < wide.confidence <= 1.0 and wide.decode_ms > 0.0
    assert recogniser.warning == DEMO_WARNING
    assert recogniser.description.startswith("embedded on cpu")


async def test_closed_answers_are_scored_and_open_speech_is_not_forced(recogniser: WhisperRecogniser) -> None:
    yes = await heard(recogniser, utterance(say("네 맞아요"), choices=YES_NO))
    no = await heard(recogniser, utterance(say("아니요"), choices=YES_NO))
    other = await heard(recogniser, utterance(say("잘 모르겠어요"), choices=YES_NO))
    assert yes.choice_scores["yes"] > 0.8 and yes.choice_scores["no"] < 0.1
    assert no.choice_scores["no"] > 0.8 and no.choice_scores["yes"] < 0.1
    assert sum(other.choice_scores.values()) < 0.3


async def test_together_gives_what_singly_gives(recogniser: WhisperRecogniser) -> None:
    texts = ["네", "아니요", "네 맞아요", "아니 괜찮아요", "물이 안 나와요", "네", "가로등이 꺼졌어요"]
    singly = [(await heard(recogniser, utterance(say(text)))).text for text in texts]
    together = await asyncio.gather(*(heard(recogniser, utterance(say(text))) for text in texts))
    assert [one.text for one in together] == singly


async def test_every_window_length_is_decoded_alike(recogniser: WhisperRecogniser) -> None:
    # 80 encoder frames once looked like 80 mel bands to CTranslate2: a window of 1.6 s decoded to garbage.
    speech = say("아니요")
    for frames in range(105, 165):
        samples = np.zeros(frames * 80, dtype=np.int16)
        samples[: min(speech.shape[0], samples.shape[0])] = speech[: samples.shape[0]]
        assert (await heard(recogniser, utterance(samples))).text == "아니요", frames


async def test_noise_silence_and_clicks_give_no_text(recogniser: WhisperRecogniser) -> None:
    noise = (np.random.default_rng(1).standard_normal(12000) * 300.0).astype(np.int16)
    assert (await heard(recogniser, utterance(noise))).text == ""
    assert (await heard(recogniser, utterance(np.zeros(8000, np.int16)))).rejected == "no speech"
    assert (await heard(recogniser, utterance(say("네"), voiced_ms=40.0))).rejected == "too little voice"
    assert (await heard(recogniser, utterance(np.zeros(0, np.int16)))).rejected == "too little voice"


async def test_audio_beyond_the_window_is_cut_and_joined(recogniser: WhisperRecogniser) -> None:
    pause = np.zeros(4000, np.int16)
    parts = ["아니요", "물이 안 나와요", "가로등이 꺼졌어요", "네 맞아요"]
    samples = np.concatenate([piece for text in parts for piece in (say(text), pause)])
    assert samples.shape[0] > 5 * 8000
    assert (await heard(recogniser, utterance(samples))).text == " ".join(parts)


async def test_the_answer_after_a_pause_corrects_the_one_before(recogniser: WhisperRecogniser) -> None:
    samples = np.concatenate([say("네"), np.zeros(4000, np.int16), say("아니요")])
    said = await heard(recogniser, utterance(samples, choices=YES_NO))
    assert said.text == "네 아니요"
    assert said.choice_scores["no"] > 0.8


async def test_other_sampling_rates_are_refused(recogniser: WhisperRecogniser) -> None:
    with pytest.raises(RecognitionError, match="audio at 44100 Hz cannot be recognised; give 8000 or 16000"):
        await recogniser.recognise(utterance(np.zeros(44100, np.int16), rate_hz=44100))


class HeldPipeline:
    """Waits to be released before it answers."""

    def __init__(self) -> None:
        self.decoded: list[int] = []
        self.entered = threading.Event()
        self.released = threading.Event()

    def recognise(self, utterances: Sequence[Utterance]) -> list[Recognition]:
        self.decoded += [one.samples.shape[0] for one in utterances]
        self.entered.set()
        assert self.released.wait(5.0)
        return [Recognition(text="네", confidence=1.0) for _ in utterances]


async def test_cancelling_takes_a_waiting_utterance_out_of_the_queue() -> None:
    settings = RecogniserSettings()
    pipeline = HeldPipeline()
    recogniser = WhisperRecogniser(load_model(settings), settings, pipeline=lambda: pipeline)
    async with asyncio.TaskGroup() as group:
        under_way = group.create_task(heard(recogniser, utterance(np.zeros(1000, np.int16))))
        await asyncio.to_thread(pipeline.entered.wait, 5.0)
        waiting = group.create_task(heard(recogniser, utterance(np.zeros(2000, np.int16))))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        pipeline.released.set()
    assert under_way.result().text == "네"
    await recogniser.close()
    assert pipeline.decoded == [1000]


async def test_a_closed_recogniser_refuses() -> None:
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    await recogniser.close()
    with pytest.raises(RecognitionError, match="closed"):
        await recogniser.recognise(utterance(say("네"), kind=DecodeKind.PARTIAL))


async def test_a_model_of_stock_shape_gets_ten_second_windows_and_splits_at_thirty(tmp_path: Path) -> None:
    settings = RecogniserSettings(model=str(stock_shaped.build(tmp_path / "stock")))
    model = load_model(settings)
    assert (model.window.floor_frames, model.window.longest_frames) == (1000, 3000)
    recogniser = WhisperRecogniser.load(settings)
    assert recogniser.warning == ""
    # Random weights: what is said is meaningless, that it runs is not.
    short = await heard(recogniser, utterance(say("네", 16000), rate_hz=16000, choices=YES_NO))
    long = await heard(recogniser, utterance(np.resize(say("네"), 40 * 8000)))
    assert short.decode_ms > 0.0 and long.decode_ms > 0.0
    assert len(recogniser.pieces(np.zeros(40 * 8000, np.int16), 8000)) == 2
    await recogniser.close()
