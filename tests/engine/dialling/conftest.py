"""The records, open on each database, for campaigns."""

from __future__ import annotations

from tests.adapters.records.conftest import records

__all__ = ["records"]
