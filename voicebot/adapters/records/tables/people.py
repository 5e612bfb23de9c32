"""People, their consents, the numbers that must not be called, and what care calls remember."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.adapters.records.tables.base import ID_LENGTH, WORD_LENGTH, Base, BigId, words
from voicebot.records.people import ConsentKind, Source


class PersonRow(Base):
    """One person a telephone number."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    phone_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    external_id: Mapped[str | None] = mapped_column(String(WORD_LENGTH), unique=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (Index(None, "changed_at"),)


class ConsentRow(Base):
    """What a person said about a kind of consent; the newest counts, the others are the proof."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind, "kind"))
    granted: Mapped[bool]
    at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    call_id: Mapped[str] = mapped_column(String(ID_LENGTH))

    __table_args__ = (Index(None, "person_id", "kind", "at"),)


class OptOutRow(Base):
    """A number that is not called any more: by one campaign, or (without one) for good.

    It hangs on the number, not on the person, so that it outlives the person's record.
    """

    __tablename__ = "opt_outs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_hash: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    campaign_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("campaigns.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    call_id: Mapped[str] = mapped_column(String(ID_LENGTH))

    __table_args__ = (
        # Two indexes, since in a common one the database takes each NULL for different.
        Index(
            "uq_opt_outs_for_good",
            "phone_hash",
            unique=True,
            sqlite_where=text("campaign_id IS NULL"),
            postgresql_where=text("campaign_id IS NULL"),
        ),
        Index(
            "uq_opt_outs_of_campaign",
            "phone_hash",
            "campaign_id",
            unique=True,
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
    )


class MemoryFactRow(Base):
    """One remembered sentence, in the order in which they were told."""

    __tablename__ = "memory_facts"

    person_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(WORD_LENGTH))
    subject_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    since: Mapped[date]

    __table_args__ = (Index(None, "since"),)
