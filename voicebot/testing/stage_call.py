"""One call on a stage, seen from both sides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from voicebot.adapters.asterisk.ari import naming
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.ports import Recogniser
from voicebot.testing.calling import SipTarget, run_persona
from voicebot.testing.exchange import CitizenExchange
from voicebot.testing.joining import join
from voicebot.testing.persona import Persona
from voicebot.testing.rendering import render_persona
from voicebot.testing.report import CallReport
from voicebot.testing.stage import Stage
from voicebot.timeline.record import Timeline, parse

_TIMELINE_LIMIT_S = 5.0
"""The end of a timeline is on the disk a second after the end of the call."""

_LOOK_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCall:
    """What came of one call."""

    report: CallReport
    """The citizen's, joined with the engine's timeline where there is one."""
    timeline: Path | None
    """The engine's; ``None`` where the engine never had the call."""


async def hold_call(
    stage: Stage,
    exchange: CitizenExchange,
    persona: Persona,
    number: str,
    *,
    recogniser: Recogniser | None = None,
    seed: int | None = None,
) -> StageCall:
    """Let a persona call. Many may call at once, if each calls from a number of their own.

    Args:
        recogniser: Lets the citizen choose answers by the bot's words; ``None``: by order.
        seed: Instead of the persona's own.

    Raises:
        TelephonyError: One of the Asterisks refused or is gone.
    """
    repertoire = await render_persona(persona)
    reach = stage.engine_asterisk.endpoints
    url = f"http://{reach.host}:{reach.ari_port}"
    async with AriClient(url, reach.ari_user, reach.ari_password, reach.application) as ari:
        before = {channel.id for channel in await ari.channels()}
        async with asyncio.TaskGroup() as tasks:
            finding = tasks.create_task(_find_channel(ari, persona.caller_id, before))
            report = await run_persona(
                persona, SipTarget(number=number), exchange, repertoire, recogniser=recogniser, seed=seed
            )
            found = finding.done()
            finding.cancel()
    # The engine calls a call by the citizen's channel, and a timeline by the call.
    timeline = await _finished_timeline(stage.timelines, finding.result()) if found else None
    if timeline is None:
        return StageCall(report=report, timeline=None)
    return StageCall(report=join(report, read_timeline(timeline)), timeline=timeline)


def read_timeline(path: Path) -> Timeline:
    """Read what the engine has written so far."""
    return parse(path.read_text(encoding="utf-8").splitlines(keepends=True), path.name)


async def _find_channel(ari: AriClient, caller_id: str, before: set[str]) -> str:
    """The citizen's channel on the engine's Asterisk, which knows it by the caller's number."""
    while True:
        for channel in await ari.channels():
            ours = naming.call_of_media_channel(channel.id) is not None
            if channel.id not in before and channel.caller_number == caller_id and not ours:
                return channel.id
        await asyncio.sleep(_LOOK_S)


async def _finished_timeline(folder: Path, call_id: str) -> Path | None:
    """The timeline once it has its end, or as far as it goes after a few seconds."""
    timeline: Path | None = None
    for _ in range(int(_TIMELINE_LIMIT_S / _LOOK_S)):
        timeline = _timeline_of(folder, call_id)
        if timeline is not None and read_timeline(timeline).of("call_ended"):
            break
        await asyncio.sleep(_LOOK_S)
    return timeline


def _timeline_of(folder: Path, call_id: str) -> Path | None:
    return next(folder.glob(f"*-{call_id}.jsonl"), None)
