from __future__ import annotations

import pytest

from voicebot.adapters.recognition.rejection import (
    NO_SPEECH,
    PHANTOM_PHRASE,
    REPETITION_LOOP,
    TOO_LITTLE_VOICE,
    UNINTELLIGIBLE,
    reason_after_decoding,
    reason_before_decoding,
)


def judge(
    text: str,
    *,
    mean: float = -0.2,
    no_speech: float = 0.01,
    capped: bool = False,
    sounding_s: float = 5.0,
) -> str:
    return reason_after_decoding(
        text, mean_log_probability=mean, no_speech=no_speech, capped=capped, sounding_s=sounding_s
    )


@pytest.mark.parametrize(
    "text",
    [
        "시청해주셔서 감사합니다.",
        "시청해 주셔서 감사합니다",
        "구독과 좋아요 부탁드립니다",
        "구독 부탁드립니다.",
        "MBC 뉴스 김재경입니다.",
        "구독과 좋아요 알림 설정 부탁드립니다 시청해주셔서 감사합니다",
    ],
)
def test_phantom_phrases_are_dropped_as_whole_utterances(text: str) -> None:
    assert judge(text) == PHANTOM_PHRASE


@pytest.mark.parametrize(
    "text",
    [
        "감사합니다",
        "네 감사합니다",
        "시청 앞이에요",
        "시청해주셔서 감사합니다 라고 나왔는데요",
        "뉴스에서 봤어요",
        "김철수입니다",
    ],
)
def test_what_callers_say_is_kept(text: str) -> None:
    assert judge(text) == ""


def test_clicks_are_not_decoded() -> None:
    assert reason_before_decoding(60.0, 900.0) == TOO_LITTLE_VOICE
    assert reason_before_decoding(300.0, 0.0) == TOO_LITTLE_VOICE
    assert reason_before_decoding(100.0, 400.0) == ""


def test_nothing_and_punctuation_are_no_speech() -> None:
    assert judge("") == NO_SPEECH
    assert judge("...") == NO_SPEECH


def test_improbable_text_is_unintelligible() -> None:
    assert judge("릭빕", mean=-1.2) == UNINTELLIGIBLE


def test_the_no_speech_token_counts_only_against_unconvincing_text() -> None:
    assert judge("네", mean=-0.7, no_speech=0.9) == NO_SPEECH
    assert judge("네", mean=-0.2, no_speech=0.9) == ""


@pytest.mark.parametrize(
    "text", ["가로등이 " * 5, "어" * 9, "물이 새요 물이 새요 물이 새요 물이 새요 물이 새요"]
)
def test_loops_are_dropped(text: str) -> None:
    assert judge(text) == REPETITION_LOOP


@pytest.mark.parametrize("text", ["여보세요 여보세요 여보세요", "네네네네", "공공공공", "아니 아니 아니"])
def test_repetition_by_people_is_kept(text: str) -> None:
    assert judge(text) == ""


def test_three_times_are_a_loop_when_the_decode_ran_into_its_cap() -> None:
    assert judge("여보세요 여보세요 여보세요", capped=True) == REPETITION_LOOP


@pytest.mark.parametrize(
    ("text", "sounding_s", "reason"),
    [
        ("없 없 없 없 없 없 슛슛슛슛슛슛", 0.6, REPETITION_LOOP),
        ("없슈", 0.2, ""),
        ("가로등이 꺼져서 너무 어두워요", 1.2, ""),  # read fast
        ("Apartment entrance", 0.9, ""),  # letters are no syllables
        ("가로등이 꺼져서 너무 어두워요", 0.1, ""),  # a crack on the line was louder than the voice
        ("네네네네 알겠습니다", 0.6, ""),
    ],
)
def test_nobody_says_so_much_in_so_little_time(text: str, sounding_s: float, reason: str) -> None:
    assert judge(text, sounding_s=sounding_s) == reason
