"""The network in plain torch: Whisper's architecture, with a CTC head for training alone.

Pre-norm layers, GELU by the error function, no mask over the padding of the encoder: what CTranslate2
computes (``layers/whisper.cc``). Attention is written out as two products and a softmax: on a CPU the
backward pass of torch's fused attention is slow in bfloat16.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.train.network.shape import MEL_BANDS, Shape

# Embeddings and positions begin small, so that the first layers see the sound before the order of the text.
_EMBEDDING_DEVIATION = 0.02


class Attention(nn.Module):
    """Self-attention over one sequence; queries, keys and values from one product."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend; ``inputs`` of shape ``[batch, positions, width]``, ``mask`` added to the scores."""
        query, key, value = self.query_key_value(inputs).chunk(3, dim=-1)
        return self.output(_attend(query, key, value, self.heads, mask))


class CrossAttention(nn.Module):
    """Attention of the text over the encoder's output."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.output = nn.Linear(width, width)

    def forward(self, inputs: Tensor, memory: Tensor) -> Tensor:
        """Attend; shapes ``[batch, tokens, width]`` and ``[batch, positions, width]``."""
        key, value = self.key_value(memory).chunk(2, dim=-1)
        return self.output(_attend(self.query(inputs), key, value, self.heads, None))


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape.width, shape.heads)
        self.feed_norm = nn.LayerNorm(shape.width)
        self.feed_in = nn.Linear(shape.width, shape.feed_ratio * shape.width)
        self.feed_out = nn.Linear(shape.feed_ratio * shape.width, shape.width)

    def forward(self, inputs: Tensor) -> Tensor:
        """One layer, shape ``[batch, positions, width]`` in and out."""
        hidden = inputs + self.attention(self.attention_norm(inputs))
        return hidden + self.feed_out(functional.gelu(self.feed_in(self.feed_norm(hidden))))


class DecoderLayer(nn.Module):
    """Self-attention, attention over the sound, then feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape.width, shape.heads)
        self.cross_norm = nn.LayerNorm(shape.width)
        self.cross = CrossAttention(shape.width, shape.heads)
        self.feed_norm = nn.LayerNorm(shape.width)
        self.feed_in = nn.Linear(shape.width, shape.feed_ratio * shape.width)
        self.feed_out = nn.Linear(shape.feed_ratio * shape.width, shape.width)

    def forward(self, inputs: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """One layer, shape ``[batch, tokens, width]`` in and out."""
        hidden = inputs + self.attention(self.attention_norm(inputs), mask)
        hidden = hidden + self.cross(self.cross_norm(hidden), memory)
        return hidden + self.feed_out(functional.gelu(self.feed_in(self.feed_norm(hidden))))


class Encoder(nn.Module):
    """Sound to one vector for each 20 ms."""

    positions: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MEL_BANDS, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(shape.audio_positions, shape.width), persistent=False)
        self.layers = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.encoder_layers))
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, features: Tensor) -> Tensor:
        """Encode; ``[batch, mel bands, frames]`` to ``[batch, frames // 2, width]``."""
        hidden = functional.gelu(self.conv1(features))
        hidden = functional.gelu(self.conv2(hidden)).transpose(1, 2)
        hidden = hidden + self.positions[: hidden.shape[1]].to(hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden)
        return self.norm(hidden)


class Decoder(nn.Module):
    """Tokens so far and the sound to the next token."""

    def __init__(self, shape: Shape, vocabulary_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, shape.width)
        self.positions = nn.Parameter(torch.empty(shape.text_positions, shape.width))
        self.layers = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.decoder_layers))
        self.norm = nn.LayerNorm(shape.width)
        nn.init.normal_(self.embedding.weight, std=_EMBEDDING_DEVIATION)
        nn.init.normal_(self.positions, std=_EMBEDDING_DEVIATION)

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """Logits ``[batch, tokens, vocabulary]`` after each of ``tokens``, shape ``[batch, tokens]``."""
        count = tokens.shape[1]
        hidden = self.embedding(tokens) + self.positions[:count]
        mask = torch.full((count, count), -math.inf, device=tokens.device).triu(1)
        for layer in self.layers:
            hidden = layer(hidden, memory, mask)
        return self.norm(hidden) @ self.embedding.weight.T


class Network(nn.Module):
    """Encoder, decoder and the CTC head.

    Args:
        shape: Sizes.
        vocabulary_size: Tokens of the decoder.
        sounds: Symbols of the CTC head, blank included.
    """

    def __init__(self, shape: Shape, vocabulary_size: int, sounds: int) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape, vocabulary_size)
        self.sounds = nn.Linear(shape.width, sounds)

    def forward(self, features: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the next tokens, and of the sounds at each position of the encoder."""
        memory = self.encoder(features)
        return self.decoder(tokens, memory), self.sounds(memory)


def sinusoids(positions: int, width: int) -> Tensor:
    """Whisper's fixed positions of the encoder (openai/whisper, ``model.py``): ``[positions, width]``."""
    step = math.log(10000.0) / (width // 2 - 1)
    scales = torch.exp(-step * torch.arange(width // 2))
    times = torch.arange(positions)[:, None] * scales[None, :]
    return torch.cat([times.sin(), times.cos()], dim=1)


def _attend(query: Tensor, key: Tensor, value: Tensor, heads: int, mask: Tensor | None) -> Tensor:
    """Scaled dot-product attention; inputs and output ``[batch, positions, width]``."""
    batch, count, width = query.shape
    depth = width // heads

    def split(tensor: Tensor) -> Tensor:
        return tensor.view(batch, -1, heads, depth).transpose(1, 2)

    scores = (split(query) * depth**-0.5) @ split(key).transpose(2, 3)
    if mask is not None:
        scores = scores + mask.to(scores.dtype)
    weights = scores.softmax(dim=-1).to(value.dtype)
    return (weights @ split(value)).transpose(1, 2).reshape(batch, count, width)
