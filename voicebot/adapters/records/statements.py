"""Small things that several repositories say to the database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, func, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.base import WORD_LENGTH
from voicebot.adapters.records.tables.cases import AlertRow, CaseRow, NoteRow


def insert_if_new(connection: AsyncConnection, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that does nothing where a unique index already holds the row.

    Both databases have it in the same words, but SQLAlchemy keeps it in their dialects.
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


async def number_of_work(
    connection: AsyncConnection, table: type[CaseRow | AlertRow | NoteRow], work_id: str | None
) -> int | None:
    """The number that a piece of work was given when it was done before, if it was."""
    if work_id is None:
        return None
    query = select(table.number).where(table.work_id == work_id)
    return (await connection.execute(query)).scalar_one_or_none()


def word(text: Any) -> str:
    """A text cut to a column of words: a flow's overlong kind must not lose the case."""
    return str(text)[:WORD_LENGTH]


def korean_day(connection: AsyncConnection, column: InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    """The day in Korea of a moment, to be grouped by; SQLite keeps moments as text in UTC."""
    if connection.dialect.name == "sqlite":
        return type_coerce(func.date(column, "+9 hours"), Date)
    return type_coerce(func.date(func.timezone("Asia/Seoul", column)), Date)
