"""Training, its checkpoints and the optimiser, on a network of a few thousand weights."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.train.errors import TrainingError  # noqa: E402
from models.train.network.batches import Batch, labelled  # noqa: E402
from models.train.network.optimiser import MuonAdamW, orthogonal  # noqa: E402
from models.train.network.schedule import Budget  # noqa: E402
from models.train.network.shape import TINY  # noqa: E402
from models.train.network.training import Settings, Trainer  # noqa: E402
from tests.train.network.clips import TEXTS, tokens  # noqa: E402

if TYPE_CHECKING:
    from torch import Tensor

TOKENS = tokens()


def _settings(seed: int = 1) -> Settings:
    return Settings(
        shape=TINY, vocabulary_size=TOKENS.size, clips=10, seed=seed, batch_size=3, learning_rate=5e-3
    )


def _batches(first: int = 0) -> Iterator[Batch]:
    for number in count(first):
        random = np.random.default_rng(number)
        features = random.standard_normal((3, 80, 60)).astype(np.float32)
        yield labelled(features, [TEXTS[number % 5], None, TEXTS[0]], TOKENS, TINY)


def _trainer(steps: int, seed: int = 1) -> Trainer:
    return Trainer(_settings(seed), Budget(steps=steps), "cpu", clock=lambda: 0.0)


def _state(trainer: Trainer) -> dict[str, Tensor]:
    return {**trainer.network.state_dict(), **{f"average.{name}": x for name, x in trainer.average.items()}}


def test_a_resumed_training_ends_with_the_same_bits(tmp_path: Path) -> None:
    whole = _trainer(6)
    list(whole.steps(_batches()))
    first = _trainer(6)
    for report in first.steps(_batches()):
        if report.step == 3:
            first.save(tmp_path / "checkpoint.pt")
    second = _trainer(6)
    assert second.resume(tmp_path / "checkpoint.pt")
    assert second.step == 3
    list(second.steps(_batches(3)))
    expected = _state(whole)
    assert all(torch.equal(value, expected[name]) for name, value in _state(second).items())


def test_without_a_checkpoint_training_begins(tmp_path: Path) -> None:
    assert not _trainer(1).resume(tmp_path / "checkpoint.pt")


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    _trainer(1).save(path)
    with pytest.raises(TrainingError, match=r"configuration \(seed 1 instead of 2\); remove it to"):
        _trainer(1, seed=2).resume(path)
    assert _trainer(9).resume(path)  # the budget may change


@pytest.mark.parametrize("kept", [0, 100, -100])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "checkpoint.pt"
    _trainer(1).save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(TrainingError, match=r"checkpoint.pt: not a readable checkpoint .* remove it"):
        _trainer(1).resume(path)


def test_another_files_content_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    content = io.BytesIO()
    torch.save([1, 2], content)
    path.write_bytes(content.getvalue())
    with pytest.raises(TrainingError, match="not a readable checkpoint"):
        _trainer(1).resume(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot be written"):
        _trainer(1).save(tmp_path / "file" / "checkpoint.pt")


def test_the_loss_falls() -> None:
    batch = next(_batches())
    trainer = _trainer(60)
    reports = list(trainer.steps(iter(lambda: batch, None)))
    assert reports[-1].token_loss < 0.9 * reports[0].token_loss
    assert reports[-1].sound_loss < 0.8 * reports[0].sound_loss
    assert reports[-1].progress == 1.0


def test_a_batch_whose_loss_is_no_number_changes_nothing() -> None:
    trainer = _trainer(100)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    bad = next(_batches())
    bad.features[:] = np.nan
    steps = trainer.steps(iter(lambda: bad, None))
    next(steps)
    assert all(torch.equal(value, before[name]) for name, value in trainer.network.state_dict().items())
    with pytest.raises(TrainingError, match="training fell apart at step 19"):
        list(steps)


def test_orthogonal_brings_all_singular_values_near_one() -> None:
    for rows, columns in ((8, 24), (24, 8), (8, 8)):
        torch.manual_seed(1)
        values = torch.linalg.svdvals(orthogonal(torch.randn(3, rows, columns)).float())
        assert 0.3 < float(values.min()) and float(values.max()) < 1.5
    assert float(orthogonal(torch.zeros(1, 4, 4)).abs().max()) == 0.0


def test_each_parameter_has_its_rule() -> None:
    trainer = _trainer(1)
    optimiser = MuonAdamW(trainer.network, 1e-3, 0.1)
    named = {id(parameter): name for name, parameter in trainer.network.named_parameters()}
    rules = {
        named[id(parameter)]: (group["rule"], group["weight_decay"])
        for group in optimiser.param_groups
        for parameter in group["params"]
    }
    assert rules.keys() == set(named.values())
    assert rules["encoder.layers.0.feed_in.weight"] == ("muon", 0.1)
    assert rules["encoder.conv1.weight"] == ("adam", 0.1)
    assert rules["decoder.embedding.weight"] == ("adam", 0.0)
    assert rules["decoder.layers.0.cross.query.bias"] == ("adam", 0.0)
    assert rules["sounds.weight"] == ("adam", 0.0)
