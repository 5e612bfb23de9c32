"""What was said in a call, exchange by exchange."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.engine.exchanges import ExchangeNotes
from voicebot.records.calls import Turn
from voicebot.testing.fakes import MemoryTimeline


def _told(script: Callable[[ExchangeNotes], None]) -> list[Turn]:
    turns: list[Turn] = []
    sink = MemoryTimeline()
    notes = ExchangeNotes(sink, turns.append, 100.0)
    script(notes)
    notes.close()
    assert sink.closed
    return turns


def _ask(notes: ExchangeNotes, at: float, text: str) -> None:
    notes.record("bot", "prompt", at, id=1, text=text)
    notes.record("bot", "audible_started", at, id=1)


def _say(notes: ExchangeNotes, ended_at: float, text: str, turn_id: int) -> None:
    notes.record("citizen", "voice_ended", ended_at)
    notes.record("citizen", "turn", ended_at + 0.1, turn_id=turn_id, text=text, early=True)


def test_prompts_answer_and_gap() -> None:
    def script(notes: ExchangeNotes) -> None:
        _ask(notes, 100.5, "시청 당직실입니다.")
        _ask(notes, 102.0, "무엇을 도와드릴까요?")
        _say(notes, 104.0, "가로등이 꺼졌어요", 1)
        _ask(notes, 104.18, "접수하겠습니다.")

    question, goodbye = _told(script)
    assert question == Turn(
        number=1,
        at_ms=500,
        prompt="시청 당직실입니다. 무엇을 도와드릴까요?",
        heard="가로등이 꺼졌어요",
        status="said",
        gap_ms=180,
    )
    assert (goodbye.number, goodbye.prompt, goodbye.status) == (2, "접수하겠습니다.", "nothing_asked")


def test_the_end_of_the_voice_may_be_known_after_the_answer() -> None:
    def script(notes: ExchangeNotes) -> None:
        _ask(notes, 101.0, "다친 분이 계신가요?")
        notes.record("citizen", "turn", 102.1, turn_id=1, text="아니요")
        notes.record("citizen", "voice_ended", 102.0)
        _ask(notes, 102.25, "어디인가요?")
        notes.record("citizen", "turn", 104.1, turn_id=2, text="시장 앞이요")
        _ask(notes, 104.2, "알겠습니다.")
        notes.record("citizen", "voice_ended", 104.0)

    assert [turn.gap_ms for turn in _told(script)] == [250, 200, None]


def test_an_exchange_is_told_when_the_next_answer_has_come() -> None:
    turns: list[Turn] = []
    notes = ExchangeNotes(MemoryTimeline(), turns.append, 100.0)
    _ask(notes, 101.0, "다친 분이 계신가요?")
    _say(notes, 102.0, "아니요", 1)
    _ask(notes, 102.2, "어디인가요?")
    assert turns == []
    _say(notes, 104.0, "시장 앞이요", 2)
    assert [turn.heard for turn in turns] == ["아니요"]


def test_an_answer_that_was_taken_back_is_none() -> None:
    def script(notes: ExchangeNotes) -> None:
        _ask(notes, 101.0, "다친 분이 계신가요?")
        _say(notes, 102.0, "아니", 1)
        _ask(notes, 102.2, "알겠습니다.")
        notes.record("engine", "retract", 102.4, turn_id=1)
        _say(notes, 103.0, "아니 있어요", 2)

    (turn,) = _told(script)
    assert (turn.prompt, turn.heard, turn.at_ms) == ("다친 분이 계신가요? 알겠습니다.", "아니 있어요", 1000)


def test_keys_and_silence_are_answers_of_their_own() -> None:
    def script(notes: ExchangeNotes) -> None:
        _ask(notes, 101.0, "다친 분이 계신가요?")
        notes.record("engine", "decision", 106.0, action="silence", silent_s=5.0)
        notes.record("engine", "decision", 107.0, action="silence", silent_s=6.0)  # nothing was asked since
        _ask(notes, 107.5, "있으면 1번, 없으면 2번을 눌러 주세요.")
        notes.record("citizen", "key", 109.0, key="1")
        notes.record("citizen", "key", 109.5, key="2")

    silent, keys = _told(script)
    assert (silent.status, silent.heard) == ("silent", "")
    assert (keys.status, keys.heard, keys.gap_ms) == ("keys", "12", None)


def test_somebody_who_speaks_before_the_first_prompt() -> None:
    (turn,) = _told(lambda notes: _say(notes, 100.4, "여보세요", 1))
    assert (turn.prompt, turn.heard, turn.at_ms) == ("", "여보세요", 500)
