"""What is to be sent, what was done by whom, and which keys the records are sealed with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.adapters.records.tables.base import WORD_LENGTH, Base, BigId

ERROR_LENGTH = 200
EVENT_ID_LENGTH = 36
"""A UUID as text."""
_WAITS = "delivered_at IS NULL AND refused_at IS NULL"


class OutboxRow(Base):
    """A message to one destination, written in the transaction of what it tells of."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH))
    destination: Mapped[str] = mapped_column(String(WORD_LENGTH))
    topic: Mapped[str] = mapped_column(String(WORD_LENGTH))
    subject: Mapped[str] = mapped_column(String(WORD_LENGTH))
    haste: Mapped[int] = mapped_column(SmallInteger)
    payload_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int]
    last_error: Mapped[str] = mapped_column(String(ERROR_LENGTH))
    delivered_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "destination"),
        # Both hold what waits and nothing else: a backlog makes nothing slower that was delivered long ago.
        Index(
            "ix_outbox_waiting",
            "destination",
            "haste",
            "id",
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        Index(
            "ix_outbox_steps",
            "destination",
            "subject",
            "id",
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        Index(None, "delivered_at"),
        Index(None, "refused_at"),
    )


class AuditRow(Base):
    """Who did what to which record; rows are added and purged, never changed."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(WORD_LENGTH))
    action: Mapped[str] = mapped_column(String(WORD_LENGTH))
    subject: Mapped[str] = mapped_column(String(WORD_LENGTH))
    details: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "at"), Index(None, "subject", "at"))


class RecordKeyRow(Base):
    """A key that something here is sealed with, by its fingerprint."""

    __tablename__ = "record_keys"

    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    first_used_at: Mapped[datetime]
