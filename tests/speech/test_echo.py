"""The bot's own voice against the citizen's, on levels of speech-like loudness."""

from __future__ import annotations

from random import Random

import pytest

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
    return [max(level - loss_db + random.gauss(0, 0.5), -62.0) for level in late[: len(sent)]]


def loud(scores: list[float], heard: list[float], first: int = 0, last: int | None = None) -> list[bool]:
    """Which of the frames that turn taking could take for voice were taken for echo."""
    frames = range(first, len(heard) if last is None else last)
    return [scores[index] >= 0.5 for index in frames if heard[index] > -48]


@pytest.mark.parametrize("loss_db", [10.0, 13.0, 20.0, 30.0])
@pytest.mark.parametrize("delay_ms", [60, 130, 250])
def test_an_echo_is_never_voice_from_the_first_frame_of_the_first_prompt_on(
    loss_db: float, delay_ms: int
) -> None:
    for seed in range(10):
        prompt = speech_levels(seed, 150) + [QUIET] * 40
        sent = [QUIET] * 5 + prompt + prompt[:100]
        heard = echo_of(sent, round(delay_ms / 20), loss_db, seed)
        assert all(loud(run(sent, heard), heard))


def test_an_echo_of_changing_delay_with_lost_packets_is_hardly_ever_voice() -> None:
    explained: list[bool] = []
    for seed in range(20):
        random = Random(seed)
        sent = [QUIET] * 40 + speech_levels(seed, 400)
        nearer, farther = (echo_of(sent, delay, 15.0, seed) for delay in (6, 7))
        heard = [random.choice(pair) for pair in zip(nearer, farther, strict=True)]
        heard = [QUIET if random.random() < 0.03 else level for level in heard]
        explained += loud(run(sent, heard), heard)
    assert sum(explained) / len(explained) > 0.99


@pytest.mark.parametrize(("delay", "loss_db"), [(3, 10.0), (7, 13.0), (13, 20.0)])
def test_an_echo_that_appears_in_mid_call_is_known_within_half_a_second(delay: int, loss_db: float) -> None:
    explained: list[bool] = []
    for seed in range(20):
        sent = [QUIET] * 40 + speech_levels(seed, 150) + [QUIET] * 60 + speech_levels(seed + 50, 150)
        first = 250 + delay
        heard = [-62.0] * first + echo_of(sent, delay, loss_db)[first:]
        scores = run(sent, heard)
        assert max(scores[:first]) == 0.0
        explained += loud(scores, heard, first + 25)
    assert sum(explained) / len(explained) > 0.98


def test_a_citizen_as_loud_as_the_prompt_interrupts_in_its_first_second() -> None:
    for echo_db in (None, 10.0, 13.0):
        for seed in range(20):
            sent = [QUIET] * 40 + speech_levels(seed, 200)
            heard = [-62.0] * len(sent) if echo_db is None else echo_of(sent, 7, echo_db)
            citizen = speech_levels(seed + 100, 40)
            for index, level in enumerate(citizen):
                heard[60 + index] = max(heard[60 + index], level)
            scores = run(sent, heard)
            # 120 ms of voice are decoded; they are there within half a second.
            assert sum(not echo for echo in loud(scores, heard, 60, 85)) >= 6


def test_a_quiet_citizen_interrupts_once_the_line_is_known() -> None:
    taken: list[bool] = []
    for seed in range(30):
        sent = [QUIET] * 40 + speech_levels(seed, 200)
        first = 90 + seed
        heard = [-62.0] * first + speech_levels(1000 + seed, 100, loudest_dbfs=-29.0)
        heard += [-62.0] * (len(sent) - len(heard))
        taken += loud(run(sent, heard), heard, first)
    assert sum(taken) / len(taken) < 0.03


def test_a_citizen_on_an_echoing_line_is_heard_in_every_frame_well_above_the_echo() -> None:
    taken: list[bool] = []
    for seed in range(20):
        sent = [QUIET] * 40 + speech_levels(seed, 300)
        heard = echo_of(sent, 4, 20.0)
        for index, level in enumerate(speech_levels(seed + 200, 60, loudest_dbfs=-20.0)):
            heard[200 + index] = max(heard[200 + index], level)
        scores = run(sent, heard)
        taken += [scores[index] >= 0.5 for index in range(200, 260) if heard[index] > -30]
    assert sum(taken) / len(taken) < 0.1


def test_what_was_learned_outlasts_a_long_talk_over_the_prompt() -> None:
    sent = [QUIET] * 40 + speech_levels(3, 300)
    heard = [-62.0] * 100 + speech_levels(4, 240, loudest_dbfs=-26.0)
    assert sum(loud(run(sent, heard), heard, 250)) <= 3


def test_a_hole_in_the_network_does_not_make_us_forget_an_echo() -> None:
    """While nothing comes we go on speaking; what comes then, all at once, is judged by its own time."""
    sent = speech_levels(8, 600)
    heard = echo_of(sent, 6, 12.0)
    judge = EchoJudge()
    scores = []
    for index, level in enumerate(heard):
        hole = index % 100 < 20
        scores.append(
            judge.judge(sent[max(0, index + 1 - LEVELS_WANTED) : index + 1], level, on_time=not hole)
        )
    taken_for_voice = [at for at, score in enumerate(scores) if heard[at] > -50.0 and score < 0.5]
    assert len(taken_for_voice) <= 6


def test_nothing_is_learned_of_frames_that_were_held_up() -> None:
    sent = speech_levels(9, 200)
    judge = EchoJudge()
    for index in range(100):  # a burst of silence, compared with the wrong levels
        judge.judge(sent[max(0, index + 1 - LEVELS_WANTED) : index + 1], -90.0, on_time=False)
    heard = echo_of(sent, 6, 10.0)
    scores = [
        judge.judge(sent[max(0, index + 1 - LEVELS_WANTED) : index + 1], heard[index])
        for index in range(100, 110)
    ]
    assert all(score > 0.5 for score, level in zip(scores, heard[100:110], strict=True) if level > -50.0)


def test_nothing_sent_or_nothing_heard_is_no_echo() -> None:
    judge = EchoJudge()
    assert judge.judge([], -20.0) == 0.0
    assert run([QUIET] * 100, speech_levels(1, 100)) == [0.0] * 100
    assert run(speech_levels(1, 100), [-70.0] * 100) == [0.0] * 100
    assert run(speech_levels(1, 100), [-15.0] * 100) == [0.0] * 100


def test_what_nobody_takes_for_voice_is_not_explained() -> None:
    judge = EchoJudge()
    sent = speech_levels(1, LEVELS_WANTED)
    assert judge.judge(sent, -30.0, probability=0.1) == 0.0
