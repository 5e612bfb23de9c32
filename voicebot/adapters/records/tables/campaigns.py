"""Campaigns, their targets, and the attempts to reach them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.adapters.records.tables.base import ID_LENGTH, WORD_LENGTH, Base, BigId, words
from voicebot.records.campaigns import CampaignState, Disposition, TargetState


class CampaignRow(Base):
    """One campaign."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(WORD_LENGTH), unique=True)
    service: Mapped[str] = mapped_column(String(WORD_LENGTH))
    state: Mapped[CampaignState] = mapped_column(words(CampaignState, "state"))
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class TargetRow(Base):
    """A person whom a campaign calls."""

    __tablename__ = "targets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigId, ForeignKey("campaigns.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[TargetState] = mapped_column(words(TargetState, "state"))
    priority: Mapped[int]
    due_at: Mapped[datetime]
    attempts: Mapped[int]

    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
        # Holds those who wait and no one else, so that choosing does not slow down with the list.
        Index(
            "ix_targets_waiting",
            "campaign_id",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class AttemptRow(Base):
    """One call that a campaign places: written before it is dialled, ended by exactly one disposition."""

    __tablename__ = "attempts"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigId, ForeignKey("campaigns.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("targets.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id", ondelete="CASCADE"))
    slot: Mapped[str] = mapped_column(String(WORD_LENGTH))
    number: Mapped[int]
    engine: Mapped[str] = mapped_column(String(WORD_LENGTH))
    begun_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    disposition: Mapped[Disposition | None] = mapped_column(words(Disposition, "disposition"))
    cause: Mapped[int | None]
    tech_cause: Mapped[str] = mapped_column(String(WORD_LENGTH))

    __table_args__ = (
        UniqueConstraint("target_id", "slot", "number"),
        CheckConstraint("(ended_at IS NULL) = (disposition IS NULL)", name="ended"),
        # One telephone rings once: two campaigns, or two engines, never call a person at the same time.
        Index(
            "uq_attempts_open",
            "person_id",
            unique=True,
            sqlite_where=text("disposition IS NULL"),
            postgresql_where=text("disposition IS NULL"),
        ),
        Index(
            "ix_attempts_engine",
            "engine",
            sqlite_where=text("disposition IS NULL"),
            postgresql_where=text("disposition IS NULL"),
        ),
        Index(None, "campaign_id", "begun_at"),
        Index(None, "person_id"),
        Index(None, "ended_at"),
    )
