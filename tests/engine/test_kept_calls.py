"""What a call tells the records, and what it is told by them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import CollectorRegistry

from tests.engine.office import Office, play
from tests.engine.scene import FLOW
from voicebot.adapters.asterisk.fastagi.request import AgiRequest
from voicebot.config import Settings
from voicebot.engine.assembly import Engine, Router
from voicebot.engine.metrics import CallMeter
from voicebot.engine.parts import EngineParts
from voicebot.engine.routing import Routing
from voicebot.engine.switchboard import Arrival
from voicebot.errors import TelephonyError
from voicebot.outcome import CallResult
from voicebot.records.calls import Direction
from voicebot.testing.fakes import FakeAcquaintances, FakeCallBook, MemoryTimeline


def test_a_call_is_kept_from_its_begin_to_its_end() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        assert [call.call_id for call in office.calls.begun] == ["c1"]
        await office.answer()
        await office.over("c1")

    office = play(script)
    (call,) = office.calls.begun
    assert (call.direction, call.service) == (Direction.INBOUND, "night")
    first = office.calls.turns["c1"][0]
    assert (first.number, first.heard, first.status) == (1, office.ears.text, "said")
    assert first.prompt == "당직실입니다. 다친 분이 계신가요?"
    assert first.gap_ms is not None and 0 < first.gap_ms < 2000
    outcome, slots = office.calls.ended["c1"]
    assert outcome.result.value == office.outcome("c1")[0]
    assert slots["hurt"] == "yes"


def test_a_call_whose_line_breaks_is_ended_too() -> None:
    async def script(office: Office) -> None:
        office.asterisk.refuses["media"] = TelephonyError("refused")
        office.asterisk.enter("c1")
        await office.over("c1")

    assert play(script).calls.ended["c1"][0].result is CallResult.FAILED


def test_what_the_records_know_wins() -> None:
    async def script(office: Office) -> None:
        office.known = {"caller_id": "01099998888"}
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.ring_off("c1")
        await office.over("c1")

    assert play(script).calls.ended["c1"][1]["caller_id"] == "01099998888"


# --- the assembly ----------------------------------------------------------------------------------------


def _call(engine: Engine, direction: str, called: str, acquaintances: FakeAcquaintances) -> Any:
    arrival = Arrival(
        call_id="c1",
        service="care",
        direction=direction,
        called=called,
        caller="01012345678",
        line=cast(Any, SimpleNamespace()),
    )
    shared = SimpleNamespace(
        calls=FakeCallBook(),
        clock=lambda: 0.0,
        desk=None,
        media=SimpleNamespace(sample_rate_hz=8000),
    )
    parts = SimpleNamespace(
        shared=shared,
        kept=SimpleNamespace(acquaintances=acquaintances),
        open_timeline=lambda call_id, service: MemoryTimeline(),
    )
    return engine._begin(arrival, cast(EngineParts, parts), CallMeter(CollectorRegistry()))


async def test_an_outbound_call_is_its_attempts_and_is_told_who_it_is() -> None:
    facts = '[{"kind": "health", "subject": "무릎", "text": "무릎이 아프다", "since": "2026-11-20"}]'
    kept = {"caller_id": "01055556666", "name": "김영희", "facts": facts, "unknown_to_the_flow": "x"}
    settings = Settings.model_validate(
        {"numbers": {"1001": "care"}, "known": {"01055556666": {"takes_medicine": "no"}}}
    )
    engine = Engine(settings)
    call = _call(engine, "outbound", "attempt-1", FakeAcquaintances({"attempt-1": kept}))
    assert (call._kept_as.direction, call._kept_as.attempt_id) == (Direction.OUTBOUND, "attempt-1")
    assert call._variables["caller_id"] == ""  # so that an opt-out is not the city's own
    assert call._kept_as.phone == ""  # the channel shows the city's own number
    assert await call._known() == {
        "caller_id": "01055556666",
        "name": "김영희",
        "facts": facts,
        "takes_medicine": "no",
    }
    stranger = _call(engine, "outbound", "attempt-2", FakeAcquaintances())
    assert await stranger._known() == {}


async def test_an_inbound_call_is_told_nothing_of_the_records() -> None:
    call = _call(Engine(Settings(numbers={"1001": "care"})), "inbound", "1001", FakeAcquaintances())
    assert call._known is None
    assert (call._kept_as.phone, call._kept_as.attempt_id) == ("01012345678", None)


ROUTING = Routing(
    services={"1000": "duty", "1001": "care"}, most_calls=2, not_after_opt_out=frozenset({"care"})
)


async def test_who_opted_out_and_calls_back_reaches_a_person() -> None:
    people = FakeAcquaintances(opted_out=["01012345678"])
    router = Router(ROUTING, people, calls_now=lambda: 0, stopping=lambda: False)

    async def route(caller: str, called: str) -> str:
        request = cast(AgiRequest, SimpleNamespace(arguments=(caller, called), called_number=called))
        return (await router.route(request))["VB_ROUTE"]

    assert await route("01012345678", "1001") == "queue"
    assert await route("01087654321", "1001") == "stasis"
    assert people.asked == ["01012345678", "01087654321"]
    assert await route("01012345678", "1000") == "stasis"  # the duty desk is everybody's
    assert len(people.asked) == 2
    bare = cast(AgiRequest, SimpleNamespace(arguments=(), called_number="1000"))
    assert (await router.route(bare))["VB_SERVICE"] == "duty"


def test_services_that_call_citizens_are_known_by_their_flows(tmp_path: Any) -> None:
    (tmp_path / "night.yaml").write_text(FLOW, encoding="utf-8")
    numbers = {"1": "duty", "2": "care", "3": "welfare", "4": str(tmp_path / "night.yaml")}
    engine = Engine(Settings(numbers=numbers))
    assert engine._routing.not_after_opt_out == {"care", "welfare"}
