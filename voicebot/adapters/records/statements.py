"""Small things that several repositories say to the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.base import WORD_LENGTH


def insert_if_new(connection: AsyncConnection, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that does nothing where a unique index already holds the row.

    Both databases have it in the same words, but SQLAlchemy keeps it in their dialects.
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def word(text: Any) -> str:
    """A text cut to a column of words: a flow's overlong kind must not lose the case."""
    return str(text)[:WORD_LENGTH]
