"""The records' databases, SQLite and PostgreSQL, for campaigns."""

from __future__ import annotations

from tests.adapters.records.conftest import (
    postgres,
    postgres_template,
    postgres_url,
    records,
    sqlite_template,
    url,
)

__all__ = ["postgres", "postgres_template", "postgres_url", "records", "sqlite_template", "url"]
