"""A switchboard with everything around it but Asterisk, in imagined time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

from tests.engine.fake_asterisk import VOICE, FakeAsterisk, until
from tests.engine.media.stepped import LoudIsVoice, SteppedLoop, run
from tests.engine.scene import PLAN
from voicebot.adapters.asterisk.ari.client import AriClient
from voicebot.adapters.asterisk.ari.dead_man import DeadManSwitch
from voicebot.adapters.asterisk.ari.models import Channel
from voicebot.dialogue.actions import Say
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.understanding.interpret import spoken_forms
from voicebot.engine.call import Call, SharedParts
from voicebot.engine.handoff.officer import OfficerParts
from voicebot.engine.handoff.policy import Limits, Member, Presence
from voicebot.engine.handoff.search import People
from voicebot.engine.handoff.telephones import Telephones
from voicebot.engine.judging import judge_completeness
from voicebot.engine.line import AsteriskLine
from voicebot.engine.media.loop import MediaLoop
from voicebot.engine.media.prompt import GrowingPrompt, PayloadSource
from voicebot.engine.media.wire_format import ALAW
from voicebot.engine.switchboard import Arrival, Switchboard
from voicebot.errors import AsteriskUnavailable, ConfigurationError, SynthesisError
from voicebot.ports import CaseDesk, Recognition, Utterance
from voicebot.records.calls import Direction, NewCall
from voicebot.services.reporting import WriteReport
from voicebot.speech.settings import TurnSettings
from voicebot.testing.fakes import FakeCallBook, FakeCaseDesk, MemoryTimeline


class FakePrompts:
    """Every prompt is 200 ms of tone, unless the scene says that it fails."""

    def __init__(self) -> None:
        self.fails = False

    async def prepare(self, say: Say) -> PayloadSource:
        if self.fails:
            raise SynthesisError("no voice today")
        prompt = GrowingPrompt()
        prompt.append([VOICE] * 10)
        prompt.complete()
        return prompt


class FakeEars:
    """Hears the same words in everything."""

    text = "네 있어요"

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        return Recognition(text=self.text, confidence=0.9)

    async def close(self) -> None:
        """Nothing to close."""


class FakeRoom:
    """A duty room whose members the scene changes."""

    def __init__(self, *names: str) -> None:
        self.now = {name: Presence.FREE for name in names}
        self.away = False
        """Whether AMI is."""
        self.took: list[str] = []

    async def members(self) -> tuple[Member, ...]:
        if self.away:
            raise AsteriskUnavailable("AMI QueueStatus: not connected")
        return tuple(Member(interface=name, presence=presence) for name, presence in self.now.items())

    def took_call(self, interface: str) -> None:
        self.took.append(interface)


class Office:
    """A switchboard with everything around it.

    Args:
        officers: Telephones of officers on duty whom the engine rings; ``None``: it rings nobody.
    """

    def __init__(
        self,
        *,
        most_calls: int = 10,
        desk: CaseDesk | None = None,
        officers: tuple[str, ...] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.media = MediaLoop("127.0.0.1", 0, ALAW, LoudIsVoice())
        self.media.start()
        self.asterisk = FakeAsterisk(self.media)
        self.prompts, self.ears = FakePrompts(), FakeEars()
        self.book = FakeCaseDesk({"open_case": {"case_number": "1001"}})
        self.desk: CaseDesk = desk or self.book
        self.calls = FakeCallBook()
        self.known: Mapping[str, str] = {}
        """Told when the citizen is there."""
        self.timelines: dict[str, MemoryTimeline] = {}
        self.write_report: WriteReport | None = None
        self.of_campaign = False
        """Whether calls are attempts of a campaign."""
        ari = cast(AriClient, self.asterisk)
        dead_man = DeadManSwitch(ari, clock=asyncio.get_running_loop().time)

        def line(channel: Channel, call_id: str) -> AsteriskLine:
            return AsteriskLine(
                ari, dead_man, channel, call_id=call_id, media_host="127.0.0.1:1", media_format="alaw"
            )

        self.waited_for: list[tuple[str, int]] = []
        """What the broker was waited for, and how many telephones had been rung by then."""
        self.broker_s = 0.0
        """How long the broker takes."""
        self.room = FakeRoom(*(officers or ()))
        telephones = Telephones(OfficerParts(ari=ari, line=line, media=self.media, prompts=self.prompts))
        people = People(
            room=self.room,
            telephones=telephones,
            limits=limits or Limits(),
            told=self._told,
        )
        self.people = people if officers is not None else None
        self.switchboard = Switchboard(
            ari=ari,
            dead_man=dead_man,
            line=lambda channel: line(channel, channel.id),
            begin=self._begin,
            most_calls=most_calls,
            telephones=telephones,
        )
        self.asterisk.receive = self.switchboard.receive

    def _begin(self, arrival: Arrival) -> Call:
        if arrival.service == "unknown":
            raise ConfigurationError("service 'unknown' is not served here")
        if arrival.service == "broken":
            raise ZeroDivisionError
        timeline = self.timelines[arrival.call_id] = MemoryTimeline()
        return Call(
            call_id=arrival.call_id,
            line=arrival.line,
            machine=Machine(PLAN),
            variables={"caller_id": arrival.caller, "today": "2026-11-22"},
            parts=SharedParts(
                media=self.media,
                recogniser=self.ears,
                prompts=self.prompts,
                desk=self.desk,
                calls=self.calls,
                judge=judge_completeness,
                spoken_forms=spoken_forms,
                turn_settings=TurnSettings(),
                clock=asyncio.get_running_loop().time,
            ),
            timeline=timeline,
            kept_as=NewCall(
                call_id=arrival.call_id,
                direction=Direction.OUTBOUND if self.of_campaign else Direction.INBOUND,
                service="night",
                phone=arrival.caller,
                attempt_id=arrival.call_id if self.of_campaign else None,
            ),
            known=self._known,
            write_report=self.write_report,
            people=self.people,
        )

    async def _told(self, subject: str, within_s: float) -> bool:
        self.waited_for.append((subject, len(self.asterisk.asked("ring"))))
        await asyncio.sleep(min(self.broker_s, within_s))
        return self.broker_s <= within_s

    async def _known(self) -> Mapping[str, str]:
        return self.known

    async def hear_question(self, call_id: str = "c1") -> None:
        """The citizen's telephone sends a little silence, and the first question is put."""
        await until(lambda: f"vb-media-{call_id}" in self.asterisk.far_ends)
        await self.asterisk.talk(call_id, 200)
        await until(lambda: len(self.timeline(call_id).of("prompt_ended")) == 2)

    async def answer(self, call_id: str = "c1") -> None:
        """The citizen says something, and listens."""
        await self.asterisk.talk(call_id, 500, VOICE)
        await self.asterisk.talk(call_id, 1500)

    async def over(self, call_id: str = "c1") -> None:
        """The call ends."""
        await until(lambda: call_id in self.timelines and self.timeline(call_id).closed)

    def timeline(self, call_id: str = "c1") -> MemoryTimeline:
        """Of a call that has begun."""
        return self.timelines[call_id]

    def outcome(self, call_id: str) -> tuple[object, object]:
        """Result and reason as the timeline has them."""
        (ended,) = self.timelines[call_id].of("call_ended")
        assert self.timelines[call_id].closed
        return ended.details["result"], ended.details["reason"]

    def waits(self, call_id: str) -> bool:
        """Whether the citizen was brought to the duty queue, once."""
        return self.asterisk.asked("continue") == [f"continue voicebot-duty {call_id}"]


def play(
    script: Callable[[Office], Coroutine[Any, Any, None]], *, serve: bool = True, **options: Any
) -> Office:
    """Let a script happen at an office; afterwards no call, leg or bridge is left.

    Args:
        script: What happens.
        serve: Whether the switchboard is run and drained here, and not by the script.
        options: Of the office.
    """

    async def scene(loop: SteppedLoop) -> Office:
        office = Office(**options)
        serving = asyncio.ensure_future(office.switchboard.run() if serve else asyncio.sleep(10_000))
        try:
            async with asyncio.timeout(300):
                await asyncio.sleep(0)
                await script(office)
                assert not serving.done(), serving
                if serve:
                    await office.switchboard.drain(0)
        finally:
            serving.cancel()
            await asyncio.wait({serving})
            office.media.close()
            for far_end in office.asterisk.far_ends.values():
                far_end.close()
        assert office.media.statistics.legs == 0
        assert office.asterisk.bridges_now == {}
        assert not [name for name in office.asterisk.channels_now if name.startswith("vb-")]
        return office

    return run(scene)
