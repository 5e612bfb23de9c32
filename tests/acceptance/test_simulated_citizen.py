"""The simulated citizen's calls through two real Asterisks, with a double of the bot at the far end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from tests.testing.far_end import BotDouble, FarEnd, citizens_calling, far_end
from voicebot.adapters.asterisk.embedded.endpoints import Endpoints
from voicebot.errors import AsteriskUnavailable, TelephonyError
from voicebot.testing.calling import SipTarget, run_persona
from voicebot.testing.exchange import CitizenExchange, open_exchange
from voicebot.testing.fakes import FakeRecogniser
from voicebot.testing.persona import Persona
from voicebot.testing.rendering import render_persona
from voicebot.testing.report import CallReport

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.real_time]

REPLY_MS = 300.0
"""What the double waits after the citizen's last audible packet: no gap is shorter. How much two Asterisks
add to it is measured by ``benchmarks.citizens``."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    asterisk_root: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[FarEnd, CitizenExchange]]:
    folder = tmp_path_factory.mktemp("citizens")
    async with (
        far_end(folder / "far") as (far, sip_port),
        citizens_calling(folder / "near", sip_port) as access,
        open_exchange(access) as exchange,
    ):
        yield far, exchange


def _persona(*answers: dict[str, Any], **more: Any) -> Persona:
    values = {"name": "a", "service": "duty", "caller_id": "0311230000", "end_of_turn_ms": 300, **more}
    return Persona.model_validate({**values, "answers": answers})


async def _call(
    world: tuple[FarEnd, CitizenExchange], persona: Persona, *prompts_ms: int, **more: Any
) -> tuple[CallReport, BotDouble]:
    far, exchange = world
    hangs_up = more.pop("hangs_up", True)
    far.make_double = lambda: BotDouble(list(prompts_ms), REPLY_MS, hangs_up=hangs_up)
    before = len(far.doubles)
    repertoire = await render_persona(persona)
    report = await run_persona(persona, SipTarget(number="1000"), exchange, repertoire, **more)
    return report, far.doubles[before]


async def test_both_sides_are_heard_and_the_gap_is_what_the_far_end_made_it(
    world: tuple[FarEnd, CitizenExchange],
) -> None:
    persona = _persona({"say": ["그게", {"pause_ms": 200}, "가로등이 꺼졌어요"]}, {"say": "네"})
    report, double = await _call(world, persona, 600, 500)
    assert double.caller == "0311230000"
    assert len(report.turns) == 2 and report.ended_by == "bot"
    assert [turn.said for turn in report.turns] == ["그게 가로등이 꺼졌어요", "네"]
    gap_ms, own_ms = report.turns[0].gap_ms, double.own_gaps_ms[0]
    assert gap_ms is not None and gap_ms >= own_ms - 1.0 >= REPLY_MS - 1.0
    assert not any(turn.cut_off for turn in report.turns)
    assert report.packets_sent == pytest.approx(report.duration_s * 50, rel=0.1)
    assert report.packets_heard == pytest.approx(report.packets_sent, rel=0.1)


async def test_an_impatient_far_end_cuts_off_an_answer_with_a_pause(
    world: tuple[FarEnd, CitizenExchange],
) -> None:
    persona = _persona({"say": ["그게", {"pause_ms": 900}, "꺼졌어요"]}, {"say": "네"})
    report, _ = await _call(world, persona, 600, 300, 300)
    assert report.turns[0].cut_off


async def test_barge_in_silences_the_far_end_and_the_time_is_measured(
    world: tuple[FarEnd, CitizenExchange],
) -> None:
    persona = _persona({"say": "그만요", "barge_in_ms": 700}, {"say": "네"})
    report, _ = await _call(world, persona, 5000, 400)
    first = report.turns[0]
    assert first.barged_in and first.silenced_ms is not None and 0 < first.silenced_ms < 4000
    assert first.said_at_s is not None and first.said_at_s - first.bot_at_s >= 0.69
    assert first.gap_ms is not None and first.gap_ms >= REPLY_MS - 1.0


async def test_keys_arrive_as_keys(world: tuple[FarEnd, CitizenExchange]) -> None:
    persona = _persona({"keys": "130#"}, patience_s=2.0)
    report, double = await _call(world, persona, 400)
    assert double.keys == "130#" and report.turns[0].keys == "130#"
    assert report.ended_by == "citizen" and report.ended_because == "the bot says nothing"


async def test_hanging_up_in_the_middle_of_a_prompt(world: tuple[FarEnd, CitizenExchange]) -> None:
    report, double = await _call(world, _persona({"hang_up_ms": 500}), 5000)
    async with asyncio.timeout(5):
        await double.done.wait()
    assert report.ended_by == "citizen" and report.duration_s < 5 and report.outcome == "hung_up"


async def test_a_bad_line_is_heard_all_the_same(world: tuple[FarEnd, CitizenExchange]) -> None:
    line = {"noise_snr_db": 25, "loss": 0.05, "jitter_ms": 60, "reorder": 0.02}
    persona = _persona({"say": "가로등이 꺼졌어요", "hang_up": True}, line=line)
    report, double = await _call(world, persona, 400)
    assert double.heard_runs_at and report.turns[0].said_at_s is not None
    assert report.packets_sent < report.duration_s * 50


async def test_dtx_sends_little(world: tuple[FarEnd, CitizenExchange]) -> None:
    persona = _persona({"say": "네", "thinking_ms": 1500}, {"say": "네"}, line={"dtx": True})
    report, _ = await _call(world, persona, 400, 300)
    assert report.packets_sent < 0.6 * report.duration_s * 50
    gap_ms = report.turns[0].gap_ms
    assert gap_ms is not None and gap_ms >= REPLY_MS - 1.0


async def test_the_citizen_answers_by_what_was_recognised(world: tuple[FarEnd, CitizenExchange]) -> None:
    persona = _persona({"when": "어디", "say": "시장이요"}, {"when": "무슨 일", "say": "고장이요"})
    recogniser = FakeRecogniser(["무슨 이리신가요", "거기가 어디인가요"])
    report, _ = await _call(world, persona, 500, 400, recogniser=recogniser)
    assert [turn.said for turn in report.turns] == ["고장이요", "시장이요"]
    assert [turn.bot for turn in report.turns] == ["무슨 이리신가요", "거기가 어디인가요"]
    assert 400 <= recogniser.asked[0].voiced_ms <= 700


async def test_two_citizens_at_once_are_kept_apart(world: tuple[FarEnd, CitizenExchange]) -> None:
    far, exchange = world
    far.make_double = lambda: BotDouble([400, 400], REPLY_MS)
    before = len(far.doubles)
    first = _persona({"say": "가로등이 꺼졌어요"}, {"say": "네"}, caller_id="0311230001")
    second = _persona({"say": "네"}, {"say": "도로가 파였어요"}, caller_id="0311230002")
    calls = [
        run_persona(persona, SipTarget(number="1000"), exchange, await render_persona(persona))
        for persona in (first, second)
    ]
    reports = await asyncio.gather(*calls)
    doubles = far.doubles[before:]
    assert {double.caller for double in doubles} == {"0311230001", "0311230002"}
    for report in reports:
        assert len(report.turns) == 2 and report.ended_by == "bot"
        gap_ms = report.turns[0].gap_ms
        assert gap_ms is not None and gap_ms >= REPLY_MS - 1.0


async def test_nobody_answers_a_number_that_leads_nowhere(
    asterisk_root: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    persona = _persona({"say": "네"})
    async with (
        citizens_calling(tmp_path_factory.mktemp("alone"), 9) as access,
        open_exchange(access) as exchange,
    ):
        target = SipTarget(number="1000", ring_s=2)
        report = await run_persona(persona, target, exchange, await render_persona(persona))
    assert report.ended_by == "nobody answered" and report.outcome == "failed" and report.turns == ()


async def test_an_asterisk_of_the_citizens_that_dies_is_no_hang_up_of_the_bot(
    world: tuple[FarEnd, CitizenExchange], tmp_path_factory: pytest.TempPathFactory
) -> None:
    far, _ = world
    far.make_double = lambda: BotDouble([5000], REPLY_MS)
    folder = tmp_path_factory.mktemp("dying")
    async with citizens_calling(folder, far.sip_port) as access, open_exchange(access) as exchange:
        persona = _persona({"say": "네"})
        call = run_persona(persona, SipTarget(number="1000"), exchange, await render_persona(persona))
        async with asyncio.TaskGroup() as tasks:
            calling = tasks.create_task(_raised(call))
            await asyncio.sleep(1.0)
            asterisk = Endpoints.load(folder)
            assert asterisk is not None
            asterisk.signal(signal.SIGKILL)
        assert isinstance(calling.result(), AsteriskUnavailable)


async def _raised(call: Awaitable[CallReport]) -> Exception | None:
    try:
        await call
    except TelephonyError as error:
        return error
    return None
