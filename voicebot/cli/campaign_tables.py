"""People of a campaign as a table: CSV for any spreadsheet, or an Excel workbook, written row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from voicebot.adapters.records.campaign_listing import ListedTarget
from voicebot.adapters.reports.spreadsheet import table_file
from voicebot.campaigns.clock import local
from voicebot.records.phone import masked, national

HEADINGS = ("이름", "전화번호", "관리번호", "상태", "시도", "최근 통화", "통화", "대화", "다음 예정")
FORMATS = (".csv", ".xlsx")


async def write_table(path: Path, targets: AsyncIterator[ListedTarget], *, whole_numbers: bool) -> int:
    """Write a table; returns the number of people in it.

    Args:
        path: Ends in one of ``FORMATS``; what is there is replaced.
        targets: In the order of the rows.
        whole_numbers: Telephone numbers as they are, not masked.

    Raises:
        ConfigurationError: It cannot be written there.
    """
    shown = national if whole_numbers else masked
    count = 0
    with table_file(path, "대상자") as add:
        add(HEADINGS)
        async for target in targets:
            add(_row(target, shown))
            count += 1
    return count


def _row(target: ListedTarget, shown: Callable[[str], str]) -> Sequence[str]:
    return (
        target.name,
        shown(target.phone),
        target.external_id,
        target.state.value,
        str(target.attempts),
        "" if target.last_at is None else f"{local(target.last_at):%Y-%m-%d %H:%M}",
        target.disposition.value if target.disposition else "",
        target.result.value if target.result else "",
        "" if target.due_at is None else f"{local(target.due_at):%Y-%m-%d %H:%M}",
    )
