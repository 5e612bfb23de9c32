"""What the network is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.train.network.batches import IGNORED, Batches, labelled, masked
from models.train.network.schedule import SHORT_S, SHORT_STEPS
from models.train.network.shape import TINY
from models.train.network.tokens import sounds
from tests.train.network.clips import RATE_HZ, shards, tokens

TOKENS = tokens()


@pytest.fixture
def batches(tmp_path: Path) -> Batches:
    return Batches(shards=shards(tmp_path), tokens=TOKENS, shape=TINY, size=4, seed=3)


def test_a_batch_is_the_same_whoever_makes_it_whenever(batches: Batches, tmp_path: Path) -> None:
    other = Batches(shards=shards(tmp_path), tokens=TOKENS, shape=TINY, size=4, seed=3)
    batches.batch(SHORT_STEPS + 7)
    for number in (2, SHORT_STEPS + 3):
        one, two = batches.batch(number), other.batch(number)
        assert np.array_equal(one.features, two.features)
        assert np.array_equal(one.targets, two.targets)
    assert not np.array_equal(batches.batch(2).targets, batches.batch(3).targets)


def test_an_epoch_shows_every_clip_once_and_each_epoch_in_another_order(batches: Batches) -> None:
    epochs = [
        np.concatenate([batches.clips(SHORT_STEPS + 10 * epoch + place) for place in range(10)])
        for epoch in range(2)
    ]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(40))
    assert not np.array_equal(epochs[0], epochs[1])


def test_clips_of_a_batch_are_of_similar_length(batches: Batches, tmp_path: Path) -> None:
    lengths = shards(tmp_path).lengths
    spreads = [np.ptp(lengths[batches.clips(SHORT_STEPS + place)]) for place in range(10)]
    assert np.median(spreads) == 0


def test_training_begins_with_short_clips(batches: Batches, tmp_path: Path) -> None:
    lengths = shards(tmp_path).lengths
    assert all(lengths[batches.clips(number)].max() <= SHORT_S * RATE_HZ for number in range(20))


def test_features_are_padded_to_an_even_window_within_the_longest(batches: Batches) -> None:
    for number in range(SHORT_STEPS, SHORT_STEPS + 10):
        features = batches.batch(number).features
        assert features.dtype == np.float32
        assert features.shape[:2] == (4, 80)
        assert features.shape[2] % 2 == 0
        assert features.shape[2] <= TINY.longest_frames


def test_targets_follow_the_prompt_and_end() -> None:
    batch = labelled(np.zeros((2, 80, 40), np.float32), ["네 네", None], TOKENS, TINY)
    written, end = TOKENS.encode("네 네"), TOKENS.end_of_text
    assert batch.tokens[0].tolist() == [*TOKENS.prompt, *written]
    assert batch.targets[0].tolist() == [TOKENS.korean, IGNORED, IGNORED, *written, end]
    assert batch.tokens[1].tolist() == [*TOKENS.prompt, end, end, end]
    assert batch.targets[1].tolist() == [TOKENS.no_speech, IGNORED, IGNORED, end, IGNORED, IGNORED, IGNORED]
    assert batch.sounds[0].tolist() == sounds("네네")
    assert batch.sound_counts.tolist() == [4, 0]


def test_a_text_beyond_the_positions_is_cut_and_has_no_end() -> None:
    batch = labelled(np.zeros((1, 80, 40), np.float32), ["하" * 100], TOKENS, TINY)
    assert batch.tokens.shape == batch.targets.shape == (1, TINY.text_positions)
    assert TOKENS.end_of_text not in batch.targets


def test_silence_alone_makes_a_batch() -> None:
    batch = labelled(np.zeros((1, 80, 40), np.float32), [None], TOKENS, TINY)
    assert batch.targets[0].tolist() == [TOKENS.no_speech, IGNORED, IGNORED, TOKENS.end_of_text]
    assert batch.sounds.shape == (1, 1)


def test_masking_leaves_shape_and_source_alone() -> None:
    features = np.random.default_rng(1).standard_normal((80, 50)).astype(np.float32)
    kept = features.copy()
    results = [masked(features, np.random.default_rng(seed)) for seed in range(20)]
    assert np.array_equal(features, kept)
    assert all(one.shape == features.shape for one in results)
    assert 0 < sum(np.array_equal(one, features) for one in results) < 20
