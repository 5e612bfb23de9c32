"""Lines that return the bot's voice: it does not interrupt itself, and the citizen still can."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.acceptance.held_calls import HeldCalls, open_calls
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.simulate import PERSONAS
from voicebot.config import RecogniserSettings
from voicebot.testing.persona import Echo, Line, Persona, load_persona
from voicebot.testing.stage_call import read_timeline

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHOES = {"near": Echo(loss_db=10, delay_ms=60), "usual": None, "far": Echo(loss_db=20, delay_ms=250)}
"""Beside the persona's own: a hybrid next door, and a mobile telephone's loudspeaker."""

INTERRUPTING = Echo(loss_db=13, delay_ms=130)

LONGEST_CALL_S = 75.0
"""Half as long again as these calls take: one that the machine tore apart is soon held again."""

SILENCED_LIMIT_MS = 1000.0
"""A bot that goes on for longer was not interrupted."""


def persona_on(name: str, echo: Echo | None, place: int) -> Persona:
    """A persona that comes with voicebot, on a line with another echo than its own."""
    persona = load_persona(PERSONAS / f"{name}.yaml")
    line = persona.line if echo is None else Line(echo=echo)
    update = {"line": line, "caller_id": f"031123008{place}", "longest_call_s": LONGEST_CALL_S}
    return persona.model_copy(update=update)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calls(asterisk_root: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HeldCalls]:
    """All calls at once; each test waits for its own."""
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    try:
        async with open_calls(tmp_path_factory.mktemp("echo") / "stage", recogniser, 2) as held:
            for place, (name, echo) in enumerate(ECHOES.items()):
                held.begin(name, persona_on("echo", echo, place), by_words=False)
            held.begin("interrupting", persona_on("barge_in", INTERRUPTING, 9), by_words=False)
            yield held
    finally:
        await recogniser.close()


@pytest.mark.parametrize("name", ECHOES)
async def test_the_bot_is_not_interrupted_by_its_own_echo(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    assert call.report.shortfalls(persona_on("echo", None, 0).expect) == [], json.dumps(
        call.report.as_json(), ensure_ascii=False
    )
    timeline = read_timeline(call.timeline)
    call.keeps(timeline.of("barge_in", "retract") == [], "the bot interrupted itself")
    assert len(timeline.of("audible_started")) >= 5


async def test_a_citizen_on_such_a_line_interrupts_and_is_heard(calls: HeldCalls) -> None:
    call = await calls.ended("interrupting")
    assert call.report.shortfalls(persona_on("barge_in", None, 9).expect) == [], json.dumps(
        call.report.as_json(), ensure_ascii=False
    )
    silenced_ms = [turn.silenced_ms for turn in call.report.turns if turn.barged_in]
    call.keeps(
        len(silenced_ms) == 3 and all(ms is not None and ms < SILENCED_LIMIT_MS for ms in silenced_ms),
        f"silent after {silenced_ms} ms",
    )
    call.keeps(len(read_timeline(call.timeline).of("barge_in")) == 3, "interrupted more or less often")
