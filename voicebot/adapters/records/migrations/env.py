"""What Alembic runs for each command: the steps, on the connection that the caller has opened."""

from __future__ import annotations

from alembic import context

from voicebot.adapters.records.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most of a table in place: Alembic then copies it.
    render_as_batch=True,
)
context.run_migrations()
