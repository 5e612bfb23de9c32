"""A random-weight model of stock Whisper's shape (30 s of encoder positions), made without torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs.whisper_spec import WhisperSpec

from voicebot.paths import data_dir

_DEPTH = 32
_HEADS = 2
_MEL_BANDS = 80


def build(folder: Path) -> Path:
    """Write the model, with the embedded model's vocabulary, and return the folder."""
    source = data_dir("models") / "ko-embedded"
    folder.mkdir()
    for name in ("tokenizer.json", "config.json"):
        shutil.copy(source / name, folder / name)
    tokens = json.loads((source / "vocabulary.json").read_text(encoding="utf-8"))
    spec = WhisperSpec(1, _HEADS, 1, _HEADS)
    random = np.random.default_rng(7)
    _fill(spec, random, vocabulary=len(tokens))
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    shutil.copy(source / "config.json", folder / "config.json")
    return folder


def _fill(spec: Any, random: np.random.Generator, *, vocabulary: int) -> None:
    def weights(*shape: int) -> Any:
        return (random.standard_normal(shape) * 0.05).astype(np.float32)

    def norm(layer: Any) -> None:
        layer.gamma = np.ones(_DEPTH, np.float32)
        layer.beta = np.zeros(_DEPTH, np.float32)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight = weights(outputs, inputs)
        layer.bias = weights(outputs)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(_DEPTH, _MEL_BANDS, 3), weights(_DEPTH)
    encoder.conv2.weight, encoder.conv2.bias = weights(_DEPTH, _DEPTH, 3), weights(_DEPTH)
    encoder.position_encodings.encodings = weights(1500, _DEPTH)
    decoder.position_encodings.encodings = weights(448, _DEPTH)
    decoder.embeddings.weight = weights(vocabulary, _DEPTH)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.scale_embeddings = False
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    for layer in (*encoder.layer, *decoder.layer):
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * _DEPTH, _DEPTH)
        linear(layer.self_attention.linear[1], _DEPTH, _DEPTH)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 4 * _DEPTH, _DEPTH)
        linear(layer.ffn.linear_1, _DEPTH, 4 * _DEPTH)
    for layer in decoder.layer:
        norm(layer.attention.layer_norm)
        linear(layer.attention.linear[0], _DEPTH, _DEPTH)
        linear(layer.attention.linear[1], 2 * _DEPTH, _DEPTH)
        linear(layer.attention.linear[2], _DEPTH, _DEPTH)
