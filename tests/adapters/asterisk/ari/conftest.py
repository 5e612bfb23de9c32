"""A fake ARI and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.asterisk.ari.fake_ari import FakeAri, running_fake
from voicebot.adapters.asterisk.ari.client import AriClient


@pytest.fixture
async def fake() -> AsyncIterator[FakeAri]:
    async with running_fake() as running:
        yield running


@pytest.fixture
async def client(fake: FakeAri) -> AsyncIterator[AriClient]:
    async with AriClient(fake.url, "voicebot", "geheim", "voicebot", timeout_s=1.0) as connected:
        yield connected
