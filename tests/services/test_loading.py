"""Loading services."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import FlowError
from voicebot.services import load_service, service_names
from voicebot.services.duty.triage import triage
from voicebot.services.loading import compile_file


@pytest.mark.parametrize("name", service_names())
def test_every_service_loads_without_a_warning(name: str) -> None:
    service = load_service(name)
    assert service.plan.name == name
    assert service.warnings == ()
    assert service.machine().snapshot().position == ""


def test_an_unknown_service_is_named_with_those_there_are() -> None:
    with pytest.raises(FlowError, match=r"no service 'dutty'; there are .*duty"):
        load_service("dutty")


def test_settings_are_part_of_the_fixed_prompts() -> None:
    texts = load_service("duty", {"city": "예시시"}).fixed_texts()
    assert "안녕하세요. 예시시 당직실 인공지능 상담원입니다." in texts
    assert "접수 번호는" in texts
    assert len(texts) == len(set(texts))
    assert not any("{" in text for text in texts)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"none\.yaml:1: cannot be read"):
        compile_file(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"flow: caf\xe9")
    with pytest.raises(FlowError, match="not UTF-8"):
        compile_file(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("가로수가 차도로 쓰러졌어요", "falling_hazard"),
        ("도로가 꺼졌어요", "sinkhole"),
        ("수도관이 터졌어요", "burst_main"),
        ("하수구가 역류해요", "sewer_backflow"),
        ("지하차도에 물이 찼어요", "flooding"),
        ("신호등이 고장났어요", "signal_out"),
        ("길이 빙판이에요", "ice_snow"),
        ("여러 명이 배탈이 났어요", "food_poisoning"),
    ],
)
def test_urgent_complaints(told: str, code: str) -> None:
    assert triage({"what": told}) == {"level": "P1", "type": code}


@pytest.mark.parametrize("told", ["가로등이 안 들어와요", "쓰레기를 안 가져가요", "주차 때문에요", ""])
def test_other_complaints(told: str) -> None:
    assert triage({"what": told}) == {"level": "P3", "type": "other"}
