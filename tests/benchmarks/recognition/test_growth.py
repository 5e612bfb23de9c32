from __future__ import annotations

from benchmarks.recognition.clips import Clip, on_line
from benchmarks.recognition.growth import Growth, Partial, cut_word, grow, risk, settled_ms, shares
from benchmarks.recognition.measuring import open_model
from benchmarks.recognition.sets import Sentence
from models.train.sound.voices import HELD_OUT_VOICES
from voicebot.dialogue.actions import AnswerKind


def growth(*texts: str, final: str, confidence: float = 0.9) -> Growth:
    """Partials 300 ms apart, the last 100 ms before the end."""
    before = [100.0 + 300.0 * place for place in range(len(texts))][::-1]
    partials = (
        Partial(before_end_ms=ms, text=text, confidence=confidence)
        for ms, text in zip(before, texts, strict=True)
    )
    return Growth(partials=tuple(partials), final=final)


def test_settled_is_what_was_kept_to_the_end() -> None:
    assert settled_ms(growth("네", "네", final="네")) == 400.0
    assert settled_ms(growth("네", "예", "네", final="네")) == 100.0
    assert settled_ms(growth("네", "예", final="네")) is None
    assert settled_ms(growth("", "", final="")) is None


def test_a_whole_answer_that_turned_deceived() -> None:
    held = risk(growth("네", "네", final="네 맞아요"), AnswerKind.YES_NO)
    assert held is not None and held.held and held.sure
    turned = risk(growth("네", final="아니요", confidence=0.2), AnswerKind.YES_NO)
    assert turned is not None and not turned.held and not turned.sure
    assert risk(growth("그게", final="네"), AnswerKind.YES_NO) is None


def test_twice_asks_for_the_same_text_again() -> None:
    assert risk(growth("네", "아니", final="아니요"), AnswerKind.YES_NO, twice=True) is None
    second = risk(growth("네", "아니요", "아니요", final="아니요"), AnswerKind.YES_NO, twice=True)
    assert second is not None and second.held


def test_a_clip_is_decoded_at_every_300_ms_of_its_voice() -> None:
    pipeline = open_model("embedded").pipeline
    voice = HELD_OUT_VOICES[0]
    clip = Clip(
        sentence=Sentence(text="아니요", kind="refused"), voice=voice, samples=on_line("아니요", voice, 1)
    )
    grown = grow(pipeline, clip)
    assert grown.final == "아니요"
    assert 1 <= len(grown.partials) <= 3
    assert 0 < grown.partials[-1].before_end_ms <= 300
    assert cut_word(pipeline, clip, 100) == "whole"
    assert cut_word(pipeline, clip, 20) in ("nothing", "beginning", "other")


def test_shares_sum_to_a_hundred() -> None:
    assert shares(["other", "whole", "whole", "nothing"]) == {
        "nothing": 25.0,
        "beginning": 0.0,
        "whole": 50.0,
        "other": 25.0,
    }
