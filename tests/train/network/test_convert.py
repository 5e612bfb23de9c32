"""A converted network writes what the network itself writes."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.errors import TrainingError  # noqa: E402
from models.train.network.batches import labelled  # noqa: E402
from models.train.network.convert import FILES, convert  # noqa: E402
from models.train.network.decoding import decode  # noqa: E402
from models.train.network.model import Network  # noqa: E402
from models.train.network.schedule import Budget  # noqa: E402
from models.train.network.shape import TINY  # noqa: E402
from models.train.network.training import Settings, Trainer  # noqa: E402
from tests.train.network.clips import RATE_HZ, TEXTS, clip, tokens  # noqa: E402
from voicebot.adapters.recognition.decoding import GreedyDecoder  # noqa: E402
from voicebot.adapters.recognition.features import Features, LogMel  # noqa: E402
from voicebot.adapters.recognition.model import load_model  # noqa: E402
from voicebot.config import RecogniserSettings  # noqa: E402

TOKENS = tokens()


@pytest.fixture(scope="module")
def features() -> Features:
    """Of each text its sound, and of one clip nothing."""
    log_mel = LogMel(80)
    sounds = [log_mel(clip(number).samples, RATE_HZ) for number in range(len(TEXTS))]
    silence = log_mel(np.random.default_rng(1).integers(-9, 9, 4000).astype(np.int16), RATE_HZ)
    return log_mel.stack([*sounds, silence], 160)


@pytest.fixture(scope="module")
def network(features: Features) -> Network:
    """A network that has learned these clips by heart."""
    settings = Settings(
        shape=TINY,
        vocabulary_size=TOKENS.size,
        clips=6,
        seed=1,
        batch_size=6,
        learning_rate=1e-2,
        average_steps=10,
    )
    trainer = Trainer(settings, Budget(steps=180), "cpu")
    for _ in trainer.steps(repeat(labelled(features, [*TEXTS, None], TOKENS, TINY))):
        pass
    return trainer.averaged()


@pytest.mark.parametrize("quantisation", [None, "int8"])
def test_a_converted_network_writes_the_same(
    network: Network, features: Features, tmp_path: Path, quantisation: str | None
) -> None:
    expected = decode(network, TOKENS, torch.from_numpy(features), 40)
    assert expected == [*TEXTS, ""]
    convert(network, TOKENS, tmp_path / "model", quantisation)
    model = load_model(RecogniserSettings(model=str(tmp_path / "model"), device="cpu"))
    decoder = GreedyDecoder(model.whisper, model.vocabulary, model.longest_text_tokens)
    results = decoder.decode(features, [1.6] * len(expected), scored=[False] * len(expected))
    assert [model.vocabulary.text(result.tokens) for result in results] == expected
    assert results[-1].no_speech > 0.5 > max(result.no_speech for result in results[:-1])
    assert model.window.longest_frames == TINY.longest_frames


def test_conversion_leaves_the_network_as_it_was(network: Network, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    convert(network, TOKENS, tmp_path / "model")
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_folder_is_replaced_as_a_whole(network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"old")
    convert(network, TOKENS, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    load_model(RecogniserSettings(model=str(folder), device="cpu"))


def test_a_folder_that_cannot_be_written_is_named(network: Network, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot be written"):
        convert(network, TOKENS, tmp_path / "file" / "model")
