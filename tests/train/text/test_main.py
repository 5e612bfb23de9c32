"""The printed sample."""

import pytest

from models.train.text.__main__ import main


def test_prints_sentences_with_their_classes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["text", "--count", "5", "--seed", "2", "--only", "dialect"])
    main()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 5
    assert all(line.startswith("dialect") for line in printed)
