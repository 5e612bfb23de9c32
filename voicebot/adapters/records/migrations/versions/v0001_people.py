"""People, their consents, and what care calls remember."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _consents()
    _memory_facts()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("external_id", name=op.f("uq_people_external_id")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_people_phone_hash")),
    )
    op.create_index(op.f("ix_people_changed_at"), "people", ["changed_at"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "calls",
                "recording",
                "health",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "call", "staff", "import", name="source", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_person_id_kind_at"), "consents", ["person_id", "kind", "at"])


def _memory_facts() -> None:
    op.create_table(
        "memory_facts",
        sa.Column("person_id", _BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memory_facts_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "position", name=op.f("pk_memory_facts")),
    )
    op.create_index(op.f("ix_memory_facts_since"), "memory_facts", ["since"])
