"""``voicebot doctor``: one line a part, ok or what to do."""

from __future__ import annotations

import asyncio
import json
import os
import time
import zoneinfo
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from voicebot.config import Settings, load_settings
from voicebot.errors import AsteriskUnavailable, RecordsError, VoicebotError

ZONE = "Asia/Seoul"
HARMFUL_MODULE = "res_stasis_device_state.so"
"""Holds the lock of ARI's applications and waits for a state, which waits for that lock (asterisk #2170)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one part."""

    part: str
    ok: bool
    detail: str
    """What it is when ok, what to do when not."""


async def _asterisk(settings: Settings) -> str:
    from voicebot.adapters.asterisk.embedded.root import find_root

    root = await asyncio.to_thread(find_root, system=settings.asterisk.mode == "system")
    return f"{await asyncio.to_thread(root.version)} ({settings.asterisk.mode})"


async def _ari(settings: Settings) -> str:
    from voicebot.adapters.asterisk.ari.client import AriClient
    from voicebot.engine.reach import reach_asterisk

    reach = reach_asterisk(settings)
    if reach is None:
        raise AsteriskUnavailable("Asterisk is not running; start it: voicebot asterisk up")
    async with AriClient(reach.ari_url, reach.ari_user, reach.ari_password, reach.application) as ari:
        answers = f"Asterisk {await ari.asterisk_version()} answers on {reach.ari_url}"
        if await ari.has_module(HARMFUL_MODULE):
            raise AsteriskUnavailable(
                f"{answers}, but has {HARMFUL_MODULE} loaded, with which ARI can hang for good when the "
                "engine stops; take it and res_ari_device_states.so out of modules.conf and restart Asterisk"
            )
        return answers


async def _ami(settings: Settings) -> str:
    from voicebot.adapters.asterisk.ami.client import AmiClient
    from voicebot.engine.reach import reach_asterisk

    reach = reach_asterisk(settings)
    if reach is None:
        raise AsteriskUnavailable("Asterisk is not running; start it: voicebot asterisk up")
    async with AmiClient(reach.host, reach.ami_port, reach.ami_user, reach.ami_password) as ami:
        queue = await ami.queue_status(settings.handoff.queue)
        return f"{reach.host}:{reach.ami_port}, queue {queue.queue} has {len(queue.members)} members"


async def _recogniser(settings: Settings) -> str:
    from voicebot.adapters.recognition.recogniser import WhisperRecogniser

    recogniser = await asyncio.to_thread(WhisperRecogniser.load, settings.stt)
    try:
        return "; ".join(filter(None, (recogniser.description, recogniser.warning)))
    finally:
        await recogniser.close()


async def _synthesiser(settings: Settings) -> str:
    from voicebot.adapters.synthesis.plugins import load_synthesiser

    synthesiser = load_synthesiser(settings.tts)
    began = time.monotonic()
    speech = await synthesiser.synthesise("안녕하세요")
    seconds = len(speech.samples) / speech.sample_rate_hz
    return f"{synthesiser.identity}: {seconds:.1f} s of speech in {(time.monotonic() - began) * 1000:.0f} ms"


async def _database(settings: Settings) -> str:
    from voicebot.adapters.records.journal import DAMAGED, REFUSED, waiting
    from voicebot.adapters.records.records import open_records
    from voicebot.adapters.records.upgrading import make_if_none, newest_revision
    from voicebot.engine.records import reach_records

    reach = reach_records(settings)
    await make_if_none(reach.url, reach.keys)
    async with open_records(reach.url, reach.keys, at=datetime.now(UTC)) as records:
        cases = await records.cases.count_open()
        where = records.database.where
    files = waiting(reach.journal)
    if files[REFUSED] or files[DAMAGED]:
        raise RecordsError(
            f"{reach.journal} holds what the database refused ({files[REFUSED]} files) or what does not open "
            f"({files[DAMAGED]}); the log says why; after an update restart voicebot, which tries again"
        )
    return f"{where}, revision {newest_revision()}, {cases} open cases, key {reach.keys.newest}"


async def _broker(settings: Settings) -> str:
    from voicebot.adapters.events.probing import probe
    from voicebot.engine.events.receivers import outbox_topics, read_receivers

    receivers = read_receivers(settings, os.environ)
    others = [name for name in outbox_topics(settings) if name != "mqtt"]
    beside = f"; also {', '.join(others)}" if others else ""
    if receivers.broker is None:
        return f"no [events.mqtt]: alerts stay in the records{beside}"
    return f"{await probe(receivers.broker)}{beside}"


async def _clock_zone(settings: Settings) -> str:
    try:
        now = datetime.now(zoneinfo.ZoneInfo(ZONE))
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise VoicebotError(f"time zone {ZONE} is unknown here; install the Debian package tzdata") from error
    return f"{ZONE}, {now:%Y-%m-%d %H:%M:%S}"


CHECKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "Asterisk": _asterisk,
    "ARI": _ari,
    "AMI": _ami,
    "recogniser": _recogniser,
    "synthesiser": _synthesiser,
    "database": _database,
    "broker": _broker,
    "clock zone": _clock_zone,
}
"""Part → how it is looked at; a part that is not well raises with the remedy."""


async def examine(settings: Settings) -> list[Finding]:
    """Look at every part, one after the other."""
    findings = []
    for part, check in CHECKS.items():
        try:
            findings.append(Finding(part=part, ok=True, detail=await check(settings)))
        except VoicebotError as error:
            findings.append(Finding(part=part, ok=False, detail=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever one part does, the others are looked at
            detail = f"fails in a way of its own ({type(error).__name__}: {error}); please report this"
            findings.append(Finding(part=part, ok=False, detail=detail))
    return findings


def doctor(
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at every part and say ok, or what to do."""
    findings = asyncio.run(examine(load_settings(config)))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            mark = typer.style("ok  ", fg="green") if finding.ok else typer.style("todo", fg="red")
            typer.echo(f"{mark} {finding.part:<12} {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
