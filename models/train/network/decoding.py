"""Greedy decoding in torch: to evaluate while training, and to compare with the converted model."""

from __future__ import annotations

import torch
from torch import Tensor

from models.train.network.model import Network
from models.train.network.tokens import Tokens


@torch.no_grad()
def decode(network: Network, tokens: Tokens, features: Tensor, most: int) -> list[str]:
    """Texts of windows of equal length.

    Args:
        features: Shape ``[clips, mel bands, frames]``.
        most: Tokens of a text at most.
    """
    memory = network.encoder(features)
    written = torch.tensor([tokens.prompt] * features.shape[0], device=features.device)
    ended = torch.zeros(features.shape[0], dtype=torch.bool, device=features.device)
    first = len(tokens.prompt)
    for _ in range(min(most, network.shape.text_positions - first)):
        following = network.decoder(written, memory)[:, -1].argmax(dim=-1)
        following[ended] = tokens.end_of_text
        written = torch.cat([written, following[:, None]], dim=1)
        ended |= following == tokens.end_of_text
        if bool(ended.all()):
            break
    return [tokens.decode(_until(row, tokens.end_of_text)) for row in written[:, first:].tolist()]


def _until(row: list[int], end: int) -> list[int]:
    return row[: row.index(end)] if end in row else row
