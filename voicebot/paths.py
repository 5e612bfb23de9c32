"""Where the files beside the code lie: in the source tree, or inside an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The folder ``models``, ``dialplans`` or ``asterisk-conf``, wherever this installation keeps it."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def cache_dir() -> Path:
    """Where large things that can be made again are kept: ``VOICEBOT_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("VOICEBOT_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "voicebot"
