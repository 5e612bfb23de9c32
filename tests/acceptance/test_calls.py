"""Every persona of the duty desk holds a real call, many at once, and it comes to what they expect."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from xml.etree import ElementTree

import pytest
import pytest_asyncio
import typer
from typer.testing import CliRunner

from tests.acceptance.held_calls import HeldCalls, open_calls, records_of
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.cli.simulate import PERSONAS
from voicebot.cli.timeline import timeline as timeline_command
from voicebot.config import RecogniserSettings
from voicebot.records.status import CaseStatus
from voicebot.testing.persona import Expected, Line, Persona, load_persona
from voicebot.testing.stage_call import read_timeline
from voicebot.timeline.reading import read
from voicebot.timeline.redaction import redact

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 4
"""Citizens talking at once: all voices, both Asterisks, engine and recognition share two cores with whatever
else runs there."""

BY_WORDS = ("back_channel", "number_corrected", "very_bad_network", "bad_line", "noisy_street")
"""They answer what they recognised of the bot's question, since a question asked twice is no failure of
theirs. The others answer by order, as recognising the bot costs more than being the bot."""

LONGEST_FIRST = (
    *("number_corrected", "very_bad_network", "slow_elder", "silent", "echo", "bad_line", "noisy_street"),
    *("street_lamp", "back_channel", "keys_only", "barge_in", "emergency", "wants_person", "hangs_up"),
)

COMPLETED = tuple(
    name
    for name in LONGEST_FIRST
    if name not in ("silent", "emergency", "wants_person", "hangs_up", "very_bad_network")
)

SILENCED_LIMIT_MS = 1000.0
"""A bot that goes on for longer was not interrupted. How fast it is in the middle is benchmarked."""


def persona_named(name: str) -> Persona:
    """A persona that comes with voicebot, or the one of this file."""
    if name != "very_bad_network":
        return load_persona(PERSONAS / f"{name}.yaml")
    ordinary = load_persona(PERSONAS / "street_lamp.yaml")
    return ordinary.model_copy(
        update={
            "name": name,
            "caller_id": "01000000006",
            "line": Line(loss=0.05, reorder=0.05, jitter_ms=200, dtx=True),
            # What is lost may be a word; that the call goes on to its end may not.
            "expect": Expected.model_validate({"result": "completed", "case": True}),
        }
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calls(
    asterisk_root: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HeldCalls]:
    """The calls of all chosen tests, begun at once; each test waits for its own."""
    chosen = {
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and hasattr(item, "callspec")
    }
    recogniser = WhisperRecogniser.load(RecogniserSettings())
    try:
        who = [persona_named(name) for name in LONGEST_FIRST if name in chosen]
        folder = tmp_path_factory.mktemp("calls") / "stage"
        async with open_calls(folder, recogniser, AT_ONCE, who) as held:
            for name in LONGEST_FIRST:
                if name in chosen:
                    held.begin(name, persona_named(name), by_words=name in BY_WORDS)
            yield held
    finally:
        await recogniser.close()


async def test_no_persona_is_forgotten() -> None:
    shipped = [path.stem for path in PERSONAS.glob("*.yaml") if load_persona(path).service == "duty"]
    assert set(shipped) == set(LONGEST_FIRST) - {"very_bad_network"}


def one(name: str) -> pytest.MarkDecorator:
    """A test about one persona."""
    return pytest.mark.parametrize("name", [name])


@pytest.mark.parametrize("name", LONGEST_FIRST)
async def test_the_call_comes_to_what_the_persona_expects(calls: HeldCalls, name: str) -> None:
    # Who was cut off is the next test's matter.
    expected = persona_named(name).expect.model_copy(update={"most_cut_off": None})
    report = (await calls.ended(name)).report
    assert report.shortfalls(expected) == [], json.dumps(report.as_json(), ensure_ascii=False)


@pytest.mark.parametrize("name", [name for name in COMPLETED if name not in ("barge_in", "bad_line")])
async def test_nobody_is_cut_off(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    call.keeps(call.cut_off == [], f"cut off: {call.cut_off}")


@pytest.mark.parametrize("name", LONGEST_FIRST)
async def test_the_timeline_is_complete_and_can_be_drawn(calls: HeldCalls, name: str) -> None:
    path = (await calls.ended(name)).timeline
    timeline = read_timeline(path)
    assert not timeline.cut_short
    assert timeline.records[0].event == "call_started"
    assert timeline.records[-1].event == "call_ended"
    assert len(timeline.of("first_packet")) == 1
    assert len(timeline.of("audible_started")) == len(timeline.of("audible_ended")) >= 2
    assert timeline.of("statistics")[0].number("packets_received")
    assert timeline.of("statistics")[0].number("listener_errors") == 0

    app = typer.Typer()
    app.command()(timeline_command)
    result = CliRunner().invoke(app, [str(path)])
    assert result.exit_code == 0, result.output
    assert ElementTree.parse(path.with_suffix(".svg")).getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", COMPLETED)
async def test_the_case_is_in_the_records(calls: HeldCalls, name: str) -> None:
    report = (await calls.ended(name)).report
    assert report.engine is not None
    async with records_of(calls.stage) as records:
        case = await records.cases.get(int(report.engine.case))
    assert case is not None and case.state.status is CaseStatus.RECEIVED
    expected = "01012345679" if name == "number_corrected" else persona_named(name).caller_id
    assert case.details["callback"] == expected
    assert case.details["what"] and case.details["place"]


@pytest.mark.parametrize("name", LONGEST_FIRST)
async def test_the_call_is_in_the_records(calls: HeldCalls, name: str) -> None:
    path = (await calls.ended(name)).timeline
    timeline = read_timeline(path)
    async with records_of(calls.stage) as records:
        call = await records.calls.get(str(timeline.records[0].details["call_id"]))
    assert call is not None and call.outcome is not None and call.ended_at is not None
    assert call.outcome.result.value == timeline.records[-1].text("result")
    # The records hold numbers whole, which a timeline masks.
    slots = {slot: redact(value) for slot, value in call.slots.items()}
    assert call.service == "duty" and slots == timeline.records[-1].details["slots"]
    said = [redact(turn.prompt) for turn in call.turns]
    assert all(any(record.text("text") in prompt for prompt in said) for record in timeline.of("prompt"))
    assert [turn.number for turn in call.turns] == list(range(1, len(call.turns) + 1))


@one("barge_in")
async def test_the_bot_falls_silent_when_interrupted(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    silenced_ms = [turn.silenced_ms for turn in call.report.turns if turn.barged_in]
    call.keeps(
        len(silenced_ms) == 3 and all(ms is not None and ms < SILENCED_LIMIT_MS for ms in silenced_ms),
        f"silent after {silenced_ms} ms",
    )


@one("back_channel")
async def test_a_nod_does_not_stop_the_bot(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    silent_after_ms = [nod.silent_after_ms for nod in call.report.turns[0].nods]
    call.keeps(
        len(silent_after_ms) == 2 and all(ms is None or ms > SILENCED_LIMIT_MS for ms in silent_after_ms),
        f"silent {silent_after_ms} ms after the nods",
    )


@one("echo")
async def test_the_bot_does_not_interrupt_itself(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    call.keeps(read_timeline(call.timeline).of("barge_in") == [], "the bot interrupted itself")


@one("keys_only")
async def test_keys_answer_every_closed_question(calls: HeldCalls, name: str) -> None:
    timeline = read_timeline((await calls.ended(name)).timeline)
    assert [record.text("key") for record in timeline.of("key")] == ["2", "1", "2"]


@one("hangs_up")
async def test_a_hang_up_ends_the_call_at_once(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    timeline = read_timeline(call.timeline)
    assert call.report.ended_by == "citizen"
    gone, ended = timeline.of("citizen_gone")[0], timeline.of("call_ended")[0]
    call.keeps(ended.at_s - gone.at_s < 1.0, f"{ended.at_s - gone.at_s:.2f} s after the hang-up")


@one("silent")
async def test_silence_is_asked_about_before_the_call_is_ended(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    assert call.report.ended_by == "bot"
    assert len(read(read_timeline(call.timeline)).turns) == 0
    assert len(call.report.turns) >= 3


@pytest.mark.parametrize("name", ["emergency", "wants_person"])
async def test_a_person_is_fetched_in_the_duty_queue(calls: HeldCalls, name: str) -> None:
    call = await calls.ended(name)
    transfer = read_timeline(call.timeline).of("transfer")
    assert [record.text("target") for record in transfer] == ["duty"]
    # The last thing heard is not the bot but the notice of the queue.
    assert call.report.turns[-1].bot_at_s > transfer[0].at_s


@one("emergency")
async def test_an_emergency_is_reported_before_the_citizen_is_transferred(
    calls: HeldCalls, name: str
) -> None:
    timeline = read_timeline((await calls.ended(name)).timeline)
    alert = next(record for record in timeline.of("work") if record.text("name") == "alert")
    assert alert.details["succeeded"] is True
    assert alert.at_s < timeline.of("transfer")[0].at_s
