"""Calls from the citizen's arrival to the last leg taken down, one and many."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from tests.engine.fake_asterisk import VOICE, channel, until
from tests.engine.office import Office, play
from voicebot.adapters.asterisk.ari.stream import StreamConnected
from voicebot.errors import AsteriskUnavailable

HUNG_UP = ("hung_up", "the citizen hung up")
TAKEN = ("handed_over", "Asterisk took the citizen back, to the duty queue")


def test_a_citizen_is_answered_heard_and_brought_to_a_person() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        assert office.switchboard.calls_now == 1
        await office.answer()
        await office.over()
        assert office.switchboard.calls_now == 0
        quiet = len(office.asterisk.asked("variable"))
        await asyncio.sleep(10)
        assert len(office.asterisk.asked("variable")) == quiet, "nobody winds up the switch of one who left"

    office = play(script)
    assert office.outcome("c1") == ("handed_over", "a person")
    assert [work.name for work in office.book.done] == ["alert"]
    assert office.waits("c1")
    log = office.asterisk.log
    assert log[0] == "variable TIMEOUT(absolute) 4 c1", "guarded before anything else"
    assert log.index("add c1") < log.index("answer c1"), "answered when both sides can be heard"
    after = log[log.index("continue voicebot-duty c1") :]
    assert [entry.split()[0] for entry in after] == ["continue", "hang", "destroy"]


def test_the_switch_is_wound_up_for_as_long_as_the_call_lasts() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.asterisk.talk("c1", 4500)
        assert len(office.asterisk.asked("variable")) >= 4

    play(script)


@pytest.mark.parametrize("then_ms", range(0, 1600, 200))
def test_no_refresh_under_way_sets_the_timeout_anew_in_the_queue(then_ms: int) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.delays["variable"] = 0.6
        await office.asterisk.talk("c1", 1500 + then_ms)
        office.asterisk.press("c1", "0")
        await office.over()
        await asyncio.sleep(1)

    log = play(script).asterisk.log
    after = log[log.index("continue voicebot-duty c1") :]
    assert not [entry for entry in after if entry.startswith("variable")]


def test_a_goodbye_is_heard_before_the_line_is_cut() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.asterisk.talk("c1", 30_000)
        await office.over()

    office = play(script)
    assert office.outcome("c1") == ("no_response", "silence")
    assert "hang up c1" in office.asterisk.log


def test_a_line_that_cannot_be_hung_up_does_not_change_how_the_call_ended() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.refuses["hang up"] = AsteriskUnavailable("busy")
        talking = asyncio.ensure_future(office.asterisk.talk("c1", 30_000))
        await office.over()
        talking.cancel()
        office.asterisk.refuses.clear()
        wound = len(office.asterisk.asked("variable"))
        await asyncio.sleep(5)
        assert len(office.asterisk.asked("variable")) == wound, "the dead man's switch will end it"
        office.asterisk.receive(StreamConnected(first=False))
        await asyncio.sleep(1)

    office = play(script)
    assert office.outcome("c1") == ("no_response", "silence")


def test_a_key_is_heard() -> None:
    async def script(office: Office) -> None:
        office.asterisk.press("c1", "0")  # of nobody yet
        office.asterisk.enter("c1")
        office.asterisk.press("c1", "0")  # before there is anybody to hear it
        await office.hear_question()
        office.asterisk.press("c1", "0")
        await office.over()

    office = play(script)
    assert office.outcome("c1") == ("handed_over", "a person")


# --- work and people ----------------------------------------------------------------------------------------


class _SlowDesk:
    """Work takes its time."""

    def __init__(self, seconds: float) -> None:
        self.done: list[str] = []
        self._seconds = seconds

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        await asyncio.sleep(self._seconds)
        self.done.append(name)
        return {}


@pytest.mark.parametrize(("seconds", "done"), [(4.0, ["alert"]), (1000.0, [])])
def test_nobody_waits_for_an_alert_and_the_alert_is_not_lost(seconds: float, done: list[str]) -> None:
    desk = _SlowDesk(seconds)

    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await until(lambda: office.waits("c1"), seconds=1)
        assert desk.done == [] and not office.timeline().closed
        await until(lambda: office.timeline().closed, seconds=11)

    office = play(script, desk=desk)
    assert desk.done == done
    assert office.outcome("c1") == ("handed_over", "a person")
    assert [entry.event for entry in office.timeline().entries][-1] == "call_ended"


def test_a_citizen_who_hangs_up_after_the_danger_was_told_has_raised_the_alert() -> None:
    desk = _SlowDesk(2.0)

    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.asterisk.talk("c1", 500, VOICE)
        await office.asterisk.talk("c1", 240)
        assert len(office.timeline().of("turn")) == 1
        office.asterisk.ring_off("c1")
        await office.over()

    office = play(script, desk=desk)
    assert desk.done == ["alert"]
    assert office.outcome("c1") == HUNG_UP


# --- more than one ------------------------------------------------------------------------------------------


def test_more_calls_than_the_engine_takes_go_to_people() -> None:
    async def script(office: Office) -> None:
        for number in range(4):
            office.asterisk.enter(f"c{number}")
        await asyncio.sleep(1)
        assert office.switchboard.calls_now == 2
        for call_id in ("c0", "c1"):
            office.asterisk.ring_off(call_id)
        await asyncio.sleep(1)

    office = play(script, most_calls=2)
    assert office.asterisk.asked("continue") == ["continue voicebot-duty c2", "continue voicebot-duty c3"]


def test_a_channel_that_comes_back_before_its_call_is_over_goes_to_people() -> None:
    desk = _SlowDesk(3.0)

    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        await until(lambda: office.waits("c1"))
        assert office.switchboard.calls_now == 1, "its work is under way"
        office.asterisk.enter("c1")
        await office.over()
        assert office.switchboard.calls_now == 0

    office = play(script, desk=desk)
    assert office.asterisk.asked("continue") == ["continue voicebot-duty c1"] * 2


def test_stopping_waits_for_calls_and_then_brings_them_to_people() -> None:
    async def script(office: Office) -> None:
        for call_id in ("c1", "c2"):
            office.asterisk.enter(call_id)
            await office.hear_question(call_id)
        began = asyncio.get_running_loop().time()
        stopping = asyncio.ensure_future(office.switchboard.drain(5.0))
        await asyncio.sleep(1)
        office.asterisk.ring_off("c1")
        office.asterisk.enter("c3")
        await asyncio.sleep(1)
        assert office.asterisk.asked("continue") == ["continue voicebot-duty c3"], "no new call is taken"
        await stopping
        assert 5.0 <= asyncio.get_running_loop().time() - began < 5.5

    office = play(script)
    assert office.outcome("c1") == HUNG_UP
    assert office.outcome("c2") == ("handed_over", "the engine is stopping")
    assert "c3" not in office.timelines
    assert "hang up c1" not in office.asterisk.log, "who has gone needs no hang-up"


# --- what Asterisk did not tell -----------------------------------------------------------------------------


def test_a_media_leg_that_ends_brings_the_citizen_to_a_person_at_once() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.leave("vb-media-c1")
        await until(lambda: office.waits("c1"), seconds=0.5)
        await office.over()

    assert play(script).outcome("c1") == ("handed_over", "the media leg was lost")


def test_a_citizen_whom_asterisk_takes_back_has_not_hung_up() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.leave("c1")  # as when the dead man's switch falls
        await office.over()

    office = play(script)
    assert office.outcome("c1") == TAKEN
    assert office.asterisk.asked("hang up c1") == [], "somebody may be talking to them"


def test_a_citizen_whom_asterisk_took_while_nothing_was_told_has_not_hung_up() -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()
        office.asterisk.channels_now["c1"] = channel("c1", running="Queue")
        office.asterisk.receive(StreamConnected(first=False))
        await office.over()

    assert play(script).outcome("c1") == TAKEN


@pytest.mark.parametrize(
    ("lost", "outcome"),
    [
        ("c1", HUNG_UP),
        ("vb-media-c1", ("handed_over", "the media leg was lost")),
        ("bridge", ("handed_over", "the media leg was lost")),
    ],
)
@pytest.mark.parametrize("by_sweep", [True, False])
def test_what_was_lost_while_nothing_was_told_is_found(
    lost: str, outcome: tuple[str, str], by_sweep: bool
) -> None:
    async def script(office: Office) -> None:
        await asyncio.sleep(25 if by_sweep else 0)  # the sweep comes every 30 s
        office.asterisk.enter("c1")
        await office.hear_question()
        if lost == "bridge":
            del office.asterisk.bridges_now["vb-bridge-c1"]
        else:
            del office.asterisk.channels_now[lost]
        if not by_sweep:
            office.asterisk.receive(StreamConnected(first=False))
        await office.over()

    assert play(script).outcome("c1") == outcome


def test_a_call_whose_line_is_being_made_is_not_taken_for_a_broken_one() -> None:
    async def script(office: Office) -> None:
        office.asterisk.delays |= {"media": 0.4, "bridge": 0.4}
        office.asterisk.enter("c1")
        for _ in range(12):
            office.asterisk.receive(StreamConnected(first=False))
            await asyncio.sleep(0.1)
        await office.hear_question()
        assert office.switchboard.calls_now == 1
        office.asterisk.ring_off("c1")
        await office.over()

    office = play(script)
    assert office.asterisk.asked("continue") == []
    assert office.outcome("c1") == HUNG_UP


def test_a_citizen_whom_nobody_knows_is_released_and_a_refusal_is_survived() -> None:
    async def script(office: Office) -> None:
        office.asterisk.channels_now["lost"] = channel("lost")
        office.asterisk.refuses["channels"] = AsteriskUnavailable("no answer")
        office.asterisk.receive(StreamConnected(first=True))
        await asyncio.sleep(1)
        assert office.switchboard.connected.is_set()
        office.asterisk.refuses.clear()
        office.asterisk.receive(StreamConnected(first=False))
        await asyncio.sleep(1)

    assert play(script).waits("lost")
