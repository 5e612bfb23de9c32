"""What the network is trained to: the next token, and the sounds in the encoder's output."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from models.train.network.batches import IGNORED

LABEL_SMOOTHING = 0.05
CTC_WEIGHT = 1.0
"""Attention alone finds the alignment late; with CTC on the encoder (Watanabe et al. 2017) within minutes."""
_FEWEST_SOUNDS = 8
"""CTC is counted per jamo, of which a clip without speech has none and a long one 80."""


def token_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of the next token; shapes ``[clips, tokens, vocabulary]`` and ``[clips, tokens]``."""
    return functional.cross_entropy(
        logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, label_smoothing=LABEL_SMOOTHING
    )


def sound_loss(logits: Tensor, sounds: Tensor, counts: Tensor) -> Tensor:
    """CTC (Graves et al. 2006) of the jamo; shapes ``[clips, positions, sounds]``, ``[clips, longest]``."""
    clips, positions, _ = logits.shape
    lengths = torch.full((clips,), positions, dtype=torch.long)
    losses = functional.ctc_loss(
        logits.float().log_softmax(dim=-1).transpose(0, 1),
        sounds,
        lengths,
        counts.cpu(),
        reduction="none",
        zero_infinity=True,  # a clip with more jamo than positions
    )
    return (losses / counts.clamp(min=_FEWEST_SOUNDS)).mean()
