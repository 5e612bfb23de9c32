"""Seals everything anew with the newest key, so that older ones can be taken out of the environment.

Which columns are sealed is told by their names (``…_sealed``, and ``…_hash`` for the keyed hash beside one),
so that a new table is never forgotten here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, or_, select, update

from voicebot.adapters.records.database import Database
from voicebot.adapters.records.ledger import AuditEntry, write_down
from voicebot.adapters.records.tables import Base
from voicebot.adapters.records.tables.ledger import RecordKeyRow

SEALED, HASH = "_sealed", "_hash"

_BATCH = 200
"""Rows a transaction: each is opened, sealed and written, which takes longer than deleting."""


def sealed_columns() -> dict[str, list[str]]:
    """Table → the names of its sealed columns, without their ending."""
    return {
        table.name: stems
        for table in Base.metadata.sorted_tables
        if (stems := [name.removesuffix(SEALED) for name in table.c.keys() if name.endswith(SEALED)])
    }


async def rotate(
    database: Database,
    *,
    by: str,
    at: datetime,
    progress: Callable[[str, int], None] = lambda table, rows: None,
) -> int:
    """Seal anew what an older key has sealed; stopped half-way, the next run goes on.

    Args:
        database: Open, with all keys.
        by: Who asked for it, for the audit.
        at: Now.
        progress: Told of each table's rows so far.

    Returns:
        Rows written.

    Raises:
        RecordsKeyError: A key is missing.
        RecordsError: The database failed.
    """
    written = 0
    for name, stems in sealed_columns().items():
        table, rows = Base.metadata.tables[name], 0
        while some := await _rotate_some(database, table, stems):
            rows += some
            progress(name, rows)
        written += rows
    async with database.writing() as connection:
        older = RecordKeyRow.fingerprint != database.keys.newest
        await connection.execute(delete(RecordKeyRow).where(older))
        details = {"key": database.keys.newest, "rows": written}
        entry = AuditEntry(at=at, actor=by, action="records.rotated", subject="records", details=details)
        await write_down(connection, entry)
    return written


async def _rotate_some(database: Database, table: Table, stems: list[str]) -> int:
    keys = database.keys
    sealed = {stem: table.c[stem + SEALED] for stem in stems}
    older = or_(*(_is_older(column, keys.head) for column in sealed.values()))
    primary = list(table.primary_key.columns)
    query = select(*primary, *sealed.values()).where(older).limit(_BATCH).with_for_update()
    async with database.writing() as connection:
        rows = (await connection.execute(query)).all()
        for row in rows:
            values: dict[str, Any] = {}
            for stem, column in sealed.items():
                before = row._mapping[column]
                if before is None:
                    continue
                text = keys.open(before, f"{table.name}.{stem}")
                values[column.name] = keys.seal(text, f"{table.name}.{stem}")
                if stem + HASH in table.c:
                    values[stem + HASH] = keys.hashed(text)
            same = [column == row._mapping[column] for column in primary]
            await connection.execute(update(table).where(*same).values(values))
        return len(rows)


def _is_older(column: Column[Any], head: bytes) -> Any:
    return func.substr(column, 1, len(head)) != head
