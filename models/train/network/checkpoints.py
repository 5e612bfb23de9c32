"""The state of training on disk: whole or not at all, and only for the configuration it was made with."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from models.train.errors import TrainingError
from models.train.shards import unwritable, write_atomically

_VERSION = 1  # of this layout
_REMEDY = "remove it to train anew, or give another --folder"


def save(path: Path, state: Mapping[str, Any], configuration: Mapping[str, Any]) -> None:
    """Write a state in place of the one before it.

    Args:
        state: Tensors, numbers, texts, and lists and dictionaries of them.
        configuration: What the state is worth nothing without.

    Raises:
        TrainingError: The disk is full or the folder cannot be written.
    """
    content = io.BytesIO()
    torch.save({"version": _VERSION, "configuration": dict(configuration), "state": dict(state)}, content)
    try:
        write_atomically(path, content.getvalue())
    except OSError as error:
        raise unwritable(path.parent, error) from error


def load(path: Path, configuration: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state that was saved, or ``None`` when there is none.

    Raises:
        TrainingError: It is damaged, or of another configuration.
    """
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        version, found, state = content["version"], content["configuration"], content["state"]
    except (
        OSError,
        RuntimeError,
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        pickle.UnpicklingError,
    ) as error:
        raise TrainingError(f"{path}: not a readable checkpoint ({error}); {_REMEDY}") from error
    if version != _VERSION:
        raise TrainingError(f"{path}: written by another version of models/train; {_REMEDY}")
    differing = sorted(
        name for name in {*found, *configuration} if found.get(name) != configuration.get(name)
    )
    if differing:
        listed = ", ".join(
            f"{name} {found.get(name)!r} instead of {configuration.get(name)!r}" for name in differing
        )
        raise TrainingError(f"{path}: is of another configuration ({listed}); {_REMEDY}")
    loaded: dict[str, Any] = state
    return loaded
