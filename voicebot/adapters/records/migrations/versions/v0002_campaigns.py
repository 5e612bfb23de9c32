"""Campaigns, targets, attempts and opt-outs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _campaigns()
    _targets()
    _attempts()
    _opt_outs()


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "running",
                "paused",
                "stopped",
                "finished",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("campaign_id", _BIG_ID, nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "dialling",
                "done",
                "excluded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 2", name=op.f("ck_targets_priority")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_targets_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_targets_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("campaign_id", "person_id", name=op.f("uq_targets_campaign_id_person_id")),
    )
    op.create_index(op.f("ix_targets_person_id"), "targets", ["person_id"])
    op.create_index(
        "ix_targets_waiting",
        "targets",
        ["campaign_id", "priority", "due_at", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", _BIG_ID, nullable=False),
        sa.Column("target_id", _BIG_ID, nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column(
            "disposition",
            sa.Enum(
                "answered",
                "voicemail",
                "announcement",
                "busy",
                "no_answer",
                "unreachable",
                "invalid_number",
                "bad_format",
                "number_changed",
                "declined",
                "trunk_refused",
                "congestion",
                "network",
                "codec",
                "cancelled",
                "unknown",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("tech_cause", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (disposition IS NULL)", name=op.f("ck_attempts_ended")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_attempts_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attempts_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["targets.id"], name=op.f("fk_attempts_target_id_targets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("target_id", "slot", "number", name=op.f("uq_attempts_target_id_slot_number")),
    )
    op.create_index(op.f("ix_attempts_campaign_id_begun_at"), "attempts", ["campaign_id", "begun_at"])
    op.create_index(op.f("ix_attempts_ended_at"), "attempts", ["ended_at"])
    op.create_index(
        "ix_attempts_engine",
        "attempts",
        ["engine"],
        sqlite_where=sa.text("disposition IS NULL"),
        postgresql_where=sa.text("disposition IS NULL"),
    )
    op.create_index(op.f("ix_attempts_person_id"), "attempts", ["person_id"])
    op.create_index(
        "uq_attempts_open",
        "attempts",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("disposition IS NULL"),
        postgresql_where=sa.text("disposition IS NULL"),
    )


def _opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("campaign_id", _BIG_ID, nullable=True),
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
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_opt_outs_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
    )
    op.create_index(
        "uq_opt_outs_for_good",
        "opt_outs",
        ["phone_hash"],
        unique=True,
        sqlite_where=sa.text("campaign_id IS NULL"),
        postgresql_where=sa.text("campaign_id IS NULL"),
    )
    op.create_index(
        "uq_opt_outs_of_campaign",
        "opt_outs",
        ["phone_hash", "campaign_id"],
        unique=True,
        sqlite_where=sa.text("campaign_id IS NOT NULL"),
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
    )
