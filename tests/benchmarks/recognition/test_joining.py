from __future__ import annotations

from benchmarks.recognition.joining import measure_joining
from benchmarks.recognition.measuring import open_model


def test_sentences_with_pauses_between_them_are_joined_without_loss_or_repetition() -> None:
    joined = measure_joining(open_model("embedded").pipeline, (0.4, 0.4), utterances=5)
    assert joined.shortest_s > 5.0
    assert joined.whole_percent < joined.alone_percent + 4.0
