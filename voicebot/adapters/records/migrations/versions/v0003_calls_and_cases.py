"""Calls, cases, alerts and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _calls()
    _turns()
    _slots()
    _cases()
    _case_changes()
    _alerts()
    _notes()
    if op.get_bind().dialect.name == "sqlite":
        for table in ("cases", "alerts", "notes"):  # the first number, as PostgreSQL's identity begins
            op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', 1000)")


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "inbound", "outbound", name="direction", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("attempt_id", sa.String(length=64), nullable=True),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "completed",
                "handed_over",
                "hung_up",
                "refused",
                "no_response",
                "ended_by_policy",
                "failed",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name=op.f("ck_calls_ended")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_calls_attempt_id_attempts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calls_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_calls_attempt_id")),
    )
    op.create_index(op.f("ix_calls_began_at"), "calls", ["began_at"])
    op.create_index(op.f("ix_calls_person_id"), "calls", ["person_id"])
    op.create_index(op.f("ix_calls_phone_hash"), "calls", ["phone_hash"])
    op.create_index(
        "ix_calls_open",
        "calls",
        ["engine"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("prompt_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("heard_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("gap_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_turns_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_turns")),
    )


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value_plain", sa.Text(), nullable=True),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(value_plain IS NULL) <> (value_sealed IS NULL)", name=op.f("ck_slots_one_value")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_slots_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "name", name=op.f("pk_slots")),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", _BIG_ID, sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "assigned",
                "in_progress",
                "transferred",
                "extended",
                "completed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("completed_at", _MOMENT, nullable=True),
        sa.Column("callback_hash", sa.LargeBinary(), nullable=True),
        sa.Column("callback_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("caller_hash", sa.LargeBinary(), nullable=True),
        sa.Column("caller_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("work_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (status <> 'completed')", name=op.f("ck_cases_completed")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_cases_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sa.UniqueConstraint("work_id", name=op.f("uq_cases_work_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cases_call_id"), "cases", ["call_id"])
    op.create_index(op.f("ix_cases_callback_hash"), "cases", ["callback_hash"])
    op.create_index(op.f("ix_cases_caller_hash"), "cases", ["caller_hash"])
    op.create_index(op.f("ix_cases_completed_at"), "cases", ["completed_at"])
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"])
    op.create_index(op.f("ix_cases_status_changed_at"), "cases", ["status", "changed_at"])


def _case_changes() -> None:
    op.create_table(
        "case_changes",
        sa.Column("case_number", _BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "to_status",
            sa.Enum(
                "received",
                "assigned",
                "in_progress",
                "transferred",
                "extended",
                "completed",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_number"],
            ["cases.number"],
            name=op.f("fk_case_changes_case_number_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_number", "position", name=op.f("pk_case_changes")),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("number", _BIG_ID, sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", _BIG_ID, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=True),
        sa.Column("seen_by", sa.String(length=64), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("work_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by = '')", name=op.f("ck_alerts_seen")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alerts_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alerts")),
        sa.UniqueConstraint("work_id", name=op.f("uq_alerts_work_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alerts_call_id"), "alerts", ["call_id"])
    op.create_index(op.f("ix_alerts_person_id"), "alerts", ["person_id"])
    op.create_index(op.f("ix_alerts_seen_at"), "alerts", ["seen_at"])
    op.create_index(
        "ix_alerts_unseen",
        "alerts",
        ["raised_at"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("number", _BIG_ID, sa.Identity(always=False, start=1001), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("work_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notes")),
        sa.UniqueConstraint("work_id", name=op.f("uq_notes_work_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notes_call_id"), "notes", ["call_id"])
    op.create_index(op.f("ix_notes_noted_at"), "notes", ["noted_at"])
