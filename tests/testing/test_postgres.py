"""A PostgreSQL of the tests' own ends when it is told to, whenever that is."""

from __future__ import annotations

import signal

import pytest

from voicebot.testing.postgres import running_cluster


@pytest.mark.parametrize("in_order", [True, False])
def test_a_server_that_has_hardly_begun_ends_too(in_order: bool) -> None:
    """Among background jobs of a shell, where these signals are ignored until the server catches them."""
    told = signal.SIGINT if in_order else signal.SIGQUIT
    with running_cluster() as cluster:
        cluster.kill()
        before = signal.signal(told, signal.SIG_IGN)
        try:
            cluster.start(wait=False)
        finally:
            signal.signal(told, before)
        cluster.kill(in_order=in_order)
        assert cluster.process is None
