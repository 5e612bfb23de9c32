"""Folders that commands write into and empty first."""

from __future__ import annotations

import shutil
from pathlib import Path

from voicebot.errors import ConfigurationError

_MARK = ".voicebot-run"
"""Marks a folder that we made: only such a one is ever emptied."""


def empty_folder(folder: Path) -> None:
    """Make a folder, without what an earlier run of ours has left in it.

    Raises:
        ConfigurationError: It holds something else, which is left alone, or cannot be made.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if not (folder / _MARK).exists():
                raise ConfigurationError(
                    f"{folder}: holds files that no earlier run has written; choose an empty or a new folder"
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
    except OSError as error:
        raise ConfigurationError(f"{folder}: {error.strerror}; choose another folder") from error
