"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

from tests.databases import empty_url, mortal_cluster, postgres_url, server, sqlite_template, sqlite_url, url

__all__ = ["empty_url", "mortal_cluster", "postgres_url", "server", "sqlite_template", "sqlite_url", "url"]
"""Fixtures of the records' databases, for every test that asks for one."""

# A busy machine is no failure: an example may take as long as it takes.
settings.register_profile("voicebot", deadline=None)
settings.load_profile("voicebot")
