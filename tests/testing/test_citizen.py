"""One citizen in simulated time, against a bot that is audible in given spans."""

from typing import Any

import pytest

from voicebot.testing.citizen import Action, Citizen, Floor, HangUp, PressKeys, TurnHeard
from voicebot.testing.packet_log import PACKET_S, PacketLog
from voicebot.testing.persona import Pause, Persona
from voicebot.testing.rendering import Clip, Repertoire

SILENT = b"\xd5" * 160


def _clip(say: tuple[str | Pause, ...]) -> Clip:
    """100 ms of voice for each character, and the pauses."""
    voiced: list[bool] = []
    for part in say:
        voiced += [False] * (part.pause_ms // 20) if isinstance(part, Pause) else [True] * (5 * len(part))
    return Clip(payloads=(b"\x10" * 160,) * len(voiced), voiced=tuple(voiced))


class Scene:
    """Runs one citizen; the bot's packets arrive 5 ms after the citizen's leave."""

    def __init__(self, bot: list[tuple[float, float]], *, recognises: bool = False, **persona: Any) -> None:
        self.persona = Persona.model_validate(
            {"name": "a", "service": "duty", "end_of_turn_ms": 500, **persona}
        )
        answers = [*self.persona.answers, *([self.persona.default] if self.persona.default else [])]
        says = [answer.say for answer in answers if answer.say]
        says += [(nod.say,) for answer in answers for nod in answer.back_channels]
        repertoire = Repertoire(clips={say: _clip(say) for say in says}, idle=(SILENT,))
        self.citizen = Citizen(self.persona, repertoire, recognises=recognises, now=0.0)
        self.log = PacketLog()
        self.actions: list[tuple[float, Action]] = []
        self._bot = bot
        self._packet = 0

    def run(self, until_s: float) -> None:
        while self._packet * PACKET_S < until_s:
            now = self._packet * PACKET_S
            self._packet += 1
            frame = self.citizen.next_frame(now)
            self.actions += [(now, action) for action in self.citizen.take_actions()]
            if frame.utterance:
                self.log.sent(frame.utterance, now)
            audible = any(first <= now + 1e-9 < last for first, last in self._bot)
            self.log.heard(audible, now + 0.005)
            self.citizen.hear(audible, now + 0.005)

    def spoken(self) -> list[tuple[float, float]]:
        """First and last voiced packet of each utterance."""
        spans = []
        for utterance in range(1, 20):
            figures = self.log.figures(utterance)
            if figures.started_at is not None and figures.ended_at is not None:
                spans.append((round(figures.started_at, 3), round(figures.ended_at, 3)))
        return spans


def test_the_citizen_answers_once_the_bot_is_silent_for_long_enough() -> None:
    scene = Scene([(0.1, 2.0)], answers=[{"say": "네네"}])
    scene.run(4)
    ((started, ended),) = scene.spoken()
    assert started == pytest.approx(1.98 + 0.005 + 0.5, abs=0.05) and ended - started == pytest.approx(0.18)


def test_thinking_counts_from_the_end_of_the_bots_speech() -> None:
    scene = Scene([(0.1, 2.0)], answers=[{"say": "네", "thinking_ms": 1500}])
    scene.run(5)
    assert scene.spoken()[0][0] == pytest.approx(1.985 + 1.5, abs=0.03)


def test_a_pause_inside_the_prompt_is_not_its_end() -> None:
    scene = Scene([(0.1, 1.0), (1.4, 2.0)], answers=[{"say": "네"}])
    scene.run(4)
    assert len(scene.citizen.turns) == 1 and scene.spoken()[0][0] > 2.4


def test_a_bot_that_only_drew_breath_is_heard_out_and_the_answer_is_kept() -> None:
    scene = Scene(
        [(0.1, 1.0), (1.8, 2.5), (5.0, 6.0)], answers=[{"say": "네", "thinking_ms": 1000}, {"say": "둘"}]
    )
    scene.run(9)
    assert [turn.answer.text for turn in scene.citizen.turns if turn.answer] == ["네", "둘"]
    assert scene.spoken()[0][0] > 3.0


def test_an_inner_pause_is_sent_as_silence_of_its_length() -> None:
    scene = Scene([(0.1, 1.0)], answers=[{"say": ["네", {"pause_ms": 700}, "네"]}])
    scene.run(4)
    ((started, ended),) = scene.spoken()
    assert ended - started == pytest.approx(0.1 + 0.7 + 0.1 - 0.02)


def test_barge_in_begins_while_the_bot_speaks_and_ends_the_turn() -> None:
    scene = Scene([(0.5, 1.7), (3.5, 5.0)], answers=[{"say": "그만요", "barge_in_ms": 1000}, {"say": "네"}])
    scene.run(7)
    first, second = scene.spoken()
    assert first[0] == pytest.approx(1.5, abs=0.03) and second[0] > 5
    assert [turn.barged_in for turn in scene.citizen.turns] == [True, False]
    assert scene.log.figures(1).silenced_ms == pytest.approx(200, abs=40)


def test_the_rest_of_an_interrupted_prompt_is_no_new_turn() -> None:
    scene = Scene([(0.5, 2.2), (3.0, 4.0)], answers=[{"say": "네네", "barge_in_ms": 1000}, {"say": "둘"}])
    scene.run(6)
    assert [round(turn.onset_at, 1) for turn in scene.citizen.turns] == [0.5, 3.0]


def test_a_prompt_that_was_not_interrupted_counts_as_asked_again() -> None:
    scene = Scene([(0.5, 6.0)], answers=[{"say": "네", "barge_in_ms": 1000}, {"say": "둘"}])
    scene.run(8)
    assert len(scene.citizen.turns) == 2 and scene.spoken()[1][0] > 6.4


def test_back_channels_leave_the_turn_with_the_bot() -> None:
    scene = Scene(
        [(0.5, 4.0)], answers=[{"say": "둘둘", "back_channels": [{"at_ms": 1000}, {"at_ms": 2000}]}]
    )
    scene.run(6)
    first, second, answer = scene.spoken()
    assert first[0] == pytest.approx(1.5, abs=0.03) and second[0] == pytest.approx(2.5, abs=0.03)
    assert answer[0] > 4.4 and scene.citizen.turns[0].back_channels == [1, 2]


def test_silence_waits_for_the_bot_to_ask_again() -> None:
    scene = Scene([(0.5, 1.0), (4.0, 5.0)], answers=[{"silence": True}, {"say": "네"}])
    scene.run(7)
    assert len(scene.spoken()) == 1 and scene.spoken()[0][0] > 5.4


def test_keys_follow_what_is_said() -> None:
    scene = Scene([(0.5, 1.0)], answers=[{"say": "네", "keys": "12#"}])
    scene.run(3)
    ((at, action),) = scene.actions
    assert action == PressKeys(keys="12#") and at > scene.spoken()[0][1]
    assert scene.citizen.turns[0].keys == "12#"


def test_keys_alone_are_pressed_when_the_bot_is_silent() -> None:
    scene = Scene([(0.5, 1.0)], answers=[{"keys": "1"}])
    scene.run(3)
    assert [action for _, action in scene.actions] == [PressKeys(keys="1")] and scene.spoken() == []


def test_hanging_up_in_the_middle_of_a_prompt() -> None:
    scene = Scene([(0.5, 5.0)], answers=[{"hang_up_ms": 1000}])
    scene.run(3)
    ((at, action),) = scene.actions
    assert isinstance(action, HangUp) and at == pytest.approx(1.5, abs=0.03)
    assert scene.citizen.floor is Floor.ENDED


def test_hanging_up_after_a_prompt_that_was_shorter() -> None:
    scene = Scene([(0.5, 1.0)], answers=[{"hang_up_ms": 2000}])
    scene.run(3)
    ((at, action),) = scene.actions
    assert isinstance(action, HangUp) and at == pytest.approx(1.5, abs=0.1)


def test_hanging_up_after_the_last_word() -> None:
    scene = Scene([(0.5, 1.0)], answers=[{"say": "끊을게요", "hang_up": True}])
    scene.run(3)
    ((at, action),) = scene.actions
    assert isinstance(action, HangUp) and at > scene.spoken()[0][1]


def test_a_silent_bot_tries_patience() -> None:
    scene = Scene([], answers=[{"say": "네"}], patience_s=2.0)
    scene.run(4)
    assert [(round(at), action) for at, action in scene.actions] == [
        (2, HangUp(reason="the bot says nothing"))
    ]


def test_no_call_is_endless() -> None:
    scene = Scene([(0.5, 100.0)], answers=[{"say": "네"}], longest_call_s=3.0)
    scene.run(5)
    assert [action for _, action in scene.actions] == [HangUp(reason="the longest call time is over")]


def test_a_click_is_no_turn() -> None:
    scene = Scene([(0.5, 0.52), (2.0, 3.0)], answers=[{"say": "네"}])
    scene.run(5)
    assert [round(turn.onset_at, 1) for turn in scene.citizen.turns] == [2.0]


def test_a_citizen_who_recognises_waits_for_the_words() -> None:
    scene = Scene(
        [(0.5, 1.5)],
        recognises=True,
        answers=[{"say": "하나", "when": "어디"}, {"say": "둘", "when": "번호"}],
    )
    scene.run(3)
    ((_, action),) = scene.actions
    assert isinstance(action, TurnHeard) and action.turn == 1 and action.from_at == pytest.approx(0.505)
    assert scene.spoken() == []
    scene.citizen.decide(1, "이 번호가 맞나요", 3.0)
    scene.run(5)
    assert scene.citizen.turns[0].answer is scene.persona.answers[1] and scene.spoken()[0][0] >= 3.0


def test_words_that_come_too_late_are_not_used() -> None:
    scene = Scene([(0.5, 1.5), (2.2, 4.0)], recognises=True, answers=[{"say": "하나"}])
    scene.run(3)
    scene.citizen.decide(1, "무슨 일", 3.0)
    assert scene.citizen.floor is Floor.HEARING


def test_the_same_seed_thinks_for_the_same_time() -> None:
    def started(seed: int) -> float:
        scene = Scene([(0.1, 1.0)], seed=seed, answers=[{"say": "네", "thinking_ms": [500, 3000]}])
        scene.run(6)
        return scene.spoken()[0][0]

    assert started(1) == started(1)
    assert len({started(seed) for seed in range(6)}) > 3
