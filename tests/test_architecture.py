"""The pictures in ``docs/`` show the code as it stands."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _pictures() -> dict[str, Callable[[], str]]:
    path = ROOT / "scripts/draw_architecture.py"
    spec = importlib.util.spec_from_file_location("draw_architecture", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["draw_architecture"] = module
    spec.loader.exec_module(module)
    pictures: dict[str, Callable[[], str]] = module.PICTURES
    return pictures


@pytest.mark.parametrize("name", ["architecture.svg", "way-of-a-call.svg"])
def test_the_picture_is_current(name: str) -> None:
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert _pictures()[name]() == committed, "run `make docs` and commit the pictures"
