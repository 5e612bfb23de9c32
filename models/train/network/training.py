"""The loop: one batch after another until the budget is used up, kept on disk all the while."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.train.errors import TrainingError
from models.train.network import checkpoints
from models.train.network.batches import Batch
from models.train.network.losses import CTC_WEIGHT, sound_loss, token_loss
from models.train.network.model import Network
from models.train.network.optimiser import MuonAdamW
from models.train.network.schedule import Budget, average_decay, learning_rate
from models.train.network.shape import Shape
from models.train.network.tokens import SOUNDS

_LONGEST_GRADIENT = 1.0  # clips what AdamW sees of a rare bad batch; Muon's steps have one length anyway
_BROKEN_IN_A_ROW = (
    20  # batches whose loss is no number: one is skipped, so many mean that training fell apart
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the weights follow from, besides the clips and the budget."""

    shape: Shape
    vocabulary_size: int
    clips: int
    seed: int
    batch_size: int
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.05
    average_steps: int = 500
    """Memory of the running average of the weights, which is what is converted."""

    def description(self) -> dict[str, Any]:
        """For the checkpoint: plain values only."""
        return {**asdict(self), "shape": str(self.shape)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How one step went."""

    step: int
    token_loss: float
    sound_loss: float
    learning_rate: float
    clips: int
    progress: float
    elapsed_s: float


class Trainer:
    """The network in training.

    Args:
        device: ``cpu`` or ``cuda``.
        clock: Monotonic seconds; what the budget and the checkpoints are counted by.
    """

    def __init__(
        self, settings: Settings, budget: Budget, device: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.budget = budget
        self.device = torch.device(device)
        self.network = Network(settings.shape, settings.vocabulary_size, SOUNDS).to(self.device)
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.optimiser = MuonAdamW(self.network, settings.learning_rate, settings.weight_decay)
        self.step = 0
        self.elapsed_s = 0.0
        self._clock = clock
        self._broken = 0

    @property
    def progress(self) -> float:
        """Share of the budget that is used up."""
        return self.budget.progress(self.step, self.elapsed_s)

    def steps(self, batches: Iterator[Batch]) -> Iterator[Report]:
        """Learn from batches until the budget is used up.

        Raises:
            TrainingError: The loss is no number, batch after batch.
        """
        while self.progress < 1.0:
            began = self._clock()
            batch = next(batches)
            rate = learning_rate(self.settings.learning_rate, self.step, self.progress)
            losses = self._learn(batch, rate)
            self.step += 1
            self.elapsed_s += self._clock() - began
            yield Report(
                step=self.step,
                token_loss=losses[0],
                sound_loss=losses[1],
                learning_rate=rate,
                clips=batch.tokens.shape[0],
                progress=self.progress,
                elapsed_s=self.elapsed_s,
            )

    def _learn(self, batch: Batch, rate: float) -> tuple[float, float]:
        features, tokens, targets, sounds, counts = (
            torch.from_numpy(array).to(self.device)
            for array in (batch.features, batch.tokens, batch.targets, batch.sounds, batch.sound_counts)
        )
        with self._half_precision():
            logits, heard = self.network(features, tokens)
        of_tokens, of_sounds = token_loss(logits, targets), sound_loss(heard, sounds, counts)
        loss = of_tokens + CTC_WEIGHT * of_sounds
        if self._usable(loss):
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), _LONGEST_GRADIENT)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            self.optimiser.step()
            self._remember()
        return float(of_tokens.detach()), float(of_sounds.detach())

    def _half_precision(self) -> AbstractContextManager[None]:
        context: AbstractContextManager[None] = torch.autocast(self.device.type, torch.bfloat16)
        return context

    def _usable(self, loss: Tensor) -> bool:
        if math.isfinite(float(loss.detach())):
            self._broken = 0
            return True
        self._broken += 1
        if self._broken == _BROKEN_IN_A_ROW:
            raise TrainingError(
                f"the loss is no number for {_BROKEN_IN_A_ROW} batches: training fell apart "
                f"at step {self.step}; start again with another --seed in another --folder"
            )
        return False

    @torch.no_grad()
    def _remember(self) -> None:
        decay = average_decay(self.step, self.settings.average_steps)
        current = self.network.state_dict()
        torch._foreach_lerp_(
            list(self.average.values()), [current[name] for name in self.average], 1.0 - decay
        )

    def averaged(self) -> Network:
        """A network with the averaged weights, for evaluation and conversion."""
        network = Network(self.settings.shape, self.settings.vocabulary_size, SOUNDS)
        network.load_state_dict(self.average)
        return network.to(self.device).eval()

    def save(self, path: Path) -> None:
        """Write everything that going on needs.

        Raises:
            TrainingError: The disk is full or the folder cannot be written.
        """
        state: Mapping[str, Any] = {
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,  # also the number of the next batch, from which its clips and noise follow
            "elapsed_s": self.elapsed_s,
            "random": torch.get_rng_state(),
        }
        checkpoints.save(path, state, self.settings.description())

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint; false when there is none.

        Raises:
            TrainingError: It is damaged or of another configuration.
        """
        state = checkpoints.load(path, self.settings.description())
        if state is None:
            return False
        self.network.load_state_dict(state["network"])
        self.average = {name: value.to(self.device) for name, value in state["average"].items()}
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        torch.set_rng_state(state["random"])
        return True
