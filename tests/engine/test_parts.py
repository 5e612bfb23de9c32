from __future__ import annotations

import logging
from pathlib import Path

import pytest

from voicebot.config import Settings
from voicebot.engine.parts import call_variables, check_rendering, named_service
from voicebot.engine.prompts import RenderReport
from voicebot.errors import FlowError, SynthesisError


def test_an_engine_that_cannot_speak_takes_no_calls() -> None:
    failed = {"안녕하세요.": "espeak: no voice 'kx'; choose another [tts] voice", "네.": "not tried"}
    with pytest.raises(SynthesisError, match=r"no prompt can be spoken: espeak: no voice 'kx'"):
        check_rendering(RenderReport(failed=failed))


@pytest.mark.parametrize(("rendered", "cached"), [(1, 0), (0, 1)])
def test_some_prompts_that_fail_are_told(
    rendered: int, cached: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        check_rendering(RenderReport(rendered=rendered, cached=cached, failed={"네.": "no network"}))
    (record,) = caplog.records
    assert (vars(record)["failed"], vars(record)["reason"]) == (1, "no network")


def test_nothing_is_told_when_nothing_failed(caplog: pytest.LogCaptureFixture) -> None:
    check_rendering(RenderReport(rendered=3))
    check_rendering(RenderReport(cached=3))
    check_rendering(RenderReport())
    assert caplog.records == []


def test_services_come_by_name_or_by_the_path_of_a_flow(tmp_path: Path) -> None:
    assert named_service(Settings(city="가나시"), "duty").name == "duty"
    with pytest.raises(FlowError, match=r"no service 'nothing'; there are .*duty"):
        named_service(Settings(), "nothing")
    with pytest.raises(FlowError, match=r"night\.yaml:1: cannot be read"):
        named_service(Settings(), str(tmp_path / "night.yaml"))


def test_the_citys_files_reach_the_service_and_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    places, answers = tmp_path / "places.yaml", tmp_path / "answers.yaml"
    places.write_text("districts:\n  - 효자동\n", encoding="utf-8")
    answers.write_text("hours: {say: 우리 시청은 여덟 시부터 엽니다.}\n", encoding="utf-8")
    files = {"gazetteer": str(places), "answers": str(answers)}
    service = named_service(Settings.model_validate({"city_files": files}), "duty")
    assert service.gazetteer is not None and service.gazetteer.names == {"효자동": "효자동"}
    assert "우리 시청은 여덟 시부터 엽니다." in service.fixed_texts()

    places.write_text("districts:\n  - 효자동\nvillages: [산골]\n", encoding="utf-8")
    with pytest.raises(FlowError, match=r"places\.yaml:3: unknown kind 'villages'; use districts"):
        named_service(Settings.model_validate({"city_files": files}), "care")
    places.unlink()
    with pytest.raises(FlowError, match=r"places\.yaml:1: cannot be read"):
        named_service(Settings.model_validate({"city_files": files}), "duty")


def test_what_a_flow_knows_before_the_first_word() -> None:
    variables = call_variables("0311234567")
    assert variables["caller_id"] == "0311234567"
    assert len(variables["today"]) == len("2026-11-22")
