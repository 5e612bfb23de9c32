"""Cases with the history of their status, alerts, and notes.

``call_id`` is no foreign key here: a case must never be refused because its call could not be written.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.adapters.records.tables.base import ID_LENGTH, WORD_LENGTH, Base, BigId, words
from voicebot.records.status import CaseStatus

FIRST_NUMBER = 1001
"""Four digits from the first case on: read aloud digit by digit, a short number is easy to write down."""

WORK_ID_LENGTH = 36
"""A UUID as text: of the journal's entry that asked for the row, so that it is done once however often it is
tried; NULL where no conversation asked."""


class CaseRow(Base):
    """A complaint or follow-up. Its number is never given twice, even after it was deleted."""

    __tablename__ = "cases"

    number: Mapped[int] = mapped_column(BigId, Identity(start=FIRST_NUMBER), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    person_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(WORD_LENGTH))
    type: Mapped[str] = mapped_column(String(WORD_LENGTH))
    level: Mapped[str] = mapped_column(String(WORD_LENGTH))
    status: Mapped[CaseStatus] = mapped_column(words(CaseStatus, "status"))
    department: Mapped[str] = mapped_column(String(WORD_LENGTH))
    assignee: Mapped[str] = mapped_column(String(WORD_LENGTH))
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    callback_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    callback_sealed: Mapped[bytes | None]
    caller_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    caller_sealed: Mapped[bytes | None]
    details_sealed: Mapped[bytes]
    work_id: Mapped[str | None] = mapped_column(String(WORK_ID_LENGTH), unique=True)

    __table_args__ = (
        CheckConstraint("(completed_at IS NULL) = (status <> 'completed')", name="completed"),
        Index(None, "status", "changed_at"),
        Index(None, "completed_at"),
        {"sqlite_autoincrement": True},
    )


class CaseChangeRow(Base):
    """One step of a case; the first is its opening."""

    __tablename__ = "case_changes"

    case_number: Mapped[int] = mapped_column(
        BigId, ForeignKey("cases.number", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    to_status: Mapped[CaseStatus] = mapped_column(words(CaseStatus, "to_status"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(WORD_LENGTH))
    assignee: Mapped[str] = mapped_column(String(WORD_LENGTH))
    department: Mapped[str] = mapped_column(String(WORD_LENGTH))
    due_on: Mapped[date | None]
    note_sealed: Mapped[bytes | None]


class AlertRow(Base):
    """Something that staff must know at once: an emergency, or an anomaly of a care call."""

    __tablename__ = "alerts"

    number: Mapped[int] = mapped_column(BigId, Identity(start=FIRST_NUMBER), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    person_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(WORD_LENGTH))
    level: Mapped[str] = mapped_column(String(WORD_LENGTH))
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str] = mapped_column(String(WORD_LENGTH))
    details_sealed: Mapped[bytes]
    work_id: Mapped[str | None] = mapped_column(String(WORK_ID_LENGTH), unique=True)

    __table_args__ = (
        CheckConstraint("(seen_at IS NULL) = (seen_by = '')", name="seen"),
        Index(
            "ix_alerts_unseen",
            "raised_at",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
        Index(None, "seen_at"),
        {"sqlite_autoincrement": True},
    )


class NoteRow(Base):
    """What a service asked to be written down, for staff to read."""

    __tablename__ = "notes"

    number: Mapped[int] = mapped_column(BigId, Identity(start=FIRST_NUMBER), primary_key=True)
    work: Mapped[str] = mapped_column(String(WORD_LENGTH))
    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    noted_at: Mapped[datetime]
    details_sealed: Mapped[bytes]
    work_id: Mapped[str | None] = mapped_column(String(WORK_ID_LENGTH), unique=True)

    __table_args__ = (Index(None, "noted_at"), {"sqlite_autoincrement": True})
