"""What holds for every test of the network."""

from __future__ import annotations

import importlib.util

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Threads that wait for each other over matrices this small take twenty times as long."""
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
