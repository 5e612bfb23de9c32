"""What is told unasked: only a plain yes, only of oneself."""

from __future__ import annotations

import pytest

from voicebot.services.welfare.volunteered import volunteered


@pytest.mark.parametrize(
    ("said", "asked", "told"),
    [
        ("기초연금은 받아요", "livelihood", "pension"),
        ("나 장애 있어", "pension", "disability"),
        ("장애인이에요", "old", "disability"),
        ("복지카드 있어요", "old", "disability"),
        ("수급자는 아니고 차상위예요", "livelihood", "near_poor"),
        ("생계급여 나와요", "pension", "livelihood"),
        ("우리 한부모 가정이에요", "pension", "single_parent"),
        ("유공자예요", "pension", "veteran"),
    ],
)
def test_told(said: str, asked: str, told: str) -> None:
    assert volunteered(said, asked) == {told: "yes"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("기초연금은 받아요", "pension"),
        ("우리 아들이 장애가 있어요", "pension"),
        ("기초연금 받다가 끊겼어요", "old"),
        ("장애인 등록은 안 했어요", "pension"),
        ("연금은 안 받아", "old"),
        ("기초연금을 받지는 않아요", "old"),
        ("네 받아요", "pension"),
        ("", "old"),
    ],
)
def test_not_told(said: str, asked: str) -> None:
    assert volunteered(said, asked) == {}
