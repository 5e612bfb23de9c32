"""The schema, one module an aggregate; importing this package fills ``Base.metadata``.

Columns whose name ends in ``_sealed`` hold ciphertext (``encryption.Keyring``); ``_hash`` beside one of the
same name is the keyed hash by which it is found. ``rotation`` relies on these two names.
"""

from __future__ import annotations

from voicebot.adapters.records.tables import calls, campaigns, cases, ledger, people
from voicebot.adapters.records.tables.base import Base

__all__ = ["Base", "calls", "campaigns", "cases", "ledger", "people"]
