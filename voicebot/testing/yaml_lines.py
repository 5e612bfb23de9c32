"""YAML whose places are kept, so that a mistake can be told with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from voicebot.errors import ConfigurationError
from voicebot.yaml_models import parse_model

_Model = TypeVar("_Model", bound=BaseModel)


def load_model(path: Path, model: type[_Model]) -> _Model:
    """Read a YAML file into a pydantic model.

    Args:
        path: The file.
        model: What it must hold.

    Raises:
        ConfigurationError: The file is missing, is not YAML or breaks the model; one line ``file:line:
        problem``
            for each mistake.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); give an existing file"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return parse_model(str(path), text, model)
