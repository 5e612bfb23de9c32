import re
from pathlib import Path

import pytest

from voicebot.errors import ConfigurationError
from voicebot.testing.persona import LikeText, Pause, load_persona

GOLDEN = Path(__file__).parent.parent / "personas"
BAD = sorted(GOLDEN.glob("bad_*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_file_and_line(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    with pytest.raises(ConfigurationError) as caught:
        load_persona(path)
    assert any(line.startswith(f"{path}:{expected}") for line in str(caught.value).splitlines()), caught.value


def test_every_feature_is_read() -> None:
    persona = load_persona(GOLDEN / "good_everything.yaml")
    first, second, *_ = persona.answers
    assert first.when == ("무슨 일", "말씀") and first.text == "그게 가로등이 꺼졌어요"
    assert first.say[1] == Pause(pause_ms=700) and first.thinking_ms == (300, 800)
    assert second.when == ("어디",) and second.back_channels[0].say == "네" and second.times == 1
    assert persona.expect.slots["place"] == LikeText(like="시장 앞", at_least=0.8)
    assert persona.line.dtx and persona.caller_id == "0311230000"


def test_the_example_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "FLOWS.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(name: .*?)```", page, re.DOTALL)
    path = tmp_path / "example.yaml"
    path.write_text(example, encoding="utf-8")
    persona = load_persona(path)
    assert persona.service == "duty" and persona.expect.case


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nobody\.yaml: cannot be read"):
        load_persona(tmp_path / "nobody.yaml")


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "korean.yaml"
    path.write_bytes("name: 가로등".encode("euc-kr"))
    with pytest.raises(ConfigurationError, match="not UTF-8 text"):
        load_persona(path)
