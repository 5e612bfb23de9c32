"""Loading services."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import FlowError
from voicebot.services import load_service, service_names
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
