from __future__ import annotations

from benchmarks.recognition.homophones import homophones_percent, sound_the_same
from benchmarks.recognition.scoring import Tally


def test_words_of_the_same_sound() -> None:
    pairs = [("앞은", "아픈"), ("없어요", "없써요"), ("넷", "네"), ("아이가", "나이가"), ("일찍", "")]
    assert sound_the_same(pairs) == [True, True, False, False, False]


def test_the_share_of_a_set() -> None:
    tally = Tally()
    assert homophones_percent(tally) == 0.0
    for heard in ("교회 아픈", "교회 아픈", "교회 아픈", "교해 앞은"):
        tally.add("place", "교회 앞은", heard, "")
    assert homophones_percent(tally) == 75.0
