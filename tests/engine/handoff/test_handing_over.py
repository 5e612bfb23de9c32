"""A citizen is brought to an officer who knows what it is about, or somebody calls back: every branch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.engine.fake_asterisk import until
from tests.engine.office import Office, play
from voicebot.engine.handoff.officer import HEARINGS
from voicebot.engine.handoff.policy import LOOK_AGAIN_S, MOBILE_WORD, WAITING_WORDS, Limits, Presence
from voicebot.errors import ChannelGone, TelephonyError

ONE, TWO = ("PJSIP/staff-1", "PJSIP/staff-2")
DESK = "vb-desk-officer-{}-c1"
HANDED_OVER = ("handed_over", "a person")
NOBODY = ("completed", "done")
"""How the flow of ``scene`` ends where no officer took the call."""

Script = Callable[[Office], Coroutine[Any, Any, None]]


def handed_over(script: Script, *officers: str, **options: Any) -> Office:
    """A call that wants a person; the script goes on when the first telephone rings, or when none can."""

    async def whole(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await script(office)
        await office.over()

    return play(whole, officers=officers or (ONE,), **options)


async def rings(office: Office, number: int = 1) -> str:
    """Wait until the telephone of the so many-th officer rings; its channel."""
    name = DESK.format(number)
    await until(lambda: name in office.asterisk.ringing, seconds=60)
    return name


async def briefed(office: Office, number: int = 1, hearing: int = 1) -> str:
    """Let an officer pick up and hear the briefing so many times."""
    name = await rings(office, number) if hearing == 1 else DESK.format(number)
    if hearing == 1:
        office.asterisk.pick_up(name)
    await until(lambda: len(office.timeline().of("officer_briefed")) >= hearing)
    return name


def case(office: Office) -> dict[str, str]:
    """The call-back case."""
    (work,) = [work for work in office.book.done if work.name == "open_case"]
    return dict(work.arguments)


def steps(office: Office) -> list[str]:
    """What the desk was told of the hand-over."""
    return [work.arguments["step"] for work in office.book.done if work.name == "handoff"]


def results(office: Office) -> list[object]:
    """What came of ringing, officer after officer."""
    return [entry.details["result"] for entry in office.timeline().of("officer_decided")]


def test_an_officer_hears_what_it_is_about_and_takes_the_call() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        assert office.asterisk.asked("continue") == [], "the citizen is still with us"
        office.asterisk.press(name, "1")
        await office.over()

    office = handed_over(script)
    assert office.outcome("c1") == HANDED_OVER
    assert results(office) == ["taken"]
    assert office.room.took == [ONE]
    assert steps(office) == ["searching", "taken"]
    log = office.asterisk.log
    join = log[log.index("variable VB_OFFICER PJSIP/trunk-vb-desk-officer-1-c1 c1") :]
    assert [entry for entry in join if entry.startswith(("variable", "continue"))] == [
        "variable VB_OFFICER PJSIP/trunk-vb-desk-officer-1-c1 c1",
        "variable TIMEOUT(absolute) 0 vb-desk-officer-1-c1",
        "continue voicebot-officer vb-desk-officer-1-c1",
        "continue voicebot-talk c1",
    ]
    assert "hang up vb-desk-officer-1-c1" not in log
    assert "open_case" not in [work.name for work in office.book.done]


def test_the_desk_knows_before_the_first_telephone_rings() -> None:
    order: list[str] = []

    async def script(office: Office) -> None:
        name = await rings(office)
        order.extend(work.name for work in office.book.done)
        office.asterisk.pick_up(name)
        await until(lambda: office.timeline().of("officer_briefed") != [])
        office.asterisk.press(name, "1")

    office = handed_over(script)
    assert order == ["alert", "handoff"]
    step = office.book.done[1].arguments
    assert (step["step"], step["reason"], step["callback"]) == ("searching", "a person", "01012345678")
    assert office.waited_for == [("handoff/c1", 0)], "the broker has it"
    events = [entry.event for entry in office.timeline().entries]
    assert events.index("work") < events.index("handoff_told") < events.index("officer_rung")


def test_who_refuses_is_followed_by_the_next() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        office.asterisk.press(name, "2")
        second = await rings(office, 2)
        assert office.asterisk.ringing == {second: TWO}
        office.asterisk.pick_up(second)
        await until(lambda: len(office.timeline().of("officer_briefed")) == 2)
        office.asterisk.press(second, "1")

    office = handed_over(script, ONE, TWO)
    assert results(office) == ["refused", "taken"]
    assert office.outcome("c1") == HANDED_OVER


def test_nobody_answers_and_somebody_is_to_call_back() -> None:
    async def script(office: Office) -> None:
        for number in (1, 2):
            office.asterisk.not_answered(await rings(office, number))

    office = handed_over(script, ONE, TWO)
    assert results(office) == ["no_answer", "no_answer"]
    assert office.outcome("c1") == NOBODY, "the flow goes on by its branch for this"
    assert (case(office)["kind"], case(office)["callback"]) == ("call_back", "01012345678")
    assert steps(office) == ["searching", "missed"]
    (filed,) = office.timeline().of("call_back_case")
    assert filed.details == {"succeeded": True, "case_number": "1001"}
    assert office.asterisk.asked("continue") == []


def test_a_telephone_that_rings_for_ever_is_given_up() -> None:
    async def script(office: Office) -> None:
        await rings(office)
        await asyncio.sleep(40)

    office = handed_over(script)
    assert results(office) == ["no_answer"]
    assert "hang up vb-desk-officer-1-c1" in office.asterisk.log


def test_the_citizen_hears_that_somebody_is_being_fetched() -> None:
    async def script(office: Office) -> None:
        name = await rings(office)
        await asyncio.sleep(28)
        office.asterisk.not_answered(name)

    office = handed_over(script)
    said = [entry.details["text"] for entry in office.timeline().of("prompt")]
    assert [text for text in said if text in WAITING_WORDS] == [*WAITING_WORDS]
    started, ended = office.timeline().of("audible_started"), office.timeline().of("audible_ended")
    assert len(started) == len(ended)
    assert office.asterisk.log.count("variable TIMEOUT(absolute) 4 c1") > 20, (
        "the dead man's switch is kept wound"
    )


def test_who_presses_no_key_hears_it_thrice_and_the_next_is_rung() -> None:
    async def script(office: Office) -> None:
        await briefed(office)
        second = await rings(office, 2)
        office.asterisk.not_answered(second)

    office = handed_over(script, ONE, TWO)
    assert [entry.details["hearing"] for entry in office.timeline().of("officer_briefed")] == [1, 2, 3]
    assert results(office) == ["no_key", "no_answer"]
    assert HEARINGS == 3


def test_key_3_lets_the_officer_hear_it_again() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        for hearing in (2, 3, 4, 5):
            office.asterisk.press(name, "3" if hearing % 2 else "*")
            await briefed(office, hearing=hearing)
        office.asterisk.press(name, "7")
        office.asterisk.press(name, "1")

    assert results(handed_over(script)) == ["taken"]


def test_an_officer_who_hangs_up_in_the_briefing_is_followed_by_the_next() -> None:
    async def script(office: Office) -> None:
        office.asterisk.ring_off(await briefed(office))
        office.asterisk.not_answered(await rings(office, 2))

    office = handed_over(script, ONE, TWO)
    assert results(office) == ["hung_up", "no_answer"]


def test_an_officer_who_hangs_up_in_the_moment_of_taking_leaves_the_citizen_to_the_queue() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        office.asterisk.press(name, "1")
        office.asterisk.ring_off(name)

    office = handed_over(script)
    assert office.waits("c1")
    assert office.outcome("c1") == HANDED_OVER


@pytest.mark.parametrize("briefing", [False, True])
def test_a_citizen_who_hangs_up_stops_the_telephone_and_is_called_back(briefing: bool) -> None:
    async def script(office: Office) -> None:
        await (briefed(office) if briefing else rings(office))
        office.asterisk.ring_off("c1")

    office = handed_over(script)
    assert office.asterisk.ringing == {}
    assert "hang up vb-desk-officer-1-c1" in office.asterisk.log
    assert office.outcome("c1") == HANDED_OVER, "as one who hangs up in the queue"
    assert case(office)["kind"] == "call_back"
    assert [entry.details["result"] for entry in office.timeline().of("handoff_ended")] == ["citizen_gone"]


def test_a_citizen_who_hangs_up_in_the_moment_of_taking_leaves_no_telephone_behind() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        office.asterisk.press(name, "1")
        office.asterisk.ring_off("c1")

    office = handed_over(script)
    assert "hang up vb-desk-officer-1-c1" in office.asterisk.log
    assert case(office)["kind"] == "call_back"


def test_a_citizen_who_hangs_up_while_being_joined_is_called_back() -> None:
    async def script(office: Office) -> None:
        name = await briefed(office)
        office.asterisk.delays["variable"] = 0.3
        office.asterisk.press(name, "1")
        await until(lambda: results(office) == ["taken"])
        office.asterisk.ring_off("c1")
        await office.over()
        office.asterisk.delays.clear()

    office = handed_over(script)
    assert office.outcome("c1") == ("hung_up", "the citizen hung up")
    assert "hang up vb-desk-officer-1-c1" in office.asterisk.log
    assert case(office)["kind"] == "call_back"


def test_a_citizen_who_hangs_up_while_the_telephone_is_being_dialled_leaves_none_ringing() -> None:
    async def script(office: Office) -> None:
        office.asterisk.delays["ring"] = 0.5
        await rings(office)
        office.asterisk.ring_off("c1")

    log = handed_over(script).asterisk.log
    assert log.index(f"ring {ONE} {DESK.format(1)}") < log.index(f"hang up {DESK.format(1)}")


def test_a_citizen_whom_asterisk_takes_back_stops_the_telephone() -> None:
    async def script(office: Office) -> None:
        await rings(office)
        office.asterisk.leave("c1")  # as when the dead man's switch falls

    office = handed_over(script)
    assert office.asterisk.ringing == {}
    assert office.outcome("c1") == ("handed_over", "Asterisk took the citizen back, to the duty queue")


def test_stopping_brings_the_citizen_to_the_queue_and_frees_the_telephone() -> None:
    async def script(office: Office) -> None:
        await rings(office)
        await office.switchboard.drain(1.0)

    office = handed_over(script)
    assert office.asterisk.ringing == {}
    assert office.waits("c1")
    assert office.outcome("c1") == ("handed_over", "the engine is stopping")


@pytest.mark.parametrize("refused", ["ring", "media", "bridge"])
def test_a_refusal_of_asterisk_is_an_officer_not_reached(refused: str) -> None:
    async def script(office: Office) -> None:
        name = await rings(office)
        office.asterisk.refuses[refused] = TelephonyError("out of ports")
        if refused == "ring":
            office.asterisk.not_answered(name)
        else:
            office.asterisk.pick_up(name)
        await until(lambda: len(results(office)) == (2 if refused == "ring" else 1))
        office.asterisk.refuses.clear()
        if refused != "ring":
            office.asterisk.not_answered(await rings(office, 2))

    office = handed_over(script, ONE, TWO)
    assert "failed" in results(office)
    assert case(office)["kind"] == "call_back"


def test_an_officer_gone_before_the_ringing_began_has_not_answered() -> None:
    async def whole(office: Office) -> None:
        office.asterisk.refuses["ring"] = ChannelGone("ended before its events could be subscribed to")
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await office.over()

    assert results(play(whole, officers=(ONE,))) == ["no_answer"]


@pytest.mark.parametrize("why", ["nobody", "all away", "no ami"])
def test_where_nobody_is_on_duty_the_dialplan_finds_somebody(why: str) -> None:
    async def whole(office: Office) -> None:
        if why == "all away":
            office.room.now[ONE] = Presence.AWAY
        office.room.away = why == "no ami"
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await office.over()

    office = play(whole, officers=() if why == "nobody" else (ONE,))
    assert office.waits("c1")
    assert office.outcome("c1") == HANDED_OVER
    assert [work.name for work in office.book.done] == ["alert"], "as ever"
    assert office.asterisk.asked("ring") == []


def test_ami_that_goes_away_in_the_search_leaves_the_rest_to_the_dialplan() -> None:
    async def script(office: Office) -> None:
        name = await rings(office)
        office.room.away = True
        office.asterisk.not_answered(name)

    assert handed_over(script).waits("c1")


def test_an_officer_who_is_talking_is_waited_for() -> None:
    async def whole(office: Office) -> None:
        office.room.now[ONE] = Presence.BUSY
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await until(lambda: office.timeline().of("handoff_told") != [])
        await asyncio.sleep(LOOK_AGAIN_S * 3)
        assert office.asterisk.ringing == {}
        office.room.now[ONE] = Presence.FREE
        office.asterisk.press(await briefed(office), "1")
        await office.over()

    assert results(play(whole, officers=(ONE,))) == ["taken"]


def test_nobody_is_waited_for_for_ever() -> None:
    async def whole(office: Office) -> None:
        office.room.now[ONE] = Presence.BUSY
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await asyncio.sleep(60)
        await office.over()

    office = play(whole, officers=(ONE,), limits=Limits(total_s=40.0))
    (ended,) = office.timeline().of("handoff_ended")
    assert ended.details == {"result": "nobody", "why": "limit"}


def test_the_mobile_is_rung_where_there_is_one() -> None:
    async def script(office: Office) -> None:
        office.asterisk.globals["VB_DUTY_MOBILE"] = "01000000000"
        office.asterisk.not_answered(await rings(office))

    office = handed_over(script)
    assert office.asterisk.asked("continue") == ["continue voicebot-mobile c1"]
    assert MOBILE_WORD in [entry.details["text"] for entry in office.timeline().of("prompt")]
    assert office.outcome("c1") == HANDED_OVER
    assert case(office)["kind"] == "call_back", "should the mobile not be answered either"


def test_a_briefing_that_cannot_be_spoken_brings_the_citizen_to_the_queue() -> None:
    async def script(office: Office) -> None:
        name = await rings(office)
        office.prompts.fails = True
        office.asterisk.pick_up(name)

    office = handed_over(script)
    assert office.waits("c1")
    assert "hang up vb-desk-officer-1-c1" in office.asterisk.log


def test_a_desk_that_fails_keeps_nobody_from_a_person() -> None:
    class _BrokenDesk:
        async def perform(self, call_id: str, name: str, arguments: object) -> dict[str, str]:
            raise OSError("the disk is full")

    async def script(office: Office) -> None:
        office.asterisk.press(await briefed(office), "1")

    office = handed_over(script, desk=_BrokenDesk())
    assert office.outcome("c1") == HANDED_OVER
    assert office.timeline().of("handoff_told")[0].details == {"succeeded": False}


def test_a_broker_that_is_down_keeps_nobody_from_a_person() -> None:
    async def whole(office: Office) -> None:
        office.broker_s = 60.0
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await until(lambda: office.timeline().of("handoff_began") != [])
        began = office.timeline().of("handoff_began")[0].at
        office.asterisk.press(await briefed(office), "1")
        await office.over()
        assert office.timeline().of("officer_rung")[0].at - began < 2.5

    office = play(whole, officers=(ONE,))
    assert results(office) == ["taken"]
    assert office.timeline().of("handoff_told")[0].details == {"succeeded": False}


def test_nothing_of_an_officer_or_a_citizen_is_in_the_timeline_of_a_hand_over() -> None:
    async def script(office: Office) -> None:
        office.asterisk.press(await briefed(office), "1")

    office = handed_over(script)
    kept = [entry for entry in office.timeline().entries if entry.event.startswith(("officer", "handoff"))]
    assert len(kept) >= 6
    assert "staff-1" not in str(kept) and "0101234" not in str(kept)


def test_an_officer_who_answers_for_a_call_that_is_over_is_told() -> None:
    async def whole(office: Office) -> None:
        office.asterisk.enter(DESK.format(1), "officer")
        await until(lambda: office.asterisk.asked("continue") != [])

    office = play(whole, officers=(ONE,))
    assert office.asterisk.asked("continue") == [f"continue voicebot-officer {DESK.format(1)}"]
