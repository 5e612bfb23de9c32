from pathlib import Path

import pytest

from voicebot.cli.simulate import SimulatedService, find_persona, simulate
from voicebot.errors import ConfigurationError


def test_a_persona_is_found_by_file_or_by_name(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.touch()
    assert find_persona(own) == own
    assert find_persona(Path("street_lamp")).name == "street_lamp.yaml"
    assert find_persona(Path("street_lamp.yaml")).is_file()


def test_an_unknown_persona_names_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"nobody: no such file.*street_lamp"):
        find_persona(Path("nobody"))
    with pytest.raises(ConfigurationError, match="no such file"):
        find_persona(Path("elsewhere/street_lamp.yaml"))


def test_a_persona_of_another_service_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="a persona for 'duty', not for 'care'"):
        simulate(SimulatedService.CARE, Path("street_lamp"))


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1:", ":5060", "127.0.0.1:70000", "a:b"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="give HOST:PORT"):
        simulate(SimulatedService.DUTY, Path("street_lamp"), engine_sip=address)


def test_what_is_known_is_checked_before_anything_is_started() -> None:
    with pytest.raises(ConfigurationError, match="known variant: 'alone' is no kind of care call"):
        simulate(SimulatedService.CARE, Path("care_fall"), known=["variant=alone"])
    with pytest.raises(ConfigurationError, match="--known 'name': give NAME=VALUE"):
        simulate(SimulatedService.CARE, Path("care_fall"), known=["name"])


def test_an_engine_that_runs_already_is_told_nothing() -> None:
    with pytest.raises(ConfigurationError, match=r"write \[known.0311230020\] there"):
        simulate(SimulatedService.CARE, Path("care_fall"), engine_sip="127.0.0.1:5060", known=["name=김순이"])
