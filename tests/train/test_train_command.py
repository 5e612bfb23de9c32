"""The command line of training, without torch."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from models.train import __main__ as command


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--hours", "1", "--steps", "9"], "either --hours or --steps"),
        (["--device", "tpu"], "give cpu or cuda"),
        (["--sentences", "5"], "1000"),
    ],
)
def test_bad_options_are_refused(options: list[str], complaint: str) -> None:
    result = CliRunner().invoke(command.app, options, env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert complaint in result.output


def test_without_torch_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        command, "importlib", SimpleNamespace(util=SimpleNamespace(find_spec=lambda name: None))
    )
    monkeypatch.setattr(sys, "argv", ["models.train"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "needs torch, which is not installed: pip install" in capsys.readouterr().err


def test_help_and_batches_need_no_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; "
        "import models.train.__main__, models.train.loader, models.train.recording"
    )
    assert importlib.util.find_spec("models.train.loader")
    subprocess.run([sys.executable, "-c", code], check=True)
