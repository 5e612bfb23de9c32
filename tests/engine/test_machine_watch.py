"""A campaign's call to a machine is ended; nobody else is hung up on."""

from __future__ import annotations

import pytest

from tests.engine.office import Office, play
from voicebot.campaigns.answering import Answerer
from voicebot.engine.machine_watch import MachineWatch
from voicebot.testing.fakes import MemoryTimeline

MAILBOX = "음성 사서함으로 연결됩니다"


def watched(*events: tuple[str, dict[str, object]]) -> list[Answerer]:
    found: list[Answerer] = []
    watch = MachineWatch(MemoryTimeline(), found.append)
    for event, details in events:
        watch.record("citizen", event, 0.0, **details)
    return found


def turn(number: int, text: str) -> tuple[str, dict[str, object]]:
    return "turn", {"turn_id": number, "text": text}


def test_a_machine_is_told_once() -> None:
    assert watched(turn(1, MAILBOX), turn(2, MAILBOX)) == [Answerer.VOICEMAIL]


def test_words_that_come_in_pieces_count_together() -> None:
    assert watched(turn(1, "전원이 꺼져 있어"), turn(2, "연결할 수 없습니다")) == [Answerer.ANNOUNCEMENT]


def test_what_was_taken_back_was_not_said() -> None:
    assert watched(turn(1, "전원이 꺼져"), ("retract", {"turn_id": 1}), turn(2, "네 먹었습니다")) == []


def test_whoever_presses_a_key_is_a_person() -> None:
    assert watched(("key", {"key": "1"}), turn(1, MAILBOX)) == []


def said(text: str, *, of_campaign: bool) -> Office:
    async def script(office: Office) -> None:
        office.ears.text = text
        office.of_campaign = of_campaign
        office.asterisk.enter("c1")
        await office.hear_question()
        await office.answer()
        if not office.timeline().closed:
            office.asterisk.ring_off("c1")
        await office.over("c1")

    return play(script)


def test_a_mailbox_is_hung_up_on() -> None:
    office = said(MAILBOX, of_campaign=True)
    assert office.outcome("c1") == ("no_response", "a machine answered")
    assert "hang up c1" in office.asterisk.log
    assert [heard.heard for heard in office.calls.turns["c1"]] == [MAILBOX]


@pytest.mark.parametrize(("text", "of_campaign"), [(MAILBOX, False), ("네 저는 어 그게", True)])
def test_nobody_else_is(text: str, of_campaign: bool) -> None:
    assert said(text, of_campaign=of_campaign).outcome("c1")[1] != "a machine answered"
