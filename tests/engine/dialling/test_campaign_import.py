"""Lists into campaigns, on both databases: nobody twice, nobody who opted out, every row accounted for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import NOON
from voicebot.adapters.campaign_lists.cells import ListFile
from voicebot.adapters.records import import_batch, target_import
from voicebot.adapters.records.records import Records
from voicebot.campaigns.rows import Problem, RowProblem
from voicebot.engine import campaign_import
from voicebot.engine.campaign_import import ImportReport, import_list
from voicebot.errors import ConfigurationError, RecordsError
from voicebot.records.campaigns import CampaignState, TargetState
from voicebot.records.people import Consent, ConsentKind, Source

P = Problem


async def _campaign(records: Records, name: str = "care") -> int:
    return await records.campaigns.create(name, service="care", settings={}, by="kim", at=NOON)


async def _import(
    records: Records, campaign: int, path: Path, text: str, dry_run: bool = False
) -> tuple[ImportReport, list[RowProblem]]:
    (path / "list.csv").write_text(text, encoding="utf-8")
    told: list[RowProblem] = []
    report = await import_list(
        records.database,
        campaign,
        ListFile(path=path / "list.csv"),
        due_at=NOON,
        at=NOON,
        dry_run=dry_run,
        told=told.append,
    )
    return report, told


async def test_a_list_with_everything_in_it(records: Records, tmp_path: Path) -> None:
    campaign = await _campaign(records)
    out = await records.people.enrol("010-2222-0003", at=NOON)
    await records.opt_outs.add(out.phone, at=NOON, source=Source.CALL)
    against = await records.people.enrol("010-2222-0004", at=NOON)
    for granted in (True, False):
        consent = Consent(kind=ConsentKind.CALLS, granted=granted, at=NOON, source=Source.STAFF)
        await records.people.set_consent(against.id, consent)
    await records.people.enrol("010-2222-0005", at=NOON, external_id="K-5")
    known = await records.people.enrol("010-2222-0006", at=NOON, name="박철수", external_id="K-6")
    await records.campaigns.add_targets(campaign, [known.id], due_at=NOON)
    text = (
        "전화번호,이름,관리번호,동의\n"
        "010-2222-0001,김영희,K-1,예\n"
        "01022220001,김영희,K-1,예\n"
        "010-2222-00,누구,,\n"
        "\n"
        "010-2222-0003,,,\n"
        "010-2222-0004,,,\n"
        "010-2222-0007,,K-5,\n"
        "010-2222-0006,,K-6,\n"
        "010-2222-0008,,,아니오\n"
        "031-222-0009,,K-9,\n"
        "010-2222-0010,,K-9,\n"
        "010-2222-0005,,K-5,\n"
    )
    dry, dry_told = await _import(records, campaign, tmp_path, text, dry_run=True)
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 1
    assert await records.people.find("010-2222-0001") is None
    report, told = await _import(records, campaign, tmp_path, text)
    assert (report, told) == (dry, dry_told)
    assert [(problem.line, problem.problem) for problem in told] == [
        (3, P.TWICE),
        (4, P.NUMBER),
        (6, P.OPTED_OUT),
        (7, P.NOT_AGREED),
        (8, P.KEY_TAKEN),
        (9, P.KNOWN),
        (10, P.NOT_AGREED),
        (12, P.KEY_TAKEN),
    ]
    assert (report.rows, report.added) == (11, 3)
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 4
    first = await records.people.find("010-2222-0001")
    assert first is not None and (first.name, first.external_id) == ("김영희", "K-1")
    consents = await records.people.consents(first.id)
    assert consents[ConsentKind.CALLS].granted and consents[ConsentKind.CALLS].source is Source.IMPORT


async def test_a_second_import_adds_only_what_is_new(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_import, "BATCH", 7)
    monkeypatch.setattr(import_batch, "_PARAMETERS", 3)
    monkeypatch.setattr(target_import, "_SQLITE_ROWS", 4)
    campaign = await _campaign(records)
    rows = [f"0102333{number:04},이름" for number in range(50)]
    first, _ = await _import(records, campaign, tmp_path, "\n".join(["phone,name", *rows[:30]]))
    again, told = await _import(records, campaign, tmp_path, "\n".join(["phone,name", *rows]))
    assert (first.added, again.added, again.problems) == (30, 20, {P.KNOWN: 30})
    assert [problem.line for problem in told] == list(range(2, 32))
    other, _ = await _import(records, await _campaign(records, "b"), tmp_path, "\n".join(["phone", *rows]))
    assert other.added == 50
    await records.campaigns.set_state(campaign, CampaignState.RUNNING, by="kim", at=NOON)
    due = await records.campaigns.due(campaign, NOON + timedelta(seconds=1))
    assert {target.phone for target in due} == {f"+82102333{number:04}" for number in range(50)}


async def test_an_import_that_breaks_off_is_started_again(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_import, "BATCH", 7)
    campaign = await _campaign(records)
    rows = [f"0102333{number:04},이름" for number in range(50)]
    broken = [*rows[:30], '"0102333', *rows[30:]]
    with pytest.raises(ConfigurationError, match=r"list\.csv:32: not valid CSV"):
        await _import(records, campaign, tmp_path, "\n".join(["phone,name", *broken]))
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 28  # whole batches, in order
    again, _ = await _import(records, campaign, tmp_path, "\n".join(["phone,name", *rows]))
    assert (again.added, again.problems) == (22, {P.KNOWN: 28})


async def test_records_that_fail_end_an_import(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_import, "BATCH", 7)
    campaign = await _campaign(records)
    rows = [f"0102333{number:04}" for number in range(50)]
    parts: list[float] = []

    def progress(part: float, rows: int) -> None:
        parts.append(part)
        if len(parts) == 2:
            monkeypatch.setattr(target_import, "_SQLITE_TARGETS", "INSERT INTO nowhere VALUES (?, ?, ?, ?)")
            monkeypatch.setattr(target_import, "_POSTGRES_TARGETS", "INSERT INTO nowhere VALUES ($1)")

    (tmp_path / "list.csv").write_text("\n".join(["phone", *rows]))
    with pytest.raises(RecordsError, match="could not be written"):
        await import_list(
            records.database,
            campaign,
            ListFile(path=tmp_path / "list.csv"),
            due_at=NOON,
            at=NOON,
            progress=progress,
        )
    assert (await records.campaigns.counts(campaign))[TargetState.WAITING] == 14
    assert await records.people.find("010-2333-0014") is None  # nothing of the batch that failed


async def test_an_empty_list_is_told(records: Records, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"list\.csv:1: the list is empty"):
        await _import(records, await _campaign(records), tmp_path, "\n \n")
    report, _ = await _import(records, await _campaign(records, "b"), tmp_path, "phone,동\n")
    assert (report.rows, report.added, report.columns_left_out) == (0, 0, ("동",))
