"""A fake AMI and a client that is logged in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.asterisk.ami.fake_ami import FakeAmi, running_fake
from voicebot.adapters.asterisk.ami.client import AmiClient
from voicebot.adapters.asterisk.backoff import Backoff


def client_of(fake: FakeAmi, ping_interval_s: float = 60.0, answer_timeout_s: float = 2.0) -> AmiClient:
    """A client that reconnects without making the test wait."""
    return AmiClient(
        "127.0.0.1",
        fake.port,
        "voicebot",
        "geheim",
        backoff=Backoff(lambda: 0.0, first_s=0.01, longest_s=0.02),
        ping_interval_s=ping_interval_s,
        answer_timeout_s=answer_timeout_s,
    )


@pytest.fixture
async def fake() -> AsyncIterator[FakeAmi]:
    async with running_fake() as running:
        yield running


@pytest.fixture
async def client(fake: FakeAmi) -> AsyncIterator[AmiClient]:
    async with client_of(fake) as connected:
        yield connected
