"""A mailbox and the carrier's voice are told by their words; people are people."""

from __future__ import annotations

import pytest

from voicebot.campaigns.answering import Answerer, disposition_of_answerer, surely_answered_by, who_answered
from voicebot.records.campaigns import Disposition

A = Answerer


@pytest.mark.parametrize(
    ("who", "heard"),
    [
        (A.VOICEMAIL, ["연결이 되지 않아 소리샘으로 연결되오며", "통화료가 부과됩니다"]),
        (A.VOICEMAIL, ["삐 소리 후 말씀을 남겨 주세요"]),
        (A.VOICEMAIL, ["음성 사서함으로 연결됩니다"]),
        (A.VOICEMAIL, ["고객이 전화를 받을 수 없 서음성 사서하므로 연결됩니다"]),  # as it was recognised
        (A.VOICEMAIL, ["메시지를 남기시려면 일번", "녹음하시고 별표를 눌러 주세요"]),
        (A.ANNOUNCEMENT, ["전원이 꺼져 있어 연결할 수 없습니다"]),
        (A.ANNOUNCEMENT, ["고객의 사정으로 착신이 정지되어 있습니다"]),
        (A.ANNOUNCEMENT, ["지금은 전화를 받을 수 없으니 다음에 다시 걸어 주십시오"]),
        (A.ANNOUNCEMENT, ["통화 중이오니 잠시 후 다시 걸어 주시기 바랍니다"]),
        (A.NUMBER_GONE, ["지금 거신 번호는 없는 번호입니다", "다시 확인하시고 걸어 주십시오"]),
        (A.NUMBER_GONE, ["결번이오니 확인하시고 다시 걸어 주십시오"]),
    ],
)
def test_machines(who: Answerer, heard: list[str]) -> None:
    assert who_answered(heard) is who


@pytest.mark.parametrize(
    "heard",
    [
        [],
        [""],
        ["어"],
        ["여보세요", "누구세요"],
        ["지금 전화를 받을 수 없어요"],
        ["지금은 바빠서 못 받습니다 다음에 다시 걸어 주세요 저는 일하는 중이에요"],
        ["아까는 전원이 꺼져 있었어요"],
        ["제가 어제는 휴대폰 전원이 꺼져 있었습니다"],
        ["어머니는 지금 통화 중이라 받을 수 없습니다"],
        ["네 잘 지냅니다 밥도 먹었습니다"],
        ["음 그게 어"],
        ["전화 연결이 잘 안 되네요"],
    ],
)
def test_people(heard: list[str]) -> None:
    assert who_answered(heard) is A.PERSON


@pytest.mark.parametrize(
    "heard", [["음성 사서함으로 연결됩니다"], ["전원이 꺼져 있어", "연결할 수 없습니다"]]
)
def test_a_machines_own_word_is_enough_to_hang_up(heard: list[str]) -> None:
    assert surely_answered_by(heard) is who_answered(heard) is not A.PERSON


@pytest.mark.parametrize(
    "heard",
    [
        ["지금은 전화를 받을 수 없으니 다음에 다시 걸어 주십시오"],
        ["통화 중이오니 잠시 후 다시 걸어 주시기 바랍니다"],
        ["네 여보세요"],
        [],
    ],
)
def test_nobody_is_hung_up_on_for_being_formal(heard: list[str]) -> None:
    assert surely_answered_by(heard) is A.PERSON


def test_the_word_for_each() -> None:
    words = {who: disposition_of_answerer(who) for who in A}
    assert words == {
        A.PERSON: Disposition.ANSWERED,
        A.VOICEMAIL: Disposition.VOICEMAIL,
        A.ANNOUNCEMENT: Disposition.ANNOUNCEMENT,
        A.NUMBER_GONE: Disposition.ANNOUNCEMENT,
    }
