"""Chosen care and welfare personas hold real calls; the others are held by ``benchmarks.persona_calls``."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.acceptance.held_calls import HeldCalls, open_calls, records_of
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.simulate import PERSONAS
from voicebot.config import RecogniserSettings
from voicebot.testing.persona import load_persona

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 3
"""All by words: both sides of each call are recognised on the same cores."""

CHOSEN = ("care_memory", "welfare_eligible", "care_illness", "care_fall_beside", "welfare_wants_person")
"""A fact of an earlier call, an application, an alert, a fall told in passing, a hand-over; longest first."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calls(asterisk_root: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HeldCalls]:
    """All calls, begun at once; each test waits for its own."""
    personas = {name: load_persona(PERSONAS / f"{name}.yaml") for name in CHOSEN}
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    folder = tmp_path_factory.mktemp("services") / "stage"
    try:
        async with open_calls(folder, recogniser, AT_ONCE, personas.values()) as held:
            for name, persona in personas.items():
                held.begin(name, persona, by_words=True)
            yield held
    finally:
        await recogniser.close()


@pytest.mark.parametrize("name", CHOSEN)
async def test_the_call_comes_to_what_the_persona_expects(calls: HeldCalls, name: str) -> None:
    expected = load_persona(PERSONAS / f"{name}.yaml").expect
    report = (await calls.ended(name)).report
    assert report.shortfalls(expected) == [], json.dumps(report.as_json(), ensure_ascii=False)


@pytest.mark.parametrize("name", CHOSEN)
async def test_staff_find_the_report_in_the_records(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    async with records_of(calls.stage) as records:
        notes = [note for note in await records.notes.newest() if note.call_id in call.timeline.name]
    (report,) = [note.details for note in notes if note.work == "report"]
    persona = load_persona(PERSONAS / f"{name}.yaml")
    assert persona.caller_id in report["text"], "staff can call back"
    assert report["service"] == persona.service
