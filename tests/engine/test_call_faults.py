"""What goes wrong within one call reaches nobody else, and its citizen reaches a person."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.fake_asterisk import channel, until
from tests.engine.office import Office, play
from voicebot.adapters.asterisk.ari.events import StasisStart
from voicebot.errors import AsteriskUnavailable, TelephonyError

HUNG_UP = ("hung_up", "the citizen hung up")


@pytest.mark.parametrize("after_ms", range(0, 9))
def test_a_citizen_who_hangs_up_while_the_line_is_made_is_no_failure(after_ms: int) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await asyncio.sleep(after_ms / 1000)
        office.asterisk.ring_off("c1")
        await asyncio.sleep(5)

    office = play(script)
    assert office.outcome("c1") == HUNG_UP
    assert office.asterisk.asked("continue") == []
    assert office.prompts.fails is False and office.timeline().of("prompt") == []


@pytest.mark.parametrize("request_name", ["variable", "media", "bridge", "add", "answer"])
@pytest.mark.parametrize("error", [AsteriskUnavailable("no answer"), TelephonyError("refused with 500")])
def test_a_line_that_cannot_be_made_brings_the_citizen_to_a_person(
    request_name: str, error: TelephonyError
) -> None:
    async def script(office: Office) -> None:
        office.asterisk.refuses[request_name] = error
        office.asterisk.enter("c1")
        await asyncio.sleep(2)

    office = play(script)
    assert office.outcome("c1") == ("failed", type(error).__name__)
    assert office.waits("c1")


@pytest.mark.parametrize(
    ("channel_id", "service"), [("c1", "unknown"), ("c1", "broken"), ("a b", "night"), ("x" * 200, "night")]
)
def test_a_call_that_cannot_begin_goes_to_a_person(channel_id: str, service: str) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter(channel_id, service)
        office.asterisk.enter("c2")
        await asyncio.sleep(2)
        assert office.switchboard.calls_now == 1, "the other call goes on"
        office.asterisk.ring_off("c2")
        await office.over("c2")

    office = play(script)
    assert office.waits(channel_id)
    assert office.outcome("c2") == HUNG_UP


def test_an_arrival_without_arguments_goes_to_a_person() -> None:
    async def script(office: Office) -> None:
        office.asterisk.channels_now["c1"] = channel("c1")
        office.asterisk.receive(StasisStart(channel=channel("c1"), arguments=("unknown",)))
        await asyncio.sleep(1)

    assert play(script).waits("c1")


class _Trouble:
    """What breaks within one call."""

    @staticmethod
    def voice(office: Office) -> None:
        office.prompts.fails = True

    @staticmethod
    def recogniser(office: Office) -> None:
        async def breaks(utterance: object) -> None:
            raise MemoryError

        office.ears.recognise = breaks  # type: ignore[method-assign]


@pytest.mark.parametrize("trouble", [_Trouble.voice, _Trouble.recogniser])
def test_a_call_that_breaks_goes_to_a_person_and_the_others_go_on(trouble: object) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c2")
        await office.hear_question("c2")
        assert callable(trouble)
        trouble(office)
        office.asterisk.enter("c1")
        await until(lambda: "vb-media-c1" in office.asterisk.far_ends)
        await office.asterisk.talk("c1", 1500)
        if not office.timeline().closed:
            await office.answer()
        await office.over()
        assert office.waits("c1")
        assert office.switchboard.calls_now == 1
        office.asterisk.ring_off("c2")
        await office.over("c2")

    office = play(script)
    assert office.outcome("c1")[0] == "failed"
    assert office.outcome("c2") == HUNG_UP


@pytest.mark.parametrize("place", ["prompt_finished", "post"])
def test_a_mistake_of_ours_in_any_callback_brings_the_citizen_to_a_person(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await until(lambda: "vb-media-c1" in office.asterisk.far_ends)
        await office.asterisk.talk("c1", 100)

        def breaks(self: object, *arguments: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(f"voicebot.engine.conversation.Conversation.{place}", breaks)
        await office.asterisk.talk("c1", 1000)
        await office.over()

    office = play(script)
    assert office.outcome("c1")[0] == "failed"
    assert office.waits("c1")


def test_a_mistake_at_hang_up_reaches_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(office: Office) -> None:
        office.asterisk.enter("c1")
        await office.hear_question()

        def breaks(self: object, *arguments: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("voicebot.engine.conversation.Conversation.post", breaks)
        office.asterisk.ring_off("c1")
        await office.over()

    assert play(script).outcome("c1")[0] == "failed"


def test_a_failed_call_that_cannot_be_moved_is_left_to_the_dead_mans_switch() -> None:
    async def script(office: Office) -> None:
        office.asterisk.refuses |= {"answer": TelephonyError("500"), "continue": AsteriskUnavailable("gone")}
        office.asterisk.enter("c1")
        await office.over()
        wound = len(office.asterisk.asked("variable"))
        await asyncio.sleep(10)
        assert len(office.asterisk.asked("variable")) == wound

    assert play(script).outcome("c1") == ("failed", "TelephonyError")
