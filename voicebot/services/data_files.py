"""The edge of the services: reading their files."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import FlowError


def read_text(path: Path) -> str:
    """What a flow or data file holds.

    Raises:
        FlowError: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError(f"{path}:1: cannot be read ({error.strerror}); give an existing file") from error
    except UnicodeDecodeError as error:
        raise FlowError(f"{path}:1: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
