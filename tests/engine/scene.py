"""Scenes of a whole conversation on a 20 ms grid: real turn taking, real dialogue, no real time.

::

    scene = Scene()
    await scene.begin()
    await scene.says("아니요", voice_ms=400)       # what every decode from here on gives
    await scene.silence(300)
    assert scene.said[-1] == "어느 번호로 연락드릴까요?"

Each prompt lasts ``prompt_ms``; work is done at once unless ``desk_gate`` is closed; a decode answers within
the frame that asked for it unless ``decode_gate`` is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping

import numpy as np

from voicebot.dialogue.actions import Say
from voicebot.dialogue.events import CallStarted, CitizenHungUp
from voicebot.dialogue.flow import Plan, compile_flow
from voicebot.dialogue.machine import Machine
from voicebot.dialogue.understanding.interpret import spoken_forms
from voicebot.engine.conversation import Conversation
from voicebot.engine.decoding import CallDecoder
from voicebot.engine.judging import judge_completeness
from voicebot.engine.media.prompt import GrowingPrompt, PayloadSource
from voicebot.engine.mouth import Mouth
from voicebot.engine.recording import CitizenAudio
from voicebot.errors import RecognitionError
from voicebot.outcome import CallOutcome
from voicebot.ports import Recognition, Utterance
from voicebot.speech.events import FrameHeard, KeyHeard
from voicebot.speech.settings import TurnSettings
from voicebot.speech.turn_taker import TurnTaker
from voicebot.testing.fakes import FakeCaseDesk, ManualClock, MemoryTimeline

FRAME_MS = 20
RATE_HZ = 8000
FRAME_SAMPLES = FRAME_MS * RATE_HZ // 1000

FLOW = """
flow: night
start: greeting
variables: {caller_id: "", today: ""}
everywhere:
  human: to_person
  silent: quiet
  who: {say: 여기는 당직실입니다.}
  later: goodbye
  stop: goodbye
  emergency: alert
  police: alert
  suicide: alert
states:
  greeting:
    say: 당직실입니다.
    interruptible: false
    next: hurt
  hurt:
    ask: hurt
    expect: yes_no
    polarity: fact
    prompts: 다친 분이 계신가요?
    confirm: never
    answers: {yes: alert, no: number}
    unsure: number
  number:
    ask: callback
    expect: phone
    prompts: 어느 번호로 연락드릴까요?
    confirm: always
    read_back: "{callback|digits}, 맞으신가요?"
    next: open
  open:
    do: open_case
    say: 접수하겠습니다.
    results: case_number
    timeout_s: 4
    next: again
    failed: to_person
  again:
    ask: again
    expect: yes_no
    polarity: offer
    prompts: 번호를 다시 들려 드릴까요?
    confirm: never
    answers: {yes: again, no: goodbye}
  alert:
    do: alert
    background: true
    arguments: {line: "119"}
    next: to_person
  to_person:
    hand_over: duty
    reason: a person
    say: 바로 연결하겠습니다.
    failed: goodbye
  goodbye:
    end: completed
    reason: done
    say: 감사합니다.
  quiet:
    end: no_response
    reason: silence
    say: 전화를 끊겠습니다.
"""


def compiled(text: str) -> Plan:
    """The plan of a flow that has no mistakes."""

    def no_sub_flows(name: str) -> str:
        raise FileNotFoundError(name)

    compilation = compile_flow("night.yaml", text, open_file=no_sub_flows)
    assert compilation.problems == (), compilation.problems
    assert compilation.plan is not None
    return compilation.plan


PLAN = compiled(FLOW)


class _Recogniser:
    """Hears in every utterance what the scene says is being said."""

    def __init__(self, gate: asyncio.Event) -> None:
        self.text = ""
        self.broken = False
        self.asked = 0
        self._gate = gate

    async def recognise(self, utterance: Utterance) -> Recognition | None:
        self.asked += 1
        text = self.text
        await self._gate.wait()
        if self.broken:
            raise RecognitionError("the model is gone")
        return Recognition(text=text, confidence=0.9 if text else 0.0)

    async def close(self) -> None:
        """Nothing to close."""


class _Prompts:
    """Every prompt lasts as long as the scene says."""

    def __init__(self, gate: asyncio.Event) -> None:
        self.ms = 400
        self.mute = False
        self._gate = gate

    async def prepare(self, say: Say) -> PayloadSource:
        await self._gate.wait()
        prompt = GrowingPrompt()
        if not self.mute:
            prompt.append([b"\x00"] * (self.ms // FRAME_MS))
        prompt.complete()
        return prompt


class _Loudspeaker:
    """Plays one payload a frame."""

    def __init__(self) -> None:
        self.source: PayloadSource | None = None
        self._on_finished: Callable[[], None] = lambda: None

    def play(self, source: PayloadSource, on_finished: Callable[[], None]) -> None:
        assert self.source is None, "one prompt at a time"
        self.source, self._on_finished = source, on_finished

    def stop(self) -> float:
        self.source = None
        return 0.0

    def tick(self) -> None:
        if self.source is None:
            return
        self.source.next_payload()
        if self.source.finished:
            self.source = None
            self._on_finished()


class Scene:
    """One conversation, played by a script."""

    def __init__(self, plan: Plan = PLAN, desk: FakeCaseDesk | None = None) -> None:
        self.clock = ManualClock()
        self.timeline = MemoryTimeline()
        self.decode_gate, self.prompt_gate, self.desk_gate = asyncio.Event(), asyncio.Event(), asyncio.Event()
        for gate in (self.decode_gate, self.prompt_gate, self.desk_gate):
            gate.set()
        self.desk = desk or FakeCaseDesk({"open_case": {"case_number": "1001"}})
        self.recogniser = _Recogniser(self.decode_gate)
        self.prompts = _Prompts(self.prompt_gate)
        self.loudspeaker = _Loudspeaker()
        self.machine = Machine(plan)
        self.said: list[str] = []
        """Prompts that became audible."""
        self.left: list[str | CallOutcome] = []
        """Targets of transfers, and outcomes of hang-ups."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.works: set[asyncio.Task[None]] = set()
        self.errors: list[BaseException] = []
        self._end_sample = 0
        self._audio = CitizenAudio(sample_rate_hz=RATE_HZ, keep_s=30)
        self.mouth = Mouth(
            prompts=self.prompts,
            loudspeaker=self.loudspeaker,
            spawn=self._spawn,
            started=self._prompt_started,
            finished=lambda say, interrupted: self.conversation.prompt_finished(say, interrupted),
        )
        self.conversation = Conversation(
            call_id="call-1",
            machine=self.machine,
            turn_taker=TurnTaker(TurnSettings(), RATE_HZ),
            decoder=CallDecoder(
                recogniser=self.recogniser,
                audio=self._audio,
                sample_rate_hz=RATE_HZ,
                judge=judge_completeness,
                spoken_forms=spoken_forms,
                spawn=self._spawn,
                heard=lambda event: self.conversation.post(event),
                timeline=self.timeline,
                clock=self.clock,
            ),
            mouth=self.mouth,
            desk=self,
            line=self,
            spawn_work=lambda work: self._keep(self.works, work),
            timeline=self.timeline,
            clock=self.clock,
        )

    # --- what happens ---------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """The call starts."""
        self.conversation.post(CallStarted(variables={"caller_id": "01012345678", "today": "2026-11-22"}))
        await self.settle()

    async def reach(self, state: str, *texts: str) -> None:
        """Begin, let the prompts be heard, answer with the texts, and be asked what ``state`` asks."""
        await self.begin()
        await self.silence(3 * self.prompts.ms)
        for text in texts:
            await self.says(text)
            await self.silence(1800 + 3 * self.prompts.ms)
        assert self.machine.snapshot().position == state, self.machine.snapshot()

    async def says(self, text: str, voice_ms: int = 400) -> None:
        """The citizen speaks."""
        self.recogniser.text = text
        await self._frames(voice_ms, probability=0.95, level_dbfs=-20.0)

    async def silence(self, ms: int) -> None:
        """The citizen does not speak."""
        await self._frames(ms, probability=0.02, level_dbfs=-65.0)

    async def key(self, key: str, then_ms: int = 100) -> None:
        """A telephone key is pressed."""
        self.conversation.post(KeyHeard(key=key))
        await self.silence(then_ms)

    async def citizen_hangs_up(self) -> None:
        """The line is cut from the citizen's side."""
        self.conversation.post(CitizenHungUp())
        await self.settle()

    async def stall(self, ms: int) -> None:
        """No frames come for a while."""
        self.clock.advance(ms / 1000)
        await self.settle()

    async def settle(self) -> None:
        """Let everything that is ready happen."""
        for _ in range(8):
            await asyncio.sleep(0)

    # --- what came of it ------------------------------------------------------------------------------------

    @property
    def turns(self) -> list[str]:
        """Texts of the turns, those taken back included."""
        return [str(entry.details["text"]) for entry in self.timeline.of("turn")]

    @property
    def work(self) -> list[str]:
        """Names of the work done."""
        return [work.name for work in self.desk.done]

    # --- the engine around it -------------------------------------------------------------------------------

    def transfer(self, target: str, reason: str) -> None:
        """See ``effects.Line``."""
        self._leave(target)

    def hang_up(self, outcome: CallOutcome) -> None:
        """See ``effects.Line``."""
        self._leave(outcome)

    async def perform(self, call_id: str, name: str, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """See ``ports.CaseDesk``."""
        await self.desk_gate.wait()
        return await self.desk.perform(call_id, name, arguments)

    def _leave(self, how: str | CallOutcome) -> None:
        self.left.append(how)
        self.conversation.end()

    def _prompt_started(self, say: Say) -> None:
        self.said.append(say.text)
        self.conversation.prompt_started(say)

    def _spawn(self, work: Coroutine[object, object, None]) -> Callable[[], object]:
        return self._keep(self.tasks, work).cancel

    def _keep(
        self, tasks: set[asyncio.Task[None]], work: Coroutine[object, object, None]
    ) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(lambda done: self._done(tasks, done))
        return task

    def _done(self, tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
        tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.errors.append(error)

    async def _frames(self, ms: int, *, probability: float, level_dbfs: float) -> None:
        for _ in range(ms // FRAME_MS):
            now = self.clock.advance(FRAME_MS / 1000)
            self._end_sample += FRAME_SAMPLES
            self.loudspeaker.tick()
            self._audio.append(self._end_sample, np.zeros(FRAME_SAMPLES, dtype=np.int16))
            self.conversation.post(
                FrameHeard(
                    end_sample=self._end_sample,
                    duration_ms=FRAME_MS,
                    probability=probability,
                    level_dbfs=level_dbfs,
                    echo=0.0,
                )
            )
            self.conversation.handle_timers(now)
            if self.tasks or self.works:
                await self.settle()
