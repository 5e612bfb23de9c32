"""From the trained network to a folder that CTranslate2 loads, without the CTC head."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ctranslate2.specs.whisper_spec import WhisperSpec

from models.train.network.model import Network
from models.train.network.shape import MEL_BANDS, Shape
from models.train.network.tokens import Tokens
from models.train.shards import unwritable
from voicebot.adapters.recognition.checksums import CHECKSUMS, write_checksums
from voicebot.adapters.recognition.features import FRAMES_PER_SECOND, MODEL_RATE_HZ, WINDOW_SAMPLES

QUANTISATION = "int8"
FILES = (
    "model.bin",
    "config.json",
    "vocabulary.json",
    "tokenizer.json",
    "preprocessor_config.json",
    CHECKSUMS,
)

Array = npt.NDArray[np.float32]


def convert(network: Network, tokens: Tokens, folder: Path, quantisation: str | None = QUANTISATION) -> None:
    """Write a model folder in place of what it holds; the files appear together, once all are written.

    Args:
        quantisation: CTranslate2's name, or ``None`` for 32-bit weights.

    Raises:
        TrainingError: The folder cannot be written.
    """
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        spec = _spec(network, tokens)
        spec.validate()
        spec.optimize(quantization=quantisation)
        spec.save(str(part))
        tokens.save(part)  # in place of the converter's vocabulary.json, which is the same
        _write_preprocessor(part, network.shape)
        write_checksums(part)
        folder.mkdir(exist_ok=True)
        for name in FILES:
            os.replace(part / name, folder / name)
        shutil.rmtree(part)
    except OSError as error:
        raise unwritable(folder, error) from error


def _spec(network: Network, tokens: Tokens) -> WhisperSpec:
    """CTranslate2's description of the model, filled with the weights."""
    shape = network.shape
    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    weights = {
        name: np.array(value.detach().float().cpu().numpy())  # a copy: quantising rounds in place
        for name, value in [*network.named_parameters(), *network.named_buffers()]
    }
    encoder, decoder = spec.encoder, spec.decoder
    _fill(encoder.conv1, weights, "encoder.conv1")
    _fill(encoder.conv2, weights, "encoder.conv2")
    encoder.position_encodings.encodings = weights["encoder.positions"]
    decoder.position_encodings.encodings = weights["decoder.positions"]
    decoder.embeddings.weight = weights["decoder.embedding.weight"]
    decoder.projection.weight = decoder.embeddings.weight
    _fill_norm(encoder.layer_norm, weights, "encoder.norm")
    _fill_norm(decoder.layer_norm, weights, "decoder.norm")
    for side, layers in (("encoder", encoder.layer), ("decoder", decoder.layer)):
        for number, layer in enumerate(layers):
            name = f"{side}.layers.{number}"
            _fill_norm(layer.self_attention.layer_norm, weights, f"{name}.attention_norm")
            _fill(layer.self_attention.linear[0], weights, f"{name}.attention.query_key_value")
            _fill(layer.self_attention.linear[1], weights, f"{name}.attention.output")
            _fill_norm(layer.ffn.layer_norm, weights, f"{name}.feed_norm")
            _fill(layer.ffn.linear_0, weights, f"{name}.feed_in")
            _fill(layer.ffn.linear_1, weights, f"{name}.feed_out")
            if side == "decoder":
                _fill_norm(layer.attention.layer_norm, weights, f"{name}.cross_norm")
                _fill(layer.attention.linear[0], weights, f"{name}.cross.query")
                _fill(layer.attention.linear[1], weights, f"{name}.cross.key_value")
                _fill(layer.attention.linear[2], weights, f"{name}.cross.output")
    spec.register_vocabulary(tokens.listed())
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []  # silence must be able to yield nothing
    spec.config.lang_ids = [tokens.korean]
    last = shape.decoder_layers - 1
    spec.config.alignment_heads = [[last, head] for head in range(shape.heads)]
    return spec


def _fill(layer: Any, weights: Mapping[str, Array], name: str) -> None:
    layer.weight = weights[f"{name}.weight"]
    layer.bias = weights[f"{name}.bias"]


def _fill_norm(layer: Any, weights: Mapping[str, Array], name: str) -> None:
    layer.gamma = weights[f"{name}.weight"]
    layer.beta = weights[f"{name}.bias"]


def _write_preprocessor(folder: Path, shape: Shape) -> None:
    """What the features are, in the words of the Whisper models on the hub."""
    hop = MODEL_RATE_HZ // FRAMES_PER_SECOND
    settings = {
        "chunk_length": shape.longest_frames // FRAMES_PER_SECOND,
        "dither": 0.0,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": MEL_BANDS,
        "hop_length": hop,
        "n_fft": WINDOW_SAMPLES,
        "n_samples": shape.longest_frames * hop,
        "nb_max_frames": shape.longest_frames,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
        "sampling_rate": MODEL_RATE_HZ,
    }
    content = json.dumps(settings, indent=2, sort_keys=True)
    (folder / "preprocessor_config.json").write_text(content + "\n", encoding="utf-8")
