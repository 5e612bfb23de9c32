from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voicebot.adapters.recognition.checksums import CHECKSUMS, verify_checksums, write_checksums
from voicebot.adapters.recognition.model import find_folder, load_model
from voicebot.config import RecogniserSettings
from voicebot.errors import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the embedded model with checksums, to be damaged."""
    copy = Path(shutil.copytree(find_folder("embedded"), tmp_path / "model"))
    write_checksums(copy)
    return copy


def test_an_unchanged_folder_loads(folder: Path) -> None:
    assert len((folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()) >= 4
    write_checksums(folder)  # leaves its own file out
    assert load_model(RecogniserSettings(model=str(folder))).folder == folder


def test_one_flipped_bit_in_the_weights_is_found(folder: Path) -> None:
    weights = bytearray((folder / "model.bin").read_bytes())
    weights[len(weights) // 2] ^= 1
    (folder / "model.bin").write_bytes(weights)
    with pytest.raises(ModelError, match=r"model\.bin: is not the file that SHA256SUMS was made for; copy"):
        load_model(RecogniserSettings(model=str(folder)))


def test_a_missing_file_and_a_broken_list_are_named(folder: Path) -> None:
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match=r"preprocessor_config\.json: is not the file"):
        verify_checksums(folder)
    (folder / CHECKSUMS).write_text("nothing\n", encoding="utf-8")
    with pytest.raises(ModelError, match="SHA256SUMS was made for"):
        verify_checksums(folder)
    (folder / CHECKSUMS).write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match=r"SHA256SUMS: cannot be read"):
        verify_checksums(folder)


def test_a_folder_without_checksums_is_taken_as_it_is(folder: Path) -> None:
    (folder / CHECKSUMS).unlink()
    verify_checksums(folder)
