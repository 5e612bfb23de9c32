"""The bot's own voice against the citizen's, on levels of speech-like loudness."""

from __future__ import annotations

from random import Random

from voicebot.speech.echo import LEVELS_WANTED, EchoJudge

QUIET = -100.0


def speech_levels(seed: int, frames: int, loudest_dbfs: float = -18.0) -> list[float]:
    """Syllables of 3–8 frames between −10 and 0 dB, with closures of 1–3 frames 25 dB below."""
    random = Random(seed)
    levels: list[float] = []
    while len(levels) < frames:
        peak = loudest_dbfs - random.uniform(0, 10)
        levels += [peak - random.uniform(0, 5) for _ in range(random.randint(3, 8))]
        levels += [peak - 25 for _ in range(random.randint(1, 3))]
    return levels[:frames]


def run(sent: list[float], heard: list[float]) -> list[float]:
    judge = EchoJudge()
    return [
        judge.judge(sent[max(0, index + 1 - LEVELS_WANTED) : index + 1], level)
        for index, level in enumerate(heard)
    ]


def echo_of(sent: list[float], delay: int, loss_db: float, seed: int = 3) -> list[float]:
    random = Random(seed)
    late = [QUIET] * delay + sent
    return [max(level - loss_db + random.gauss(0, 1), -62.0) for level in late[: len(sent)]]


def test_echo_is_known_within_300_ms_of_its_first_sound_and_stays_known() -> None:
    for delay, loss_db in ((2, 10.0), (5, 18.0), (12, 25.0)):
        sent = [QUIET] * 40 + speech_levels(7, 300)
        scores = run(sent, echo_of(sent, delay, loss_db))
        first = 40 + delay
        assert max(scores[:first]) == 0.0
        assert max(scores[first : first + 15]) >= 0.5
        heard = echo_of(sent, delay, loss_db)
        loud = [scores[index] for index in range(first + 15, len(sent)) if heard[index] > -50]
        assert sum(score >= 0.5 for score in loud) / len(loud) > 0.9


def test_citizen_who_talks_against_the_prompt_is_hardly_ever_taken_for_echo() -> None:
    mistaken = frames = 0
    for seed in range(30):
        sent = [QUIET] * 40 + speech_levels(seed, 200)
        citizen = [-62.0] * (80 + seed) + speech_levels(1000 + seed, 100, loudest_dbfs=-27.0)
        citizen += [-62.0] * (len(sent) - len(citizen))
        scores = run(sent, citizen)[80 + seed : 180 + seed]
        mistaken += sum(score >= 0.5 for score in scores)
        frames += len(scores)
    assert mistaken / frames < 0.03


def test_citizen_louder_than_the_known_echo_is_heard_at_once() -> None:
    sent = [QUIET] * 40 + speech_levels(7, 300)
    heard = echo_of(sent, 4, 20.0)
    citizen = speech_levels(9, 60, loudest_dbfs=-20.0)
    for index, level in enumerate(citizen):
        heard[200 + index] = max(heard[200 + index], level)
    scores = run(sent, heard)
    loud = [scores[200 + index] for index, level in enumerate(citizen) if level > -32]
    assert sum(score >= 0.5 for score in loud) / len(loud) < 0.1


def test_nothing_sent_or_nothing_heard_is_no_echo() -> None:
    judge = EchoJudge()
    assert judge.judge([], -20.0) == 0.0
    assert run([QUIET] * 100, speech_levels(1, 100)) == [0.0] * 100
    assert run(speech_levels(1, 100), [-70.0] * 100) == [0.0] * 100
    assert run(speech_levels(1, 100), [-30.0] * 100)[:20] == [0.0] * 20


def test_what_nobody_takes_for_voice_is_not_looked_at() -> None:
    judge = EchoJudge()
    sent = speech_levels(1, LEVELS_WANTED)
    assert judge.judge(sent, -30.0, probability=0.1) == 0.0
