"""Muon on the matrices of the layers, AdamW on everything else, in one optimiser.

Muon (Jordan et al. 2024) replaces the momentum of a matrix by the nearest orthogonal one, found by five
Newton-Schulz steps. The scale 0.2 × √(longer side) gives its steps the size of AdamW's, so that both share
one learning rate (Liu et al. 2025, arXiv 2502.16982, section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_MOMENTUM = 0.95  # Jordan et al. 2024
_ADAM_BETAS = (0.9, 0.98)  # Radford et al. 2022, table 17
_ADAM_EPSILON = 1e-8
_NEWTON_SCHULZ = (
    3.4445,
    -4.7750,
    2.0315,
)  # Jordan et al. 2024: fastest from small singular values to about 1
_NEWTON_SCHULZ_STEPS = 5


class MuonAdamW(torch.optim.Optimizer):
    """The two rules with one learning rate and decoupled weight decay.

    Args:
        network: Its layers' matrices go to Muon; convolutions, embeddings, positions, norms, biases and the
            CTC head to AdamW.
        learning_rate: Of both.
        weight_decay: Of matrices and convolutions; vectors, embeddings and positions keep their size.
    """

    def __init__(self, network: nn.Module, learning_rate: float, weight_decay: float) -> None:
        matrices, kernels, others = _sorted_parameters(network.named_parameters())
        groups: list[dict[str, Any]] = [
            {"params": matrices, "rule": "muon", "weight_decay": weight_decay},
            {"params": kernels, "rule": "adam", "weight_decay": weight_decay},
            {"params": others, "rule": "adam", "weight_decay": 0.0},
        ]
        super().__init__([group for group in groups if group["params"]], {"lr": learning_rate})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """One step along the gradients at the groups' learning rates."""
        for group in self.param_groups:
            with_gradient = [parameter for parameter in group["params"] if parameter.grad is not None]
            if group["weight_decay"]:
                torch._foreach_mul_(with_gradient, 1.0 - group["lr"] * group["weight_decay"])
            if group["rule"] == "muon":
                self._muon(with_gradient, group["lr"])
            else:
                self._adam(with_gradient, group["lr"])

    def _muon(self, parameters: list[Tensor], learning_rate: float) -> None:
        by_shape: dict[tuple[int, int], list[Tensor]] = {}
        for parameter in parameters:
            by_shape.setdefault((parameter.shape[0], parameter.shape[1]), []).append(parameter)
        for shape, alike in by_shape.items():
            momenta = [self._state(parameter, "momentum") for parameter in alike]
            gradients = [parameter.grad for parameter in alike]
            torch._foreach_lerp_(momenta, gradients, 1.0 - _MOMENTUM)
            ahead = torch._foreach_lerp(gradients, momenta, _MOMENTUM)  # Nesterov
            directions = orthogonal(torch.stack(ahead))
            scale = -learning_rate * 0.2 * max(shape) ** 0.5
            torch._foreach_add_(alike, list(directions.to(alike[0].dtype).unbind()), alpha=scale)

    def _adam(self, parameters: list[Tensor], learning_rate: float) -> None:
        for parameter in parameters:
            state = self.state[parameter]
            mean, square = self._state(parameter, "mean"), self._state(parameter, "square")
            state["count"] = count = state.get("count", 0) + 1
            mean.lerp_(parameter.grad, 1.0 - _ADAM_BETAS[0])
            square.mul_(_ADAM_BETAS[1]).addcmul_(parameter.grad, parameter.grad, value=1.0 - _ADAM_BETAS[1])
            deviation = (square / (1.0 - _ADAM_BETAS[1] ** count)).sqrt_().add_(_ADAM_EPSILON)
            parameter.addcdiv_(mean, deviation, value=-learning_rate / (1.0 - _ADAM_BETAS[0] ** count))

    def _state(self, parameter: Tensor, name: str) -> Tensor:
        state = self.state[parameter]
        if name not in state:
            state[name] = torch.zeros_like(parameter)
        kept: Tensor = state[name]
        return kept


def orthogonal(matrices: Tensor) -> Tensor:
    """About the nearest orthogonal matrices, in bfloat16; shape ``[matrices, rows, columns]`` in and out."""
    first, second, third = _NEWTON_SCHULZ
    tall = matrices.shape[1] > matrices.shape[2]
    result = matrices.bfloat16()
    if tall:
        result = result.transpose(1, 2)
    result = result / (result.norm(dim=(1, 2), keepdim=True) + 1e-7)  # against a gradient of zero
    for _ in range(_NEWTON_SCHULZ_STEPS):
        gram = result @ result.transpose(1, 2)
        result = first * result + (second * gram + third * gram @ gram) @ result
    return result.transpose(1, 2) if tall else result


def _sorted_parameters(
    named: Iterable[tuple[str, nn.Parameter]],
) -> tuple[list[nn.Parameter], list[nn.Parameter], list[nn.Parameter]]:
    matrices, kernels, others = [], [], []
    for name, parameter in named:
        if ".layers." in name and parameter.ndim == 2:
            matrices.append(parameter)
        elif ".conv" in name and parameter.ndim == 3:
            kernels.append(parameter)
        else:
            others.append(parameter)
    return matrices, kernels, others
