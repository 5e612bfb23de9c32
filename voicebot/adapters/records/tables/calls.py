"""Calls, their turns and their slots."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.adapters.records.tables.base import ID_LENGTH, WORD_LENGTH, Base, BigId, words
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction

REASON_LENGTH = 200


class CallRow(Base):
    """One call; its end is written once."""

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    direction: Mapped[Direction] = mapped_column(words(Direction, "direction"))
    service: Mapped[str] = mapped_column(String(WORD_LENGTH))
    person_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    phone_sealed: Mapped[bytes | None]
    attempt_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("attempts.id", ondelete="SET NULL"), unique=True
    )
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[CallResult | None] = mapped_column(words(CallResult, "result"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    engine: Mapped[str] = mapped_column(String(WORD_LENGTH))
    """Which engine has it: the one that adopts that engine's journal ends what was left open."""

    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="ended"),
        Index(None, "began_at"),
        Index(
            "ix_calls_open",
            "engine",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class TurnRow(Base):
    """One exchange of a call."""

    __tablename__ = "turns"

    call_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    prompt_sealed: Mapped[bytes]
    heard_sealed: Mapped[bytes]
    status: Mapped[str] = mapped_column(String(WORD_LENGTH))
    gap_ms: Mapped[int | None]


class SlotRow(Base):
    """One answer of a call: a code of ours readable, everything else sealed."""

    __tablename__ = "slots"

    call_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(WORD_LENGTH), primary_key=True)
    value_plain: Mapped[str | None] = mapped_column(Text)
    value_sealed: Mapped[bytes | None]

    __table_args__ = (CheckConstraint("(value_plain IS NULL) <> (value_sealed IS NULL)", name="one_value"),)
